import assert from "node:assert/strict";
import { carryForbidden } from "../../lib/engine/carry_forbidden.ts";
import { forbids } from "../../lib/engine/robots_gate.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { asked, done, epoch, open, pages, parseLines } from "./parts.ts";
import { failures, places, prepared, runProcess } from "./process.ts";
import { answer, followAll, links, type Site } from "./site.ts";

const rules = "User-agent: *\nDisallow: /private\n";

/** A site that forbids two of its pages; the one that is `broken` fails. */
const guarded = (broken?: string): Site => ({ url }) => {
  const path = new URL(url).pathname;
  if (path === "/robots.txt") return answer(url, rules);
  if (path === broken) return answer(url, "", 500);
  return answer(url, path === "/" ? links("/1", "/private/1", "/private/2") : "");
};

Deno.test("what robots.txt forbids is listed and counted apart: it is no failure, and nobody is warned", async () => {
  const run = open({ site: guarded(), robots: true });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run), ["/robots.txt", "/", "/1"]);
  assert.deepEqual(pages(run), ["/", "/1"]);
  const { failed, forbidden, pages: brought } = run.parts.counters;
  assert.deepEqual({ failed, forbidden, brought }, { failed: 0, forbidden: 2, brought: 2 });
  const message = "http://a.com/robots.txt forbids it";
  assert.deepEqual(run.failures().map(({ url, kind, message, attempts }) => [url, kind, message, attempts]), [
    ["http://a.com/private/1", "robots", message, 0],
    ["http://a.com/private/2", "robots", message, 0],
  ]);
  assert.deepEqual(run.events.filter(({ type }) => type === "given-up" || type === "log"), []);
  assert.deepEqual(run.events.filter(({ type }) => type === "forbidden"), [
    { type: "forbidden", url: "http://a.com/private/1", message },
    { type: "forbidden", url: "http://a.com/private/2", message },
  ]);
});

Deno.test("a robots.txt that cannot be read is a failure of its pages: another time it may be there", async () => {
  const site: Site = ({ url }) => answer(url, "", url.endsWith("/robots.txt") ? 500 : 200);
  const run = open({ site, robots: true }, { retries: 0 });
  await run.crawl();
  assert.deepEqual([run.parts.counters.failed, run.parts.counters.forbidden], [1, 0]);
  assert.equal(run.events.filter(({ type }) => type === "given-up").length, 1);
});

Deno.test("a crawl that may fetch nothing has finished, and leaves nothing to retry", async () => {
  const disk = prepared();
  const site: Site = ({ url }) => answer(url, "User-agent: *\nDisallow: /\n");
  const said = { clock: new ManualClock(epoch), site, spider: followAll, items: "/home/me/items.jsonl" };
  assert.deepEqual(await runProcess(disk, { ...said, robots: true }), done);
  assert.deepEqual(parseLines(disk.text(failures)).map(({ url, kind }) => [url, kind]), [["http://a.com/", "robots"]]);
  assert.equal(disk.size(places.retry), undefined);
});

Deno.test("a retry asks for what failed and not for what is forbidden, which stays listed", async () => {
  const disk = prepared();
  const wanted: string[] = [];
  const site = (broken?: string): Site => (request) => {
    wanted.push(new URL(request.url).pathname);
    return guarded(broken)(request, undefined);
  };
  const said = { clock: new ManualClock(epoch), spider: followAll, items: "/home/me/items.jsonl", robots: true };
  const listed = () => parseLines(disk.text(failures)).map(({ url }) => new URL(url).pathname).sort();

  assert.deepEqual(await runProcess(disk, { ...said, site: site("/1"), retries: 0 }), done);
  assert.deepEqual(listed(), ["/1", "/private/1", "/private/2"]);
  for (const broken of ["/1", undefined]) {
    wanted.length = 0;
    assert.deepEqual(await runProcess(disk, { ...said, site: site(broken), retries: 0, retryFailed: true }), done);
    // What robots.txt says is known for its day.
    assert.deepEqual(wanted, ["/1"]);
    assert.deepEqual(listed(), [...(broken === undefined ? [] : [broken]), "/private/1", "/private/2"]);
  }
  assert.equal(disk.size(places.retry), undefined);
  assert.equal(disk.opened, 0);
});

Deno.test("forbids() tells a rule of robots.txt from one that could not be read", () => {
  assert.equal(forbids({ kind: "robots", message: "http://a.com/robots.txt forbids it" }), true);
  assert.equal(forbids({ kind: "robots", message: "http://a.com/robots.txt cannot be read, which counts" }), false);
  assert.equal(forbids({ kind: "status", message: "http://a.com/robots.txt forbids it" }), false);
  assert.equal(forbids({}), false);
});

Deno.test("carryForbidden() takes over whole lines about what is forbidden, whatever else has come into the file", async () => {
  const line = (path: string, message = "http://a.com/robots.txt forbids it") =>
    `${JSON.stringify({ url: `http://a.com${path}`, kind: "robots", message })}\n`;
  const kept = [line("/1"), line("/ü"), line("/3")];
  const text = `${kept[0]}{"kind":"status"}\n\nnull\n5\n${kept[1]}note\n${line("/x", "else")}${kept[2]}${line("/cut")}`;
  for (const chunk of [1, 7, 50, 1000]) {
    const disk = new FaultyDisk();
    disk.put("/c/x.failed.jsonl", text.slice(0, -1));
    const begun = { path: "/c/x.failed.jsonl", format: "jsonl", length: 9, tail: 9, finished: true } as const;
    const snapshot = await carryForbidden(disk, begun, chunk);
    assert.equal(disk.text("/c/x.failed.jsonl.part"), kept.join(""));
    assert.deepEqual([snapshot.length, snapshot.finished], [kept.join("").length + 1, false]);
    assert.equal(disk.opened, 0);
  }
  const gone = new FaultyDisk();
  const begun = { path: "/x.failed.jsonl", format: "jsonl", length: 9, tail: 9, finished: true } as const;
  assert.deepEqual(await carryForbidden(gone, begun), { ...begun, length: 0, tail: 0, finished: false });
});
