import assert from "node:assert/strict";
import fc from "fast-check";
import { DamageError } from "../../lib/disk/damage.ts";
import { RecordLog } from "../../lib/disk/record_log.ts";
import { DiskQueues, type DiskQueuesSnapshot } from "../../lib/frontier/disk_queues.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { queueContract } from "./queue_contract.ts";

interface Sizes {
  readonly segmentRecords?: number;
  readonly window?: number;
}

const folder = "/checkpoint";
const key = { priority: 0, host: "a.com" };

function open(disk: FaultyDisk, sizes: Sizes = {}, snapshot?: DiskQueuesSnapshot): DiskQueues {
  return new DiskQueues({ disk, folder, ...sizes }, snapshot);
}

const allSizes: readonly Sizes[] = [
  ...[1, 2, 3].flatMap((segmentRecords) => [{ segmentRecords, window: 0 }, { segmentRecords, window: 1 }]),
  { segmentRecords: 2 },
  {},
];

for (const sizes of allSizes) {
  queueContract(`DiskQueues ${JSON.stringify(sizes)}`, () => {
    const queues = open(new FaultyDisk(), sizes);
    return (key) => queues.open(key);
  });
}

function request(number: number, host = "a.com", priority = 0): Request {
  return createRequest(`http://${host}/${number}`, { depth: number, priority });
}

/** Makes everything safe, as a checkpoint does, and returns what it would hold. */
async function save(disk: FaultyDisk, queues: DiskQueues): Promise<DiskQueuesSnapshot> {
  queues.flush();
  const snapshot = queues.snapshot();
  disk.makeFolder(folder);
  await queues.sync();
  await disk.syncFolder(folder);
  await disk.syncFolder("/");
  return snapshot;
}

/** Everything that waits, by queue, and it is taken. */
function drain(queues: DiskQueues): Record<string, number[]> {
  const waiting: Record<string, number[]> = {};
  for (const each of [...queues.keys()].sort((a, b) => b.priority - a.priority || (a.host < b.host ? -1 : 1))) {
    const queue = queues.open(each);
    const numbers = waiting[`${each.priority} ${each.host}`] = [] as number[];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) numbers.push(next.depth);
  }
  return waiting;
}

for (const sizes of allSizes) {
  Deno.test(`what is not done comes back in its old order after a loss of power, ${JSON.stringify(sizes)}`, async () => {
    const disk = new FaultyDisk();
    const queues = open(disk, sizes);
    const a = queues.open(key), b = queues.open({ priority: 0, host: "b.com" });
    const high = queues.open({ priority: 7, host: "a.com" }), low = queues.open({ priority: -7, host: "a.com" });
    for (let number = 0; number < 8; number++) {
      a.push(request(number));
      b.push(request(number, "b.com"));
      high.push(request(number, "a.com", 7));
      low.push(request(number, "a.com", -7));
    }
    const popped = [a, a, a, b, b, high].map((queue) => [queue, queue.pop()!] as const);
    for (const at of [1, 4]) popped[at]![0].done?.(popped[at]![1]);
    const snapshot = await save(disk, queues);
    popped[0]![0].done?.(popped[0]![1]);
    a.push(request(100));
    queues.flush();

    const again = open(disk.crash(), sizes, snapshot);
    assert.deepEqual(drain(again), {
      "7 a.com": [0, 1, 2, 3, 4, 5, 6, 7],
      "0 a.com": [0, 2, 3, 4, 5, 6, 7],
      "0 b.com": [0, 2, 3, 4, 5, 6, 7],
      "-7 a.com": [0, 1, 2, 3, 4, 5, 6, 7],
    });
  });
}

Deno.test("the order among hosts comes back too", async () => {
  const disk = new FaultyDisk();
  const queues = open(disk, { segmentRecords: 2 });
  for (const [number, host] of ["c.com", "a.com", "b.com", "a.com", "c.com"].entries()) {
    queues.open({ priority: 0, host }).push(request(number, host));
  }
  const again = open(disk, { segmentRecords: 2 }, await save(disk, queues));
  const opened = [...again.keys()].map((each) => again.open(each)).sort((a, b) => a.first! - b.first!);
  assert.deepEqual(opened.map((queue) => queue.pop()?.url), ["http://c.com/0", "http://a.com/1", "http://b.com/2"]);
});

Deno.test("done() refuses a request that was not popped, and one that is done", () => {
  const queue = open(new FaultyDisk()).open(key);
  queue.push(request(1));
  queue.push(request(2));
  assert.throws(() => queue.done?.(request(1)), { message: "http://a.com/1 is done, and was not popped" });
  const popped = queue.pop()!;
  queue.done?.(popped);
  assert.throws(() => queue.done?.(popped), /was not popped/);
});

