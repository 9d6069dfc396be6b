import assert from "node:assert/strict";
import { noteInterrupted, readInterrupted } from "../../lib/checkpoint/interrupted.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

const path = "/data/default/news/interrupted.jsonl";
const call = (key: string) => ({ name: "parse", url: `http://a.com/${key}`, key });

Deno.test("calls in which processes were ended are counted by their request, those of the same code", () => {
  const disk = new FaultyDisk();
  disk.makeFolder("/data/default/news");
  noteInterrupted(disk, { path, code: "1" }, [call("a"), call("b"), call("")], 0);
  noteInterrupted(disk, { path, code: "1" }, [call("a")], 1000);
  noteInterrupted(disk, { path, code: "2" }, [call("a")], 2000);
  assert.deepEqual([...readInterrupted(disk, { path, code: "1" })], [["a", 2], ["b", 1]]);
  assert.deepEqual([...readInterrupted(disk, { path, code: "2" })], [["a", 1]]);
  assert.equal(
    disk.text(path)?.split("\n")[0],
    '{"time":"1970-01-01T00:00:00.000Z","code":"1","key":"a","callback":"parse","url":"http://a.com/a"}',
  );
});

Deno.test("a file that is damaged counts as far as it can be read, one that is not there counts nothing", () => {
  const disk = new FaultyDisk();
  assert.equal(readInterrupted(disk, { path, code: "1" }).size, 0);
  const file = disk.append(path, 0);
  file.write(new TextEncoder().encode('null\n{"code":"1","key":7}\n\xff\n{"code":"1","key":"a"}\n{"code":"1","ke'));
  file.close();
  assert.deepEqual([...readInterrupted(disk, { path, code: "1" })], [["a", 1]]);
});

Deno.test("a folder that was moved away is not made again", () => {
  const disk = new FaultyDisk();
  noteInterrupted(disk, { path, code: "1" }, [call("a")], 0);
  assert.equal(disk.isFolder("/data"), false);
});
