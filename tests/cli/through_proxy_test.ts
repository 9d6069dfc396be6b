import assert from "node:assert/strict";
import { ProxyServer } from "../net/proxy/proxy_server.ts";
import { GuardedSite } from "./guarded_site.ts";
import { records } from "./kept.ts";
import { ends, eventsOf } from "./trawl.ts";

const credentials = "user:secret";

function open(pages: number): Promise<GuardedSite> {
  return GuardedSite.open(pages, () => undefined, { credentials });
}

/** The address of a proxy with user name and password in it. */
function withPassword({ url }: { readonly url: string }, password = "secret"): string {
  return url.replace("//", `//user:${password}@`);
}

Deno.test("--proxy-type NAME sends everything through the proxies of that name, robots.txt included, in turn", async () => {
  await using site = await open(30);
  await using other = new ProxyServer({ credentials });
  const env = site.env({ HOUSE_PROXY_URL: `${withPassword(site.proxy)}, ${withPassword(other)}` });
  const ended = await site.place.run([...site.crawl, "--proxy-type", "house"], { env });
  ends(ended, 0);
  assert.deepEqual(site.visits.filter(({ proxied }) => !proxied), []);
  const counts = [site.proxy, other].map(({ asked }) => asked.length);
  assert.equal(counts[0]! + counts[1]!, 31);
  assert.ok(Math.abs(counts[0]! - counts[1]!) <= 1, counts.join());
  assert.deepEqual(records(site.place.kept("guarded").output).sort(), site.wanted);
  assert.match(ended.stderr, /^house: 31 requests, 30 answered, /m);
});

Deno.test("a proxy may be given in parts, and in a .env file; the environment of the process wins", async () => {
  await using site = await open(3);
  site.place.write(
    ".env",
    `# proxies\nexport HOUSE_PROXY_HOST=localhost\nHOUSE_PROXY_PORT="1" # no such one\nHOUSE_PROXY_USERNAME='user'\n` +
      "this is no variable\nHOUSE_PROXY_PASSWORD=secret\n",
  );
  const env = site.env({ HOUSE_PROXY_PORT: String(site.proxy.port) });
  const ended = await site.place.run([...site.crawl, "--proxy-type", "house"], { env });
  ends(ended, 0);
  assert.equal(site.asked(({ proxied }) => proxied).length, 3);
  assert.match(ended.stderr, /Cannot read line 5 of \.env: it is not NAME=VALUE/);
  assert.doesNotMatch(ended.stderr, /this is no variable/);
});

Deno.test("socks5 and https pages go through a proxy as well", async () => {
  await using site = await open(3);
  const env = site.env({ HOUSE_PROXY_URL: site.proxy.socksUrl.replace("//", "//user:secret@") });
  ends(await site.place.run([...site.crawl, "--proxy-type", "house"], { env }), 0);
  assert.deepEqual([...new Set(site.proxy.asked.map(({ how }) => how))], ["socks5"]);
  assert.deepEqual(records(site.place.kept("guarded").output).sort(), site.wanted);
});

Deno.test("a wrong password ends the crawl with a clear error, and the right one continues it", async () => {
  await using site = await open(20);
  site.latency = 30;
  const crawl = [...site.crawl, "--proxy-type", "house"];
  const env = site.env({ HOUSE_PROXY_URL: withPassword(site.proxy, "wrong") });
  const refused = await site.place.run(crawl, { env });
  ends(refused, 1);
  assert.match(
    refused.stderr,
    /Failed "guarded": The proxy "house" refuses the user name and password\. Correct them in HOUSE_PROXY_URL/,
  );
  assert.deepEqual(site.visits, []);
  ends(await site.place.run(crawl, { env: site.env({ HOUSE_PROXY_URL: withPassword(site.proxy) }) }), 0);
  const kept = site.place.kept("guarded");
  assert.deepEqual(records(kept.output).sort(), site.wanted);
  assert.equal(kept.summary.counters.failed, 0);
});

