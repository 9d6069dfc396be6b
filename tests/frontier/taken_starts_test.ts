import assert from "node:assert/strict";
import { TakenStarts } from "../../lib/frontier/taken_starts.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

const host = "a.com";
const poll = (more: Partial<Request> = {}) => createRequest("http://a.com/poll", { dontFilter: true, ...more });

/** Takes some in one process, and some in the next; returns which of those were not taken before. */
function over(before: readonly Request[], after: readonly Request[]): boolean[] {
  const disk = new FaultyDisk();
  const first = new TakenStarts({ disk, folder: "/c" });
  for (const request of before) assert.equal(first.take(request, host), true);
  first.flush();
  const second = new TakenStarts({ disk, folder: "/c" }, first.snapshot());
  first.close();
  const taken = after.map((request) => second.take(request, host));
  second.close();
  return taken;
}

Deno.test("a process takes every start request, however often it comes", () => {
  assert.deepEqual(over([poll(), poll(), poll()], []), []);
});

Deno.test("the next process passes over as many as were taken, and no more", () => {
  assert.deepEqual(over([poll(), poll(), poll()], Array(5).fill(poll())), [false, false, false, true, true]);
  assert.deepEqual(over([], [poll(), poll()]), [true, true]);
});

Deno.test("those that say something else are others, in whatever order they come", () => {
  const said: readonly Partial<Request>[] = [{ meta: { n: 1 } }, { meta: { n: 2 } }, { callback: "author" }, {
    body: "x",
  }];
  const requests = said.map((each) => poll(each));
  assert.deepEqual(over(requests.slice(0, 2), requests.toReversed()), [true, true, false, false]);
});

Deno.test("what it has taken over is kept for the process after the next", () => {
  const disk = new FaultyDisk();
  let snapshot: TakenStarts["snapshot"] extends () => infer Log ? Log : never = [];
  for (const expected of [[true], [false, true], [false, false, true]]) {
    const taken = new TakenStarts({ disk, folder: "/c" }, snapshot);
    assert.deepEqual(expected.map(() => taken.take(poll(), host)), expected);
    taken.flush();
    snapshot = taken.snapshot();
    taken.close();
  }
});

Deno.test("a record that is no fingerprint is damage, and so is a log that is missing", () => {
  const disk = new FaultyDisk();
  const first = new TakenStarts({ disk, folder: "/c" });
  first.take(poll(), host);
  first.flush();
  const snapshot = first.snapshot();
  first.close();
  assert.deepEqual(snapshot, [[0, 20]]);
  disk.put("/c/starts-0.log", undefined);
  assert.throws(() => new TakenStarts({ disk, folder: "/c" }, snapshot), {
    name: "DamageError",
    path: "/c/starts-0.log",
  });
});

Deno.test("one that was taken under an old name of its callback is passed over, as often as it was taken in all", () => {
  const disk = new FaultyDisk();
  const taken = [poll({ callback: "old" }), poll({ callback: "older" }), poll({ callback: "now" })];
  const first = new TakenStarts({ disk, folder: "/c" });
  for (const request of taken) assert.equal(first.take(request, host), true);
  first.flush();
  const oldNames = (callback: string) => callback === "now" ? ["old", "older"] : [];
  const second = new TakenStarts({ disk, folder: "/c" }, first.snapshot(), oldNames);
  first.close();
  const now = () => second.take(poll({ callback: "now" }), host);
  assert.deepEqual([now(), now(), now(), now()], [false, false, false, true]);
  assert.equal(second.take(poll({ callback: "other" }), host), true);
  second.close();
});
