import assert from "node:assert/strict";
import { crawlName, placesOf } from "../../lib/checkpoint/places.ts";

Deno.test("placesOf() puts everything of a spider below its project", () => {
  assert.deepEqual(placesOf("/data", "default", "quotes"), {
    root: "/data/default/quotes",
    lock: "/data/default/quotes/lock",
    checkpoint: "/data/default/quotes/checkpoint",
    current: "/data/default/quotes/checkpoint/checkpoint.msgpack",
    previous: "/data/default/quotes/checkpoint/checkpoint.prev.msgpack",
    temporary: "/data/default/quotes/checkpoint/checkpoint.tmp",
    crawls: "/data/default/quotes/crawls",
  });
});

Deno.test("crawlName() is the start in UTC, without characters that a file's name cannot have", () => {
  assert.equal(crawlName(Date.UTC(2026, 10, 21, 9, 30, 0, 99)), "2026-11-21T09-30-00.099Z");
});
