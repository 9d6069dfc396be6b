import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Fault } from "../net/proxy/proxy_server.ts";
import { GuardedSite } from "./guarded_site.ts";
import { exists, records } from "./kept.ts";
import { type Ended, ends, type RunOptions, sleep } from "./trawl.ts";
import { files, Workplace } from "./workplace.ts";

/** A password with all that makes passwords difficult, and the word in it that none of them must be found by. */
function canary(word: string): { readonly word: string; readonly password: string; readonly credentials: string } {
  const password = `${word}/p@ss:w 100%é`;
  return { word, password, credentials: `user-${word.slice(0, 3)}:${password}` };
}

const house = canary("k4narienvogel"), paid = canary("w3llensittich"), machine = canary("z3brafink");

/** Every form in which a secret may be written. */
function formsOf({ word, password, credentials }: typeof house): string[] {
  const encoded = (text: string) => [Buffer.from(text).toString("base64"), Buffer.from(text).toString("base64url")];
  return [word, Buffer.from(word).toString("hex"), ...encoded(credentials), ...encoded(password)];
}

/** Fails where a secret is found; `.env` is where the user has put one. */
function assertClean(where: string, bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString("latin1");
  for (const form of [house, paid, machine].flatMap(formsOf)) {
    assert.equal(text.includes(form), false, `"${form}" is in ${where}:\n${text.slice(0, 2000)}`);
  }
}

function address(port: number, { password, credentials }: typeof house, scheme = "http"): string {
  const [user] = credentials.split(":");
  return `${scheme}://${user}:${encodeURIComponent(password)}@localhost:${port}`;
}

Deno.test("no password of a proxy is found in anything that trawl writes or says, whatever happens", async () => {
  await using site = await GuardedSite.open(
    200,
    ({ path, proxied }) => path === "/7" && !proxied ? new Response("no", { status: 403 }) : undefined,
    { credentials: house.credentials },
  );
  const { place, proxy } = site;
  site.latency = 150;
  const variables = [
    `HOUSE_PROXY_URL=${address(proxy.port, house)}`,
    `DATACENTER_PROXY_PASSWORD='${paid.password}'`,
    `${paid.word} is no variable`,
  ];
  place.write(".env", `${variables.join("\n")}\n`);
  const env = site.env();
  const said: string[] = [];
  const run = async (args: readonly string[], code: number, options: RunOptions = {}): Promise<Ended> => {
    const ended = await place.run(args, { env, ...options });
    ends(ended, code);
    said.push(ended.stdout, ended.stderr);
    return ended;
  };
  const crawl = [...site.crawl, "--proxy-type", "house", "--checkpoint-interval", "50ms", "--log-level", "debug"];
  const logged = [...crawl, "--log-file", "crawl.log", "-s", "timeout=2s", "-s", "connectTimeout=500ms"];

  // Every fault that a proxy can have, in the middle of a crawl that is then killed.
  {
    await using trawl = place.start(logged, { env });
    await trawl.until("10 pages", () => site.visits.length >= 10);
    assertClean("the command line", Deno.readFileSync(`/proc/${trawl.pid}/cmdline`));
    for (const fault of ["closes", "no-tunnel", "no-host", "garbage", "dies", "hangs"] satisfies Fault[]) {
      proxy.fault = fault;
      await sleep(100);
      proxy.fault = undefined;
      await sleep(50);
    }
    await trawl.until("a checkpoint", () => place.kept("guarded").isPaused);
    await run(["status"], 0);
    assert.equal(trawl.kill("SIGKILL"), true);
    const ended = await trawl.ended;
    site.latency = 0;
    said.push(ended.stdout, ended.stderr);
  }
  await run(["status", "--json"], 0);
  await run(["checkpoint", "show", "guarded"], 0);
  await run(["checkpoint", "show", "guarded", "--json"], 0);
  for (const path of files(place.folder)) if (!path.endsWith("/.env")) assertClean(path, Deno.readFileSync(path));

  proxy.fault = "denies";
  assert.match((await run([...crawl, "--json"], 1)).stderr, /refuses the user name and password/);
  proxy.fault = undefined;
  await proxy.down();
  await run([...crawl, "--json", "--outage-timeout", "1s"], 4);
  proxy.up();
  await run(logged, 0);
  assert.ok(records(place.kept("guarded").output).length > 100);

  // One page: through the proxy, encrypted, through socks5, through the environment's proxy, and with a wrong address.
  const page = `http://${site.host}/1`, encrypted = `https://${site.host}/1`;
  const one = ["fetch", "-s", "connectTimeout=300ms", "--proxy-type", "house"];
  await run([...one, page, "--json"], 0);
  await run([...one, encrypted, "--json"], 1);
  for (const fault of ["no-tunnel", "denies", "closes", "hangs"] satisfies Fault[]) {
    proxy.fault = fault;
    await run([...one, encrypted], 1);
    await run([...one, page], 1, { env: { ...env, HOUSE_PROXY_URL: address(proxy.port, house, "socks5") } });
  }
  proxy.fault = undefined;
  const behind = { ...env, HTTP_PROXY: address(proxy.port, machine), HTTPS_PROXY: address(proxy.port, machine) };
  await run(["fetch", page], 1, { env: behind });
  await run(["fetch", encrypted], 1, { env: behind });
  await run(["crawl", "./guarded.ts", "--start-url", page, "--limit", "1"], 1, { env: behind });
  const wrongs = [
    `http://user:${house.password}@localhost:1`,
    `user:${house.word}`,
    `ftp://u:${house.word}@a.example`,
  ];
  for (const wrong of wrongs) {
    const ended = await run([...one, page], 2, { env: { ...env, HOUSE_PROXY_URL: wrong } });
    assert.match(ended.stderr, /HOUSE_PROXY_URL is not/);
  }
  // `auto` with what the file says of the paid proxies, and a password that they refuse.
  const auto = { ...env, DATACENTER_PROXY_HOST: "localhost", DATACENTER_PROXY_PORT: String(proxy.port) };
  await run([...site.crawl, "--json", "--log-level", "debug"], 0, {
    env: { ...auto, DATACENTER_PROXY_USERNAME: paid.credentials.split(":")[0]! },
  });

  assert.ok(proxy.asked.some(({ credentials }) => credentials === house.credentials));
  assert.ok(proxy.asked.some(({ credentials }) => credentials === paid.credentials));
  assert.ok(proxy.asked.some(({ credentials }) => credentials === machine.credentials));
  assertClean("what it said", Buffer.from(said.join("\n")));
  const written = files(place.folder).filter((path) => !path.endsWith("/.env"));
  assert.ok(written.some((path) => path.endsWith("crawl.log")) && written.length >= 6, written.join("\n"));
  for (const path of written) assertClean(path, Deno.readFileSync(path));
});