Deno.test("a proxy that goes and comes back in the middle of a crawl costs no page and no attempt", async () => {
  await using site = await open(60);
  await using other = new ProxyServer({ credentials });
  site.latency = 20;
  const env = site.env({ HOUSE_PROXY_URL: `${withPassword(site.proxy)} ${withPassword(other)}` });
  await using trawl = site.place.start([...site.crawl, "--proxy-type", "house", "-s", "retries=0"], { env });
  await trawl.until("10 pages", () => site.visits.length >= 10);
  await site.proxy.down();
  const ended = await trawl.ended;
  ends(ended, 0);
  assert.match(ended.stderr, /The proxy "house 1" .*; it rests for 30 s/);
  const kept = site.place.kept("guarded");
  assert.deepEqual(records(kept.output).sort(), site.wanted);
  assert.equal(kept.summary.counters.failed, 0);
  assert.equal(kept.summary.counters.retries, 0);
});

Deno.test("when every proxy is down the crawl waits, and no page is given up", async () => {
  await using site = await open(60);
  site.latency = 20;
  const crawl = [...site.crawl, "--proxy-type", "house", "-s", "retries=0", "--json"];
  const env = site.env({ HOUSE_PROXY_URL: withPassword(site.proxy) });
  {
    await using trawl = site.place.start(crawl, { env });
    await trawl.until("10 pages", () => site.visits.length >= 10);
    await site.proxy.down();
    await trawl.until(
      "the proxy is asked again",
      () => eventsOf(trawl).filter(({ type }) => type === "outage").length >= 2,
    );
    site.proxy.up();
    const ended = await trawl.ended;
    ends(ended, 0);
    assert.match(ended.stderr, /The network is back/);
  }
  const kept = site.place.kept("guarded");
  assert.deepEqual(records(kept.output).sort(), site.wanted);
  assert.equal(kept.summary.counters.failed, 0);
});

Deno.test("with all proxies down for too long the crawl pauses, and is continued when they are back", async () => {
  await using site = await open(5);
  const crawl = [...site.crawl, "--proxy-type", "house", "--outage-timeout", "1s"];
  const env = site.env({ HOUSE_PROXY_URL: withPassword(site.proxy) });
  await site.proxy.down();
  const ended = await site.place.run(crawl, { env });
  ends(ended, 4);
  assert.match(ended.stderr, /The proxy "house" refused the connection/);
  site.proxy.up();
  ends(await site.place.run(crawl, { env }), 0);
  assert.deepEqual(records(site.place.kept("guarded").output).sort(), site.wanted);
});

Deno.test("auto: a host that needs a proxy waits for it, and the crawl pauses when it stays away", async () => {
  await using site = await GuardedSite.open(
    5,
    ({ path, proxied }) => proxied || path === "/robots.txt" ? undefined : new Response("no", { status: 403 }),
  );
  const crawl = [...site.crawl, "--outage-timeout", "1s"];
  const env = site.env({ DATACENTER_PROXY_URL: site.proxy.url });
  await site.proxy.down();
  {
    await using trawl = site.place.start([...site.crawl, "--json"], { env });
    await trawl.until("the proxy rests", () => /it rests for 30 s/.test(trawl.stderr));
    trawl.kill("SIGINT");
    ends(await trawl.ended, 130);
  }
  assert.equal(site.place.kept("guarded").summary.counters.failed, 0);
  site.proxy.up();
  ends(await site.place.run(crawl, { env }), 0);
  assert.deepEqual(records(site.place.kept("guarded").output).sort(), site.wanted);
});

Deno.test("auto: a wrong password for the paid proxies is said, and the crawl goes on without them", async () => {
  await using site = await GuardedSite.open(
    6,
    ({ path, proxied }) => path === "/3" && !proxied ? new Response("no", { status: 403 }) : undefined,
    { credentials },
  );
  const env = site.env({ DATACENTER_PROXY_URL: withPassword(site.proxy, "wrong") });
  const ended = await site.place.run(site.crawl, { env });
  ends(ended, 0);
  assert.match(ended.stderr, /The proxy "datacenter" refuses the user name and password; it is not asked again/);
  const kept = site.place.kept("guarded");
  assert.deepEqual(kept.failures.map(({ url, status }) => [url, status]), [[`http://${site.host}/3`, 403]]);
});
