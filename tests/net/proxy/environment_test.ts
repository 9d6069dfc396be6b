import assert from "node:assert/strict";
import { EnvironmentProxies } from "../../../lib/net/proxy/environment.ts";
import { RawServer, send } from "../raw_server.ts";

const given = { name: "mine", url: "http://mine.test:3128" };

function proxyOf(environment: Record<string, string>, url: string): string | undefined {
  return new EnvironmentProxies(environment).proxyFor(url, undefined)?.url;
}

Deno.test("proxyFor() returns what it is given where the environment says nothing", () => {
  const proxies = new EnvironmentProxies({ PATH: "/bin" });
  assert.equal(proxies.proxyFor("http://a.test/", undefined), undefined);
  assert.equal(proxies.proxyFor("http://a.test/", given), given);
});

Deno.test("proxyFor() prefers a proxy that is given to those of the environment", () => {
  const proxies = new EnvironmentProxies({ ALL_PROXY: "http://all.test" });
  assert.equal(proxies.proxyFor("http://a.test/", given), given);
});

Deno.test("proxyFor() exempts the hosts of NO_PROXY also from a proxy that is given", () => {
  const proxies = new EnvironmentProxies({ NO_PROXY: "a.test" });
  assert.equal(proxies.proxyFor("http://b.a.test/", given), undefined);
  assert.equal(proxies.proxyFor("http://b.test/", given), given);
});

Deno.test("proxyFor() knows the variables for each scheme", () => {
  const [plain, secure] = ["http://a.test/", "https://a.test/"];
  for (
    const [name, isPlain, isSecure] of [["HTTP", true, false], ["HTTPS", false, true], ["ALL", true, true]] as const
  ) {
    for (const variable of [`${name}_PROXY`, `${name.toLowerCase()}_proxy`]) {
      const environment = { [variable]: "http://p.test:1" };
      assert.equal(proxyOf(environment, plain) !== undefined, isPlain, variable);
      assert.equal(proxyOf(environment, secure) !== undefined, isSecure, variable);
    }
  }
  const both = { ALL_PROXY: "http://all.test", HTTP_PROXY: "http://http.test", https_proxy: "http://https.test" };
  assert.equal(proxyOf(both, plain), "http://all.test");
  assert.equal(proxyOf({ HTTP_PROXY: "http://p.test", REQUEST_METHOD: "GET" }, plain), undefined);
});

Deno.test("proxyFor() reads a proxy's address and its password", () => {
  const read = (HTTP_PROXY: string) => new EnvironmentProxies({ HTTP_PROXY }).proxyFor("http://a.test/", undefined);
  assert.deepEqual(read("p.test:3128"), { name: "HTTP_PROXY", url: "http://p.test:3128" });
  assert.deepEqual(read("socks5h://[::1]:1080/"), { name: "HTTP_PROXY", url: "socks5h://[::1]:1080" });
  assert.deepEqual(read("https://me:se:cret@p.test"), {
    name: "HTTP_PROXY",
    url: "https://p.test",
    username: "me",
    password: "se:cret",
  });
  assert.deepEqual(read("HTTP://p.test"), { name: "HTTP_PROXY", url: "http://p.test" });
  for (
    const none of [
      "",
      "ftp://p.test",
      "socks4://p.test",
      "http://p.test:x",
      "http://a b",
      "p.test/",
    ]
  ) {
    assert.equal(read(none), undefined, none);
  }
});

Deno.test("proxyFor() reads a login of which one half is empty, or escaped", () => {
  const login = (HTTP_PROXY: string) => {
    const { username, password } = new EnvironmentProxies({ HTTP_PROXY }).proxyFor("http://a.test/", undefined) ?? {};
    return [username, password];
  };
  assert.deepEqual(login("http://:secret@p.test"), ["", "secret"]);
  assert.deepEqual(login("http://me:@p.test"), ["me", undefined]);
  assert.deepEqual(login("http://me@p.test"), ["me", undefined]);
  assert.deepEqual(login("http://:@p.test"), [undefined, undefined]);
  assert.deepEqual(login("socks5://:secret@p.test:1080"), ["", "secret"]);
  assert.deepEqual(login("http://us%40er:p%2Fw%3A%C3%BC@p.test"), ["us@er", "p/w:ü"]);
  assert.deepEqual(login("http://us%40er:p%40ss%@p.test"), ["us@er", "p@ss%"]);
  assert.deepEqual(login("http://me:%ff%40@p.test"), ["me", "%ff%40"]);
});

