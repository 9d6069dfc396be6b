import assert from "node:assert/strict";
import { filesOf, isFrontierFile, isRetryFile } from "../../lib/frontier/files.ts";

Deno.test("filesOf() names every file that a snapshot counts", () => {
  const files = filesOf({
    seen: { seed: 1, log: [[0, 10], [1, 20]] },
    queues: { logs: [[0, [[3, 30]]], [-5, [[0, 40], [2, 50]]]], done: [[0, 60]] },
    givenUp: [[0, 70]],
    held: [],
  });
  assert.deepEqual(files, [
    { name: "seen-0.log", length: 10 },
    { name: "seen-1.log", length: 20 },
    { name: "done-0.log", length: 60 },
    { name: "failed-0.log", length: 70 },
    { name: "queue-0-3.log", length: 30 },
    { name: "queue--5-0.log", length: 40 },
    { name: "queue--5-2.log", length: 50 },
  ]);
  assert.ok(files.every(({ name }) => isFrontierFile(name)));
  assert.deepEqual(filesOf({ seen: { seed: 1, log: [] }, queues: undefined, held: [] }), []);
});

Deno.test("isFrontierFile() leaves everything else alone", () => {
  for (const name of ["checkpoint.msgpack", "queue-0.log", "seen-0.log.bak", "my-seen-0.log", "done-x.log", "lock"]) {
    assert.equal(isFrontierFile(name), false, name);
  }
});

Deno.test("isRetryFile() knows the files that a retry needs", () => {
  for (const name of ["seen-0.log", "failed-12.log"]) assert.equal(isRetryFile(name), true, name);
  for (const name of ["done-0.log", "queue-0-0.log", "seen-0.log.bak", "my-seen-0.log", "seen.log"]) {
    assert.equal(isRetryFile(name), false, name);
  }
});