const words = {
  start: "st4rtkanarie",
  cookie: "c00kiekanarie",
  server: "s3rverkanarie",
  header: "h3aderkanarie",
  link: "l1nkkanarie",
  thrown: "thr0wnkanarie",
  logged: "l0ggedkanarie",
  target: "t4rgetkanarie",
};

/** A spider that has secrets in all places where a spider can have one, and makes every mistake with them. */
const careless = `export default {
  name: "careless",
  *parse(page) {
    page.log.warn("went to http://me:${words.logged}@a.example/x");
    yield { url: page.url };
    yield page.request("/page?" + page.depth, { cookies: { session: "${words.cookie}" }, headers: { authorization: "Bearer ${words.header}" } });
    for (const callback of ["line", "named", "link", "unread", "throws"]) yield page.request("/" + callback, { callback });
    yield page.request("/to-ftp");
    yield page.request("/to-login");
  },
  *line(page) { yield page.request("/x", { headers: { authorization: "Bearer ${words.header}\\r\\nb: c" } }); },
  *named(page) { yield page.request("/x", { headers: { "authorization: Bearer ${words.header}": "1" } }); },
  *link(page) { yield page.request("ftp://me:${words.link}@h/"); },
  *unread(page) { yield page.request("http://me:${words.link}/x@h/"); },
  *throws() { throw new Error("no answer of https://me:${words.thrown}@a.example/"); },
  onError(error) { throw error; },
};
`;

