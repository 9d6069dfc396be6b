import assert from "node:assert/strict";
import { configuredProxies, proxyChoice, proxyVariable } from "../../lib/cli/proxy.ts";

const secret = "hunter2";

Deno.test("none and an unconfigured auto use no proxy", () => {
  assert.deepEqual(proxyChoice("none", { DATACENTER_PROXY_URL: "http://a.example:1" }), {});
  assert.deepEqual(proxyChoice("auto", { RESIDENTIAL_PROXY_URL: "http://a.example:1" }), {});
  assert.deepEqual(proxyChoice("auto", { DATACENTER_PROXY_URL: "" }), {});
});

Deno.test("auto keeps datacenter for what is blocked", () => {
  assert.deepEqual(proxyChoice("auto", { DATACENTER_PROXY_URL: "http://a.example:1" }), {
    paid: { name: "datacenter", proxies: [{ name: "datacenter", url: "http://a.example:1/" }] },
  });
});

Deno.test("a name's proxies come from its URL, with user name and password in it or beside it", () => {
  assert.deepEqual(proxyChoice("house", { HOUSE_PROXY_URL: "http://us%40er:p%2Fw@a.example:1" }).always?.proxies, [
    { name: "house", url: "http://a.example:1/", username: "us@er", password: "p/w" },
  ]);
  const beside = { HOUSE_PROXY_URL: "https://a.example", HOUSE_PROXY_USERNAME: "user", HOUSE_PROXY_PASSWORD: "100%" };
  assert.deepEqual(proxyChoice("house", beside).always?.proxies, [
    { name: "house", url: "https://a.example/", username: "user", password: "100%" },
  ]);
  assert.deepEqual(proxyChoice("house", { HOUSE_PROXY_URL: "socks5://user:100%@a.example:1080" }).always?.proxies, [
    { name: "house", url: "socks5://a.example:1080", username: "user", password: "100%" },
  ]);
});

Deno.test("either half of a proxy's login may be empty, wherever it stands", () => {
  const login = (variables: Record<string, string>) => {
    const [{ username, password } = { username: "no proxy" }] = proxyChoice("house", variables).always?.proxies ?? [];
    return [username, password];
  };
  const a = "a.example:1";
  assert.deepEqual(login({ HOUSE_PROXY_URL: `http://:secret@${a}` }), ["", "secret"]);
  assert.deepEqual(login({ HOUSE_PROXY_URL: `http://user:@${a}` }), ["user", undefined]);
  assert.deepEqual(login({ HOUSE_PROXY_URL: `http://user@${a}` }), ["user", undefined]);
  assert.deepEqual(login({ HOUSE_PROXY_URL: `http://:@${a}` }), [undefined, undefined]);
  assert.deepEqual(login({ HOUSE_PROXY_URL: `http://u%3Aser:p%40ss%@${a}` }), ["u:ser", "p@ss%"]);
  assert.deepEqual(login({ HOUSE_PROXY_URL: `http://${a}`, HOUSE_PROXY_PASSWORD: "secret" }), ["", "secret"]);
  assert.deepEqual(login({ HOUSE_PROXY_HOST: "a.example", HOUSE_PROXY_PASSWORD: "secret" }), ["", "secret"]);
  const beside = { HOUSE_PROXY_USERNAME: "user", HOUSE_PROXY_PASSWORD: "beside" };
  assert.deepEqual(login({ ...beside, HOUSE_PROXY_URL: `http://:secret@${a}` }), ["user", "secret"]);
  assert.deepEqual(login({ ...beside, HOUSE_PROXY_URL: `http://other@${a}` }), ["other", "beside"]);
});