Deno.test("a request that is pushed twice is two requests, also when it is the same object", async () => {
  for (const window of [0, 10]) {
    const disk = new FaultyDisk();
    const queues = open(disk, { window });
    const queue = queues.open(key);
    const same = request(1);
    queue.push(same);
    queue.push(same);
    const [first, second] = [queue.pop()!, queue.pop()!];
    queue.done?.(first);
    queue.done?.(second);
    assert.deepEqual(drain(open(disk, { window }, await save(disk, queues))), {}, `window ${window}`);
  }
});

Deno.test("segments whose requests are all done are retired once, the newest never, and not needed for a reopening", async () => {
  const disk = new FaultyDisk();
  const queues = open(disk, { segmentRecords: 2 });
  const queue = queues.open(key);
  for (let number = 0; number < 6; number++) queue.push(request(number));
  const out = Array.from({ length: 6 }, () => queue.pop()!);
  assert.deepEqual(queues.retired(), []);
  for (const at of [0, 2, 3]) queue.done?.(out[at]!);
  assert.deepEqual(queues.retired(), [`${folder}/queue-0-1.log`]);
  assert.deepEqual(queues.retired(), []);
  for (const at of [4, 5]) queue.done?.(out[at]!);
  assert.deepEqual(queues.retired(), []);
  const snapshot = await save(disk, queues);
  assert.deepEqual(snapshot.logs.map(([priority, log]) => [priority, log.map(([segment]) => segment)]), [[0, [0, 2]]]);
  disk.put(`${folder}/queue-0-1.log`, undefined);
  assert.deepEqual(drain(open(disk, { segmentRecords: 2 }, snapshot)), { "0 a.com": [1] });
  queues.open(key).push(request(6));
  assert.deepEqual(queues.retired(), [`${folder}/queue-0-2.log`]);
});

Deno.test("segments that were all done before are retired by the process that opens them", async () => {
  const disk = new FaultyDisk();
  const queues = open(disk, { segmentRecords: 1 });
  const queue = queues.open(key);
  for (let number = 0; number < 3; number++) queue.push(request(number));
  const out = Array.from({ length: 3 }, () => queue.pop()!);
  const before = await save(disk, queues);
  for (const each of out) queue.done?.(each);
  queues.flush();
  // The checkpoint that counts the segments and, after a fallback, not their ends; then one that counts both.
  assert.deepEqual(open(disk.copy(), { segmentRecords: 1 }, before).retired(), []);
  const both = { ...before, done: (await save(disk, queues)).done };
  assert.deepEqual(open(disk, { segmentRecords: 1 }, both).retired(), [
    `${folder}/queue-0-0.log`,
    `${folder}/queue-0-1.log`,
  ]);
});

Deno.test("damage to any file that counts is found at the opening", async () => {
  const disk = new FaultyDisk();
  const queues = open(disk, { segmentRecords: 2 });
  const queue = queues.open(key);
  for (let number = 0; number < 5; number++) queue.push(request(number));
  queue.done?.(queue.pop()!);
  const snapshot = await save(disk, queues);
  assert.deepEqual(disk.list(folder), ["done-0.log", "queue-0-0.log", "queue-0-1.log", "queue-0-2.log"]);
  for (const name of disk.list(folder)) {
    const path = `${folder}/${name}`, content = disk.read(path)!;
    for (let at = 0; at < content.length; at++) {
      const damaged = disk.copy(), flipped = content.slice();
      flipped[at]! ^= 1;
      damaged.put(path, flipped);
      assert.throws(() => open(damaged, {}, snapshot), (error) => error instanceof DamageError && error.path === path);
      damaged.put(path, content.subarray(0, at));
      assert.throws(() => open(damaged, {}, snapshot), (error) => error instanceof DamageError && error.path === path);
    }
  }
});

Deno.test("a host whose name is longer than the record has room for keeps its requests after a reopening", async () => {
  const disk = new FaultyDisk();
  const queues = open(disk);
  const host = `${"a".repeat(300)}.com`;
  queues.open({ priority: 0, host }).push(request(1, host));
  const again = open(disk, {}, await save(disk, queues));
  assert.deepEqual([...again.keys()], [{ priority: 0, host }]);
});

Deno.test("a damaged request that is found only when it is popped is an error, never another request", async () => {
  const disk = new FaultyDisk();
  const queues = open(disk, { window: 0 });
  const queue = queues.open(key);
  queue.push(request(1));
  await save(disk, queues);
  const content = disk.read(`${folder}/queue-0-0.log`)!;
  content[12]! ^= 4;
  disk.put(`${folder}/queue-0-0.log`, content);
  assert.throws(() => queue.pop(), DamageError);
});

Deno.test("no file stays open after close()", async () => {
  const disk = new FaultyDisk();
  const queues = open(disk, { segmentRecords: 1, window: 0 });
  for (const host of ["a.com", "b.com"]) {
    for (let number = 0; number < 5; number++) queues.open({ priority: number, host }).push(request(number, host));
    queues.open({ priority: 2, host }).pop();
  }
  await save(disk, queues);
  queues.open(key).push(request(9));
  queues.flush();
  queues.close();
  assert.equal(disk.opened, 0);
});