Deno.test("no login, cookie or header is found in anything that a crawl writes or says, but in the checkpoint", async () => {
  await using place = await Workplace.open();
  let latency = 30, hasBeenThere = false;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    await new Promise((resolve) => setTimeout(resolve, latency));
    hasBeenThere ||= pathname === "/there";
    if (pathname === "/to-ftp") {
      return new Response("", { status: 302, headers: { location: `ftp://me:${words.target}@h/` } });
    }
    if (pathname === "/to-login") {
      const location = `http://me:${words.target}@${new URL(request.url).host}/there`;
      return new Response("", { status: 302, headers: { location } });
    }
    return new Response("<title>a</title>", {
      headers: { "content-type": "text/html", "set-cookie": `sid=${words.server}; Max-Age=3600` },
    });
  });
  const said: string[] = [];
  const run = async (args: readonly string[], code: number): Promise<Ended> => {
    const ended = await place.run(args);
    ends(ended, code);
    said.push(ended.stdout, ended.stderr);
    return ended;
  };
  const { current, previous, checkpoint, root } = place.kept("careless");
  try {
    const start = `http://me:${words.start}@127.0.0.1:${server.addr.port}/`;
    const path = place.write("careless.js", careless);
    const crawl = ["crawl", path, "--start-url", start, "--log-level", "debug", "-s", "maxPages=30"];
    await using trawl = place.start([...crawl, "--log-file", "crawl.log", "--checkpoint-interval", "50ms"]);
    await trawl.until("what a redirect leads to, and two generations", () => hasBeenThere && exists(previous));
    latency = 300;
    trawl.kill("SIGINT");
    const paused = await trawl.ended;
    latency = 0;
    ends(paused, 130);
    said.push(paused.stdout, paused.stderr);
    const kept = [current, `${checkpoint}/cookies-0.log`].map((path) =>
      Buffer.from(Deno.readFileSync(path)).toString("latin1")
    );
    assert.ok(kept[0]!.includes(words.start) && kept[1]!.includes(words.server), "what a later run needs is there");
    const shown = await run(["checkpoint", "show", "careless", "--json"], 0);
    const { crawl: { startUrls, cookies } } = JSON.parse(shown.stdout);
    assert.deepEqual(startUrls, [start.replace(`me:${words.start}@`, "")]);
    const known = cookies.map(({ name, domain }: { name: string; domain: string }) => [name, domain]);
    assert.deepEqual(known.toSorted(), [["session", "127.0.0.1"], ["sid", "127.0.0.1"]]);
    assert.ok(cookies.every((cookie: object) => !("value" in cookie)));
    for (
      const args of [["checkpoint", "show", "careless"], ["checkpoint", "verify", "careless"], ["status", "--json"]]
    ) {
      await run(args, 0);
    }
    await run([...crawl.slice(0, 3), start.replace("127.0.0.1", "localhost")], 1);

    // A document that cannot be read is put aside, and can be read by nobody else there either.
    for (const file of [current, previous]) assert.equal(Deno.statSync(file).mode! & 0o777, 0o600);
    Deno.writeFileSync(current, Deno.readFileSync(current).subarray(0, -1));
    const aside = `${checkpoint}.damaged-1`;
    const resumed = await run([...crawl, "--json"], 0);
    assert.ok(resumed.stderr.includes(`kept in ${aside}/checkpoint.msgpack`), resumed.stderr);
    assert.deepEqual(
      [aside, `${aside}/checkpoint.msgpack`, `${root}/retry`].map((each) => Deno.statSync(each).mode! & 0o777),
      [0o700, 0o600, 0o700],
    );
    await run([...crawl, "--retry-failed"], 0);

    for (
      const url of [
        `ftp://me:${words.link}@h/`,
        `me:${words.link}@h`,
        `http://me:${words.link}/x@h/`,
        `http://me:${words.link} x@h:y/`,
      ]
    ) {
      await run(["crawl", path, "--start-url", url], 2);
      await run(["crawl", path, "--start-url", url, "--json"], 2);
      await run(["fetch", url], 2);
      const spider = place.write("starts.js", `export default { name: "starts", startUrls: ["${url}"], *parse() {} };`);
      await run(["crawl", spider], 2);
      const other = `export default { name: "begins", *start() { yield "${url}"; }, *parse() {} };`;
      await run(["crawl", place.write("begins.js", other), "--project", "p", "--fresh"], 1);
    }
    const hook = `export default { name: "hook", startUrls: ["${start}"], *parse() {},
      onClose() { throw new Error("no answer of https://me:${words.thrown}@a.example/"); } };`;
    await run(["crawl", place.write("hook.js", hook)], 1);
    await run(["status"], 0);
    await run(["fetch", `${start}to-ftp`], 1);
    await run(["fetch", `${start}to-ftp`, "--json"], 1);
    await run(["fetch", `${start}to-login`, "--json", "-s", "cookies=false", "--css", "title"], 0);
  } finally {
    await server.shutdown();
  }
  const written = files(place.folder).filter((path) =>
    !/\/(?:checkpoint(?:\.damaged-\d+)?|retry)\//.test(path) && !path.endsWith(".js")
  );
  assert.ok(
    written.some((path) => path.endsWith("failed.jsonl")) && written.some((path) => path.endsWith("crawl.log")),
  );
  const texts = [
    ["what it said", said.join("\n")] as const,
    ...written.map((path) => [path, Deno.readTextFileSync(path)] as const),
  ];
  for (const [where, text] of texts) {
    // A page's own headers are what `fetch` is asked for.
    const told = text.replace(new RegExp(`sid=${words.server}`, "g"), "");
    for (const word of Object.values(words)) {
      const at = told.indexOf(word);
      assert.ok(at < 0, `"${word}" is in ${where}:\n${told.slice(Math.max(0, at - 300), at + 100)}`);
    }
  }
});

Deno.test("a cache can be looked into by its user alone", async () => {
  await using place = await Workplace.open();
  ends(await place.run(["fetch", place.demo.quotes, "--cache", "cache", "--css", "title"]), 0);
  for (const path of files(`${place.folder}/cache`)) {
    assert.equal(Deno.statSync(path.slice(0, path.lastIndexOf("/"))).mode! & 0o777, 0o700, path);
  }
});
