import assert from "node:assert/strict";
import { absolute, crawlName, placesOf, relativeTo } from "../../lib/checkpoint/places.ts";

Deno.test("placesOf() puts everything of a spider below its project", () => {
  assert.deepEqual(placesOf("/data", "default", "quotes"), {
    root: "/data/default/quotes",
    lock: "/data/default/quotes/lock",
    interrupted: "/data/default/quotes/interrupted.jsonl",
    checkpoint: "/data/default/quotes/checkpoint",
    current: "/data/default/quotes/checkpoint/checkpoint.msgpack",
    previous: "/data/default/quotes/checkpoint/checkpoint.prev.msgpack",
    temporary: "/data/default/quotes/checkpoint/checkpoint.tmp",
    retry: "/data/default/quotes/retry",
    retryDocument: "/data/default/quotes/retry/checkpoint.msgpack",
    crawls: "/data/default/quotes/crawls",
  });
});

Deno.test("crawlName() is the start in UTC, without characters that a file's name cannot have", () => {
  assert.equal(crawlName(Date.UTC(2026, 10, 21, 9, 30, 0, 99)), "2026-11-21T09-30-00.099Z");
});

Deno.test("a path in the spider's folder is kept from there, so that the folder may be moved; another stays as it is", () => {
  const before = placesOf("/data", "default", "quotes"), after = placesOf("/mnt/elsewhere", "default", "quotes");
  const path = `${before.crawls}/items.jsonl`;
  assert.equal(relativeTo(path, before), "crawls/items.jsonl");
  assert.equal(absolute(relativeTo(path, before), after), "/mnt/elsewhere/default/quotes/crawls/items.jsonl");
  for (const other of ["/home/me/items.jsonl", "/data/default/quotes-2/items.jsonl", "-", ""]) {
    assert.equal(relativeTo(other, before), other);
    assert.equal(absolute(other, after), other);
  }
});
