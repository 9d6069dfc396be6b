import assert from "node:assert/strict";
import { DiskError } from "../../lib/disk/disk.ts";
import { LineLog } from "../../lib/disk/line_log.ts";

class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "trawl-log-" });

  text(name: string): string {
    return Deno.readTextFileSync(`${this.path}/${name}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function opened(path: string): LineLog & Disposable {
  const log = new LineLog(path);
  log.open();
  return Object.assign(log, { [Symbol.dispose]: () => log.close() });
}

Deno.test("a log goes on at the end of its file, and makes the folders of a new one", () => {
  using folder = new Folder();
  for (const line of ["one", "two"]) {
    using log = opened(`${folder.path}/logs/a/log`);
    log.append(line);
  }
  assert.equal(folder.text("logs/a/log"), "one\ntwo\n");
});

Deno.test("several logs on one file lose no line of each other", () => {
  using folder = new Folder();
  using first = opened(`${folder.path}/log`);
  using second = opened(`${folder.path}/log`);
  for (let at = 0; at < 3; at++) {
    first.append(`first ${at}`);
    second.append(`second ${at}`);
  }
  assert.equal(folder.text("log"), "first 0\nsecond 0\nfirst 1\nsecond 1\nfirst 2\nsecond 2\n");
});

Deno.test("after the file has been renamed, or removed, the next line goes to a new one of its name", () => {
  using folder = new Folder();
  using log = opened(`${folder.path}/log`);
  log.append("one");
  Deno.renameSync(`${folder.path}/log`, `${folder.path}/log.1`);
  log.append("two");
  log.append("three");
  assert.deepEqual([folder.text("log.1"), folder.text("log")], ["one\n", "two\nthree\n"]);
  // As logrotate's "create" does.
  Deno.renameSync(`${folder.path}/log`, `${folder.path}/log.2`);
  Deno.writeTextFileSync(`${folder.path}/log`, "");
  log.append("four");
  assert.deepEqual([folder.text("log.2"), folder.text("log")], ["two\nthree\n", "four\n"]);
  Deno.removeSync(`${folder.path}/log`);
  log.append("five");
  assert.equal(folder.text("log"), "five\n");
});

Deno.test("after the file has been copied and cut, the next line is the first one in it", () => {
  using folder = new Folder();
  using log = opened(`${folder.path}/log`);
  log.append("a long line, and another");
  Deno.copyFileSync(`${folder.path}/log`, `${folder.path}/log.1`);
  Deno.truncateSync(`${folder.path}/log`);
  log.append("two");
  assert.equal(folder.text("log"), "two\n");
});

Deno.test("a file that cannot be opened is named, and tried again with the next line", () => {
  using folder = new Folder();
  Deno.writeTextFileSync(`${folder.path}/file`, "");
  const log = new LineLog(`${folder.path}/file/log`);
  assert.throws(() => log.open(), (error) => error instanceof DiskError && error.message.includes("/file/log: "));
  assert.throws(() => log.append("lost"), DiskError);
  Deno.removeSync(`${folder.path}/file`);
  log.append("one");
  log.close();
  assert.equal(folder.text("file/log"), "one\n");
});

Deno.test({
  name: "a full disk is an error that says so, with every line",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    using log = opened("/dev/full");
    for (const line of ["one", "two"]) {
      assert.throws(() => log.append(line), { name: "DiskError", message: /write to \/dev\/full: no space left/ });
    }
  },
});
