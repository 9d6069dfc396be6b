import assert from "node:assert/strict";
import { isLogFile, isRetryFile, logFilesOf } from "../../lib/engine/log_files.ts";

Deno.test("logFilesOf() names every log that a document counts", () => {
  const files = logFilesOf({
    frontier: {
      seen: { seed: 1, log: [[0, 10], [1, 20]] },
      queues: { logs: [[0, [[3, 30]]], [-5, [[0, 40], [2, 50]]]], done: [[0, 60]] },
      givenUp: [[0, 70]],
      takenStarts: [[0, 20]],
      held: [],
    },
    logs: { hosts: [[4, 80]], robots: [[0, 90]], cookies: [[1, 100]], exiles: [[0, 110]] },
  });
  assert.deepEqual(files, [
    { name: "seen-0.log", length: 10 },
    { name: "seen-1.log", length: 20 },
    { name: "done-0.log", length: 60 },
    { name: "failed-0.log", length: 70 },
    { name: "starts-0.log", length: 20 },
    { name: "queue-0-3.log", length: 30 },
    { name: "queue--5-0.log", length: 40 },
    { name: "queue--5-2.log", length: 50 },
    { name: "hosts-4.log", length: 80 },
    { name: "robots-0.log", length: 90 },
    { name: "cookies-1.log", length: 100 },
    { name: "exiles-0.log", length: 110 },
  ]);
  assert.ok(files.every(({ name }) => isLogFile(name)));
  const older = { frontier: { seen: { seed: 1, log: [] }, queues: undefined, held: [] } };
  assert.deepEqual(logFilesOf(older), []);
});

Deno.test("isLogFile() leaves everything else alone", () => {
  for (const name of ["checkpoint.msgpack", "queue-0.log", "seen-0.log.bak", "my-seen-0.log", "done-x.log", "lock"]) {
    assert.equal(isLogFile(name), false, name);
  }
});

Deno.test("isRetryFile() knows the files that a retry needs", () => {
  for (const name of ["seen-0.log", "failed-12.log", "hosts-0.log", "robots-1.log", "cookies-0.log", "exiles-0.log"]) {
    assert.equal(isRetryFile(name), true, name);
  }
  for (const name of ["done-0.log", "queue-0-0.log", "starts-0.log", "seen-0.log.bak", "my-seen-0.log", "seen.log"]) {
    assert.equal(isRetryFile(name), false, name);
  }
});
