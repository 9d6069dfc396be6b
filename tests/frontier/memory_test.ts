import assert from "node:assert/strict";
import { DiskQueues } from "../../lib/frontier/disk_queues.ts";
import type { Request } from "../../lib/model/request.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { drain, folder, inMemory, onDisk, request } from "./open_frontier.ts";

/** A queue of so many requests of one host, each with what makes it large. */
function filled(large: Partial<Request>, count: number, windowBytes: number) {
  const queues = new DiskQueues({ disk: new FaultyDisk(), folder, windowBytes });
  const queue = queues.open({ priority: 0, host: "a.com" });
  for (let n = 0; n < count; n++) queue.push(request(String(n), large));
  return { queues, queue };
}

for (
  const [what, large] of Object.entries({
    meta: { meta: { blob: "x".repeat(10_000) } },
    body: { method: "POST", body: new Uint8Array(10_000) },
    headers: { headers: { "x-token": "y".repeat(10_000) } },
  })
) {
  Deno.test(`requests that wait are kept whole up to so many bytes: ${what}`, () => {
    const { queues, queue } = filled(large, 100, 100_000);
    const kept = 10_000 - queues.room;
    assert.equal(kept, 9);
    assert.ok(queues.roomBytes >= 0 && queues.roomBytes < 100_000 - 9 * 10_000);
    for (let n = 0; n < 100; n++) {
      const popped = queue.pop()!;
      assert.equal(popped.url, `http://a.com/${n}`);
      assert.deepEqual({ ...popped, ...large }, { ...popped });
      queue.done?.(popped);
    }
    assert.deepEqual([queues.room, queues.roomBytes], [10_000, 100_000]);
  });
}

Deno.test("a request that is larger than the window is on disk alone, and those behind it as well", () => {
  const { queues, queue } = filled({ meta: { blob: "x".repeat(2000) } }, 2, 1000);
  queue.push(request("small"));
  assert.deepEqual([queues.room, queues.roomBytes], [10_000, 1000]);
  assert.deepEqual([0, 1, 2].map(() => queue.pop()?.url.slice(13)), ["0", "1", "small"]);
});

Deno.test("a queue that is closed gives its bytes of the window back", () => {
  const { queues, queue } = filled({}, 5, 100_000);
  queue.pop();
  queue.close();
  assert.deepEqual([queues.room, queues.roomBytes], [10_000, 100_000]);
});

Deno.test("what waits in memory alone is counted in bytes, until it is taken", () => {
  const frontier = inMemory();
  for (const path of ["1", "2"]) frontier.add(request(path, { meta: { blob: "x".repeat(10_000) } }));
  assert.ok(frontier.bytes > 20_000 && frontier.bytes < 21_000, `${frontier.bytes} bytes`);
  frontier.take("a.com");
  assert.ok(frontier.bytes > 10_000 && frontier.bytes < 10_500);
  drain(frontier);
  assert.equal(frontier.bytes, 0);
  const kept = onDisk(new FaultyDisk());
  kept.add(request("1"));
  assert.equal(kept.bytes, 0);
});

for (const [where, make] of [["on disk", () => onDisk(new FaultyDisk())], ["in memory", () => inMemory()]] as const) {
  Deno.test(`a request that is parked is in flight until it comes back before the others of its priority, ${where}`, () => {
    const frontier = make();
    for (const path of ["1", "2", "3"]) frontier.add(request(path, { meta: { path } }));
    frontier.add(request("late", { priority: -1 }));
    const [first, second] = [frontier.take("a.com")!, frontier.take("a.com")!];
    const parked = [first, second].map((request) => frontier.park(request, "a.com"));
    assert.deepEqual([frontier.waiting, frontier.inFlight], [2, 2]);
    for (const each of parked) frontier.unpark(each);
    assert.deepEqual([frontier.waiting, frontier.inFlight], [4, 0]);
    assert.deepEqual(frontier.head("a.com"), { priority: 0, arrival: -1 });
    const again = frontier.take("a.com")!;
    assert.deepEqual(again, first);
    assert.deepEqual([frontier.waiting, frontier.inFlight], [3, 1]);
    // Once more, as after another attempt that came too early.
    frontier.unpark(frontier.park(again, "a.com"));
    assert.deepEqual(drain(frontier), ["2", "1", "3", "late"]);
    assert.deepEqual([frontier.waiting, frontier.inFlight], [0, 0]);
  });
}

Deno.test("what is parked is pending for the next process, on disk or in memory", async () => {
  const disk = new FaultyDisk();
  const frontier = onDisk(disk);
  for (const path of ["1", "2"]) frontier.add(request(path));
  frontier.park(frontier.take("a.com")!, "a.com");
  frontier.flush();
  await frontier.sync();
  assert.deepEqual(drain(onDisk(disk, frontier.snapshot())), ["1", "2"]);

  const other = inMemory();
  for (const path of ["1", "2"]) other.add(request(path));
  other.park(other.take("a.com")!, "a.com");
  assert.equal(other.snapshot().held.length, 1);
});