Deno.test("several URLs stand apart by commas or white space, and are told apart by number", () => {
  const urls = "http://a.example:1, http://u:p@b.example:2\n  socks5h://c.example:3";
  assert.deepEqual(proxyChoice("house", { HOUSE_PROXY_URL: urls, HOUSE_PROXY_USERNAME: "all" }).always, {
    name: "house",
    proxies: [
      { name: "house 1", url: "http://a.example:1/", username: "all" },
      { name: "house 2", url: "http://b.example:2/", username: "u", password: "p" },
      { name: "house 3", url: "socks5h://c.example:3", username: "all" },
    ],
  });
});

Deno.test("a proxy may be given in parts; its port is 8080 unless it is said", () => {
  const parts = {
    MY_HOUSE_PROXY_HOST: "a.example",
    MY_HOUSE_PROXY_USERNAME: "user",
    MY_HOUSE_PROXY_PASSWORD: "p@ss/w",
  };
  const wanted = { name: "my-house", username: "user", password: "p@ss/w" };
  assert.deepEqual(proxyChoice("my-house", parts).always?.proxies, [{ ...wanted, url: "http://a.example:8080/" }]);
  assert.deepEqual(proxyChoice("my-house", { ...parts, MY_HOUSE_PROXY_PORT: "3128" }).always?.proxies, [
    { ...wanted, url: "http://a.example:3128/" },
  ]);
});

Deno.test("an unconfigured name is an error that lists the configured ones and says how to configure it", () => {
  const variables = { B_PROXY_URL: "x", A_PROXY_HOST: "x", A_PROXY_PORT: "1", C_PROXY_PASSWORD: "x", D_PROXY_URL: "" };
  assert.deepEqual(configuredProxies(variables), ["a", "b"]);
  assert.throws(
    () => proxyChoice("residentail", { ...variables, RESIDENTIAL_PROXY_URL: "x" }),
    new RangeError(
      "no proxy of that name is configured; did you mean residential? (auto, none, a, b, residential). " +
        "To configure it, set RESIDENTAIL_PROXY_URL",
    ),
  );
  assert.throws(() => proxyChoice("direct", { DIRECT_PROXY_URL: "http://a.example:1" }), /no proxy of that name/);
  assert.equal(proxyVariable("my-house"), "MY_HOUSE_PROXY_URL");
});

/** What is not the address of a proxy; the variables hold a secret each. */
const wrong: readonly (readonly [variable: string, variables: Record<string, string>])[] = [
  ["HOUSE_PROXY_URL is not the address", { HOUSE_PROXY_URL: `user:${secret}@a.example:1` }],
  ["HOUSE_PROXY_URL is not the address", { HOUSE_PROXY_URL: `ftp://user:${secret}@a.example` }],
  ["HOUSE_PROXY_URL is not the address", { HOUSE_PROXY_URL: `http://user:${secret}/x@a.example:1` }],
  ["HOUSE_PROXY_URL is not the address", { HOUSE_PROXY_URL: `http://user:12#${secret}@a.example:1` }],
  ["HOUSE_PROXY_URL is not the address", { HOUSE_PROXY_URL: `http://user:12?${secret}@a.example:1` }],
  ["HOUSE_PROXY_URL is not the address", { HOUSE_PROXY_URL: `http://a.example:1/${secret}` }],
  ["HOUSE_PROXY_URL is not a list of addresses: number 2 is not one", {
    HOUSE_PROXY_URL: `http://a.example:1,http://user:${secret},b@c.example`,
  }],
  ["HOUSE_PROXY_HOST is not the address", { HOUSE_PROXY_HOST: `user:${secret}@a.example/x` }],
  ["HOUSE_PROXY_PORT is not the number of a port", { HOUSE_PROXY_HOST: "a.example", HOUSE_PROXY_PORT: secret }],
];

for (const [words, variables] of wrong) {
  Deno.test(`a wrong address names its variable and never shows its value: ${Object.values(variables).join(" ")}`, () => {
    assert.throws(() => proxyChoice("house", variables), (error) => {
      assert.ok(error instanceof RangeError);
      assert.ok(error.message.startsWith(words), error.message);
      assert.ok(!error.message.includes(secret), error.message);
      return true;
    });
  });
}
