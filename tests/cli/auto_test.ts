import assert from "node:assert/strict";
import { GuardedSite } from "./guarded_site.ts";
import { records } from "./kept.ts";
import { ends } from "./trawl.ts";

/** Direct requests are blocked from this one on. */
const firstBlocked = 50;

/** A site that has enough of direct requests, and serves those that come through a proxy. */
function suspicious(pages: number): Promise<GuardedSite> {
  let direct = 0;
  return GuardedSite.open(pages, ({ path, proxied }) => {
    if (proxied || path === "/robots.txt") return undefined;
    direct += 1;
    return direct >= firstBlocked ? new Response("go away", { status: 403 }) : undefined;
  });
}

Deno.test("auto: of a site that blocks direct requests from the 50th on every page comes, and only what was blocked costs", async () => {
  await using site = await suspicious(200);
  const env = site.env({ DATACENTER_PROXY_URL: site.proxy.url, RESIDENTIAL_PROXY_URL: "http://localhost:1/" });
  const ended = await site.place.run(site.crawl, { env });
  ends(ended, 0);
  const kept = site.place.kept("guarded");
  assert.deepEqual(records(kept.output).sort(), site.wanted);
  assert.equal(kept.summary.counters.failed, 0);
  assert.equal(kept.summary.counters.retries, 0);

  const served = site.asked(({ proxied, status }) => !proxied && status === 200);
  const blocked = site.asked(({ proxied, status }) => !proxied && status === 403);
  const paid = site.asked(({ proxied }) => proxied);
  assert.equal(served.length, firstBlocked - 1);
  assert.deepEqual([...served, ...paid].sort(), site.asked(({ status }) => status === 200).sort());
  assert.equal(paid.length, 200 - served.length);
  // What was under way when the first was blocked is blocked as well; what came later went through the proxy at once.
  assert.ok(blocked.length >= 1 && blocked.length <= 16, `${blocked.length} were blocked`);
  assert.deepEqual(blocked.filter((path) => !paid.includes(path)), []);
  const learnt = site.visits.find(({ status }) => status === 403)!;
  assert.deepEqual(site.visits.filter(({ proxied, at }) => proxied && at < learnt.at), []);
  assert.deepEqual(
    site.proxy.asked.filter(({ path }) => path !== "/robots.txt").map(({ path }) => path).sort(),
    [...paid].sort(),
  );

  const tiers = kept.summary.counters.tiers as Record<string, { requests: number; ok: number; bytes: number }>;
  assert.deepEqual(Object.keys(tiers), ["direct", "datacenter"]);
  const robots = 1;
  assert.equal(tiers.direct!.requests, served.length + blocked.length + robots);
  assert.equal(tiers.datacenter!.requests, paid.length);
  assert.equal(tiers.datacenter!.ok, paid.length);
  assert.ok(tiers.datacenter!.bytes > 0);
  assert.match(ended.stderr, /^direct: {5}\d+ requests, 49 answered, .* of bodies$/m);
  assert.match(ended.stderr, /^datacenter: 151 requests, 151 answered, .* of bodies$/m);
  assert.doesNotMatch(ended.stderr, /Still blocked/);
});

Deno.test("auto: what was learnt of a host is known after a kill", async () => {
  await using site = await suspicious(200);
  site.latency = 20;
  const env = site.env({ DATACENTER_PROXY_URL: site.proxy.url });
  const crawl = [...site.crawl, "--checkpoint-interval", "50ms"];
  {
    await using trawl = site.place.start(crawl, { env });
    await trawl.until("20 pages through the proxy", () => site.asked(({ proxied }) => proxied).length >= 20);
    const { generation } = site.place.kept("guarded").saved;
    await trawl.until("a checkpoint after that", () => site.place.kept("guarded").saved.generation > generation);
    trawl.kill("SIGKILL");
    await trawl.ended;
  }
  const before = site.visits.length;
  ends(await site.place.run(crawl, { env }), 0);
  assert.deepEqual(site.visits.slice(before).filter(({ proxied }) => !proxied), []);
  assert.deepEqual(records(site.place.kept("guarded").output).sort(), site.wanted);
});