interface Pending {
  readonly number: number;
  readonly key: string;
  state: "waiting" | "popped" | "done";
}

Deno.test("any story of pushes, pops, ends, checkpoints, kills and losses of power leaves the requests that are not done, in order", async () => {
  const event = fc.oneof(
    { weight: 5, arbitrary: fc.record({ push: fc.nat({ max: 5 }) }) },
    { weight: 4, arbitrary: fc.record({ pop: fc.nat({ max: 5 }) }) },
    { weight: 3, arbitrary: fc.record({ done: fc.nat() }) },
    { weight: 1, arbitrary: fc.constantFrom("save" as const, "kill" as const, "power" as const, "flush" as const) },
  );
  const numbers = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  const story = fc.array(event, { maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...allSizes), story, numbers, async (sizes, events, random) => {
      const keys = [0, 1, 2, 3, 4, 5].map((at) => ({ priority: (at % 3) - 1, host: at < 3 ? "a.com" : "b.com:81" }));
      let disk = new FaultyDisk();
      let queues = open(disk, sizes);
      let model: Pending[] = [];
      let out = new Map<number, { readonly request: Request; readonly at: number }>();
      let saved: { readonly snapshot: DiskQueuesSnapshot | undefined; readonly model: Pending[] } = {
        snapshot: undefined,
        model: [],
      };
      let previous: readonly string[] = [];
      let made = 0;
      for (const event of events) {
        if (event === "flush") {
          queues.flush();
        } else if (event === "save") {
          // The files of the generation before this one, which is safe now, are not needed any more.
          const retired = queues.retired();
          const snapshot = await save(disk, queues);
          for (const path of previous) await disk.remove(path);
          previous = retired;
          saved = { snapshot, model: model.map((each) => ({ ...each })) };
        } else if (event === "kill" || event === "power") {
          disk = event === "kill" ? disk.kill() : disk.crash(() => random.next().value);
          queues = open(disk, sizes, saved.snapshot);
          model = saved.model.map((each) => ({ ...each, state: each.state === "popped" ? "waiting" : each.state }));
          out = new Map();
          previous = [];
        } else if ("push" in event) {
          const { host, priority } = keys[event.push]!;
          queues.open({ host, priority }).push(request(made, host, priority));
          model.push({ number: made++, key: `${priority} ${host}`, state: "waiting" });
        } else if ("pop" in event) {
          const key = keys[event.pop]!;
          const expected = model.find((each) => each.state === "waiting" && each.key === `${key.priority} ${key.host}`);
          const popped = queues.open(key).pop();
          assert.equal(popped?.depth, expected?.number);
          if (popped === undefined || expected === undefined) continue;
          expected.state = "popped";
          out.set(popped.depth, { request: popped, at: event.pop });
        } else if (out.size > 0) {
          const [number, { request, at }] = [...out][event.done % out.size]!;
          queues.open(keys[at]!).done?.(request);
          out.delete(number);
          model.find((each) => each.number === number)!.state = "done";
        }
      }
      const expected: Record<string, number[]> = {};
      for (const { number, key, state } of model) {
        if (state === "waiting") (expected[key] ??= []).push(number);
      }
      assert.deepEqual(drain(queues), expected);
    }),
    { numRuns: 150 },
  );
});

Deno.test("a log of something else in the place of what is done is damage, and named", () => {
  for (const size of [3, 5, 13]) {
    const disk = new FaultyDisk();
    const log = new RecordLog({ disk, path: "/checkpoint/done" });
    log.append(new Uint8Array(size));
    log.flush();
    assert.throws(() => new DiskQueues({ disk, folder: "/checkpoint" }, { logs: [], done: log.snapshot() }), {
      name: "DamageError",
      message: "/checkpoint/done-0.log is damaged at byte 0: this record does not say what is done",
    });
  }
});

Deno.test("the requests that wait are counted by callback for whoever asks, those that are done left out", () => {
  const disk = new FaultyDisk();
  const place = { disk, folder: "/checkpoint", segmentRecords: 2, window: 1 };
  const queues = new DiskQueues(place);
  const key = { host: "a.com", priority: 0 };
  const queue = queues.open(key);
  for (const callback of ["parse", "detail", "detail", "parse", "detail"]) {
    queue.push(createRequest("http://a.com/x", { callback }));
  }
  queues.open({ host: "b.com", priority: 3 }).push(createRequest("http://b.com/", { callback: "other" }));
  queue.done?.(queue.pop()!);
  queue.pop();
  queues.flush();
  const snapshot = queues.snapshot();
  assert.deepEqual([...new DiskQueues({ ...place, countsCallbacks: true }, snapshot).callbacks].sort(), [
    ["detail", 3],
    ["other", 1],
    ["parse", 1],
  ]);
  assert.deepEqual([...new DiskQueues(place, snapshot).callbacks], []);
});
