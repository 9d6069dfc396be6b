import assert from "node:assert/strict";
import { RecordLog } from "../../lib/disk/record_log.ts";
import { GivenUp } from "../../lib/frontier/given_up.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

function read(disk: FaultyDisk, log: ReturnType<GivenUp["snapshot"]>): Request[] {
  const requests: Request[] = [];
  const givenUp = new GivenUp({ disk, folder: "/x" }, log);
  givenUp.each((request) => requests.push(request));
  givenUp.close();
  return requests;
}

async function kept(disk: FaultyDisk, ...requests: readonly Request[]) {
  disk.put("/x/y", "");
  const givenUp = new GivenUp({ disk, folder: "/x" });
  for (const request of requests) givenUp.add(request, "a.com");
  givenUp.flush();
  await givenUp.sync();
  const snapshot = givenUp.snapshot();
  givenUp.close();
  return snapshot;
}

Deno.test("a request that was given up comes back as it was before its first attempt", async () => {
  const disk = new FaultyDisk();
  const tried = createRequest("http://a.com/x", { depth: 2, attempt: 2, waits: 3, priority: -4, notBefore: 99 });
  const log = await kept(disk, tried);
  assert.deepEqual(read(disk, log), [createRequest("http://a.com/x", { depth: 2, priority: 1 })]);
});

Deno.test("all that a request carries comes back, in the order in which they were given up, after a loss of power", async () => {
  const disk = new FaultyDisk();
  const request = createRequest("http://a.com/x?q=%FC", {
    callback: "author",
    priority: 7,
    meta: { token: new Uint8Array([0, 255, 10]), at: new Date(5), deep: { list: [1, null, "ü"] } },
    method: "POST",
    headers: { "x-y": "z" },
    body: new Uint8Array([1, 2, 0]),
    dontFilter: true,
    handleStatuses: [404],
    depth: 4,
    redirects: ["http://b.com/"],
  });
  const other = createRequest("http://a.com/", { method: "PUT", body: "text" });
  const log = await kept(disk, request, other, request);
  await disk.syncFolder("/x");
  assert.deepEqual(read(disk.crash(), log), [request, other, request]);
  assert.equal(disk.opened, 0);
});

Deno.test("what comes after the snapshot did not happen", async () => {
  const disk = new FaultyDisk();
  const [a, b, c] = ["a", "b", "c"].map((path) => createRequest(`http://a.com/${path}`)) as [Request, Request, Request];
  const log = await kept(disk, a);
  const later = new GivenUp({ disk, folder: "/x" }, log);
  later.add(b, "a.com");
  later.flush();
  later.close();
  assert.deepEqual(read(disk, log), [a]);
  const again = new GivenUp({ disk, folder: "/x" }, log);
  again.add(c, "a.com");
  again.flush();
  assert.deepEqual(read(disk, again.snapshot()), [a, c]);
  again.close();
});

Deno.test("a log that is damaged is refused when it is opened, and one of something else when it is read", async () => {
  const disk = new FaultyDisk();
  const log = await kept(disk, createRequest("http://a.com/"));
  const bytes = disk.read("/x/failed-0.log")!;
  disk.put("/x/failed-0.log", bytes.map((byte, at) => at === 12 ? byte ^ 1 : byte));
  assert.throws(() => new GivenUp({ disk, folder: "/x" }, log), {
    name: "DamageError",
    message: /^\/x\/failed-0\.log /,
  });

  const other = new RecordLog({ disk, path: "/x/failed" });
  other.append(new Uint8Array([0, 0, 5]));
  other.flush();
  assert.throws(() => read(disk, other.snapshot()), {
    name: "DamageError",
    message: "/x/failed-0.log is damaged at byte 0: this record is not a request: a pending request has another shape",
  });
  other.close();
});