Deno.test("proxyFor() reads NO_PROXY", () => {
  const isExempt = (NO_PROXY: string, host: string) =>
    proxyOf({ ALL_PROXY: "http://p.test", NO_PROXY }, `http://${host}/`) === undefined;
  const covered: Record<string, readonly string[]> = {
    "a.test": ["a.test", "b.a.test", "A.TEST:81"],
    ".a.test": ["a.test", "b.a.test"],
    "x, a.test ,y": ["a.test"],
    "*": ["a.test", "localhost"],
    "10.0.0.0/8": ["10.1.2.3"],
    "10.0.0.1": ["10.0.0.1"],
    "fc00::/7,::1": ["[fd00::1]", "[::1]"],
  };
  const others: Record<string, readonly string[]> = {
    "": ["a.test"],
    "a.test": ["xa.test", "test", "a.test.", "10.0.0.1"],
    "A.TEST": ["a.test"],
    "*.a.test": ["b.a.test"],
    "a.test:80": ["a.test"],
    "*": ["10.0.0.1", "[::1]"],
    "10.0.0.0/8": ["11.0.0.1", "a.test", "[::1]"],
    "::/0": ["10.0.0.1"],
    "[::1]": ["[::1]"],
  };
  for (const [list, hosts] of Object.entries(covered)) {
    for (const host of hosts) assert.ok(isExempt(list, host), `${list} and ${host}`);
  }
  for (const [list, hosts] of Object.entries(others)) {
    for (const host of hosts) assert.ok(!isExempt(list, host), `${list} and ${host}`);
  }
  assert.equal(
    proxyOf({ ALL_PROXY: "http://p.test", NO_PROXY: "", no_proxy: "a.test" }, "http://a.test/"),
    "http://p.test",
  );
});

Deno.test("proxyFor() says what Deno does", async () => {
  const urls = [
    "http://a.test/",
    "https://a.test/",
    "http://b.a.test/",
    "http://xa.test/",
    "http://a.test./",
    "http://127.0.0.1:49/",
    "http://localhost:49/",
  ];
  const seen: string[] = [];
  await using proxy = new RawServer((connection, head) => {
    seen.push(head.split("\r\n", 1)[0]!);
    return send(connection, "HTTP/1.1 502 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  const here = proxy.url;
  const environments: Record<string, string>[] = [
    {},
    { HTTP_PROXY: here },
    { https_proxy: here, NO_PROXY: "b.a.test" },
    { ALL_PROXY: here, NO_PROXY: ".a.test,127.0.0.0/8" },
    { ALL_PROXY: here.slice(7, -1), no_proxy: "*" },
    { ALL_PROXY: here.slice(7) },
    { HTTP_PROXY: here, REQUEST_METHOD: "GET" },
    { ALL_PROXY: here.replace("//", "//me@"), all_proxy: here.replace("//", "//me:pw@") },
    { HTTP_PROXY: here, NO_PROXY: "A.TEST,*.a.test, localhost ,test:80" },
  ];
  const program = "for (const url of Deno.args) await fetch(url).then((answer) => answer.body?.cancel(), () => {});";
  // Deno's own folders may be said by any of the others.
  const own = /^(?:(?:http|https|all|no)_proxy|request_method)$/i;
  const others = Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !own.test(name)));
  for (const environment of environments) {
    seen.length = 0;
    const proxies = new EnvironmentProxies(environment);
    const expected = urls.filter((url) => proxies.proxyFor(url, undefined) !== undefined).map((url) => {
      const { protocol, hostname } = new URL(url);
      return protocol === "https:" ? `CONNECT ${hostname}:443 HTTP/1.1` : `GET ${url} HTTP/1.1`;
    });
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", program, ...urls],
      clearEnv: true,
      env: { ...others, ...environment },
    }).output();
    assert.ok(success);
    assert.deepEqual(seen, expected, JSON.stringify(environment));
  }
});