Deno.test("auto: without a proxy for it a block is a failure, and the end says how the hosts can be tried", async () => {
  await using site = await suspicious(60);
  const ended = await site.place.run([...site.crawl, "--proxy-type", "auto"], { env: site.env() });
  ends(ended, 0);
  const kept = site.place.kept("guarded");
  assert.equal(kept.summary.counters.failed, 11);
  assert.deepEqual(site.proxy.asked, []);
  assert.match(ended.stderr, new RegExp(`^Still blocked: ${site.host} \\(11 pages\\)$`, "m"));
  const hint =
    /^To try them through "residential", which is not configured: set RESIDENTIAL_PROXY_URL, and then: trawl (.*)$/m;
  const command = hint.exec(ended.stderr)?.[1];
  assert.ok(command !== undefined, ended.stderr);
  assert.equal(command, [...site.crawl, "--retry-failed", "--proxy-type", "residential"].join(" "));

  const again = await site.place.run(command.split(" "), { env: site.env({ RESIDENTIAL_PROXY_URL: site.proxy.url }) });
  ends(again, 0);
  assert.deepEqual(records(kept.output).sort(), site.wanted);
  assert.equal(site.proxy.asked.filter(({ path }) => path !== "/robots.txt").length, 11);
  assert.doesNotMatch(again.stderr, /Still blocked/);
});

Deno.test("auto: a host that blocks the paid proxies as well soon costs nothing more, and residential is not used", async () => {
  await using site = await GuardedSite.open(
    40,
    ({ path }) => path === "/robots.txt" || path === "/0" ? undefined : new Response("go away", { status: 403 }),
  );
  const env = site.env({ DATACENTER_PROXY_URL: site.proxy.url, RESIDENTIAL_PROXY_URL: site.proxy.url });
  const ended = await site.place.run([...site.crawl, "-s", "concurrency=1"], { env });
  ends(ended, 0);
  assert.equal(site.place.kept("guarded").summary.counters.failed, 39);
  assert.equal(site.asked(({ proxied }) => proxied).length, 5);
  assert.match(ended.stderr, new RegExp(`^Still blocked: ${site.host} \\(39 pages\\)$`, "m"));
  assert.match(
    ended.stderr,
    /^To try them through "residential": trawl crawl .* --retry-failed --proxy-type residential$/m,
  );
});

Deno.test("auto: a challenge page is a block, whatever its status", async () => {
  await using site = await GuardedSite.open(20, ({ path, proxied, count }) => {
    if (proxied || path === "/robots.txt" || count <= 5) return undefined;
    return new Response("<title>Just a moment...</title>", {
      headers: { "cf-mitigated": "challenge", "content-type": "text/html" },
    });
  });
  const env = site.env({ DATACENTER_PROXY_URL: site.proxy.url });
  ends(await site.place.run(site.crawl, { env }), 0);
  const kept = site.place.kept("guarded");
  assert.deepEqual(records(kept.output).sort(), site.wanted);
  assert.equal(kept.summary.counters.failed, 0);
});

Deno.test("a challenge page is never taken for the page: without a way around it is a failure that says whose it is", async () => {
  await using site = await GuardedSite.open(
    3,
    ({ path }) =>
      path === "/2"
        ? new Response("<title>checking</title> prove that you are human", { headers: { "content-type": "text/html" } })
        : undefined,
  );
  const crawl = [...site.crawl, "-s", "blockPattern=prove that you are HUMAN", "-s", "retries=1"];
  const ended = await site.place.run([...crawl, "--proxy-type", "none"], { env: site.env() });
  ends(ended, 0);
  const kept = site.place.kept("guarded");
  assert.equal(kept.summary.counters.items, 2);
  assert.equal(kept.failures.length, 1);
  const { kind, message, status, attempts } = kept.failures[0]!;
  assert.deepEqual({ kind, message, status, attempts }, {
    kind: "blocked",
    message: `${site.host} sends a page that blockPattern takes for a block (status 200)`,
    status: 200,
    attempts: 2,
  });
});
