import assert from "node:assert/strict";
import { DiskError } from "../../lib/disk/disk.ts";
import { localDisk as disk } from "../../lib/disk/local.ts";

const encoder = new TextEncoder();

/** A test in a folder of its own, which is gone afterwards; a file left open fails it. */
function test(name: string, work: (folder: string) => void | Promise<void>): void {
  Deno.test({
    name,
    sanitizeResources: true,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "trawl-disk-" });
      try {
        await work(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

function write(path: string, text: string): void {
  Deno.writeTextFileSync(path, text);
}

function text(path: string): string {
  return Deno.readTextFileSync(path);
}

test("append() makes a file and the folders above it", (folder) => {
  const file = disk.append(`${folder}/a/b/items`, 0);
  assert.equal(file.path, `${folder}/a/b/items`);
  assert.equal(file.length, 0);
  file.write(encoder.encode("one\n"));
  file.write(encoder.encode(""));
  file.write(encoder.encode("two\n"));
  assert.equal(file.length, 8);
  file.close();
  assert.equal(text(`${folder}/a/b/items`), "one\ntwo\n");
});

test("append() takes a path without a folder", async (folder) => {
  const script = `import { localDisk } from ${JSON.stringify(new URL("../../lib/disk/local.ts", import.meta.url).href)};
    localDisk.append("items.jsonl", 0).close();`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", script], cwd: folder }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.deepEqual(disk.list(folder), ["items.jsonl"]);
});

test("append() cuts off what follows the length, and goes on there", (folder) => {
  write(`${folder}/items`, "one\ntwo\nthr");
  const file = disk.append(`${folder}/items`, 4);
  assert.equal(file.length, 4);
  assert.equal(text(`${folder}/items`), "one\n");
  file.write(encoder.encode("2\n"));
  assert.equal(file.length, 6);
  file.close();
  assert.equal(text(`${folder}/items`), "one\n2\n");
});

test("append() keeps a file that has the length, and empties one for length 0", (folder) => {
  write(`${folder}/items`, "one\n");
  disk.append(`${folder}/items`, 4).close();
  assert.equal(text(`${folder}/items`), "one\n");
  disk.append(`${folder}/items`, 0).close();
  assert.equal(text(`${folder}/items`), "");
});

test("append() refuses a file that is shorter than the length, leaves it alone, and keeps nothing open", (folder) => {
  write(`${folder}/items`, "one\n");
  assert.throws(() => disk.append(`${folder}/items`, 9), {
    name: "DiskError",
    path: `${folder}/items`,
    message: `Cannot cut ${folder}/items: it ends after 4 of 9 bytes`,
  });
  assert.equal(text(`${folder}/items`), "one\n");
});

test("append() refuses a file that is missing when it should have bytes", (folder) => {
  assert.throws(() => disk.append(`${folder}/items`, 9), {
    name: "DiskError",
    message: `Cannot open ${folder}/items: no such file or directory`,
  });
  assert.deepEqual(disk.list(folder), []);
});

test("a file to append to takes no more after a write that failed", (folder) => {
  const file = disk.append(`${folder}/items`, 0);
  file.write(encoder.encode("one\n"));
  file.close();
  assert.throws(() => file.write(encoder.encode("two\n")), DiskError);
  assert.throws(() => file.write(encoder.encode("two\n")), {
    message: `Cannot write to ${folder}/items: an earlier write has failed`,
  });
  assert.equal(file.length, 4);
});

test("sync() returns once the file is safe, and names a file that it cannot sync", async (folder) => {
  const file = disk.append(`${folder}/items`, 0);
  file.write(encoder.encode("one\n"));
  await file.sync();
  file.close();
  await assert.rejects(file.sync(), (error) => error instanceof DiskError && error.path === `${folder}/items`);
});

test("open() reads at any offset", (folder) => {
  write(`${folder}/items`, "0123456789");
  const file = disk.open(`${folder}/items`);
  assert.equal(file.path, `${folder}/items`);
  assert.equal(file.length, 10);
  assert.deepEqual(file.readAt(7, 3), encoder.encode("789"));
  assert.deepEqual(file.readAt(0, 2), encoder.encode("01"));
  assert.deepEqual(file.readAt(4, 0), new Uint8Array(0));
  file.close();
});

test("open() says how far a file goes that ends before the bytes asked for", (folder) => {
  write(`${folder}/items`, "0123456789");
  const file = disk.open(`${folder}/items`);
  assert.throws(() => file.readAt(8, 4), {
    name: "DiskError",
    message: `Cannot read ${folder}/items: it ends after 10 of 12 bytes`,
  });
  file.close();
});

test("open() names a missing file", (folder) => {
  assert.throws(() => disk.open(`${folder}/items`), {
    name: "DiskError",
    path: `${folder}/items`,
    message: `Cannot open ${folder}/items: no such file or directory`,
  });
});

test("read() and size() return undefined for a missing file, also below a missing folder", (folder) => {
  assert.equal(disk.read(`${folder}/items`), undefined);
  assert.equal(disk.size(`${folder}/none/items`), undefined);
  write(`${folder}/items`, "ü\n");
  assert.deepEqual(disk.read(`${folder}/items`), encoder.encode("ü\n"));
  assert.equal(disk.size(`${folder}/items`), 3);
});

test("read() of something that is no file is an error, not undefined", (folder) => {
  assert.throws(() => disk.read(folder), (error) => error instanceof DiskError && error.path === folder);
  write(`${folder}/items`, "");
  assert.throws(() => disk.size(`${folder}/items/below`), DiskError);
});

test("list() returns the names in order, and none for a missing folder", (folder) => {
  for (const name of ["b", "a10", "a9", "C"]) write(`${folder}/${name}`, "");
  disk.makeFolder(`${folder}/folder/below`);
  assert.deepEqual(disk.list(folder), ["C", "a10", "a9", "b", "folder"]);
  assert.deepEqual(disk.list(`${folder}/none`), []);
});

test("makeFolder() makes the folders above, and does nothing when it is there", (folder) => {
  disk.makeFolder(`${folder}/a/b`);
  write(`${folder}/a/b/items`, "");
  disk.makeFolder(`${folder}/a/b`);
  assert.deepEqual(disk.list(`${folder}/a/b`), ["items"]);
  assert.throws(() => disk.makeFolder(`${folder}/a/b/items`), (error) => {
    return error instanceof DiskError && error.message.startsWith(`Cannot make the folder ${folder}/a/b/items: `);
  });
});

test("makeFolder() makes a private one that only its owner may look into, and leaves one that is there as it is", (folder) => {
  if (Deno.build.os === "windows") return;
  // What this user's new folders are else: with a strict umask, private as well.
  const umask = Deno.umask(0o022);
  try {
    Deno.mkdirSync(`${folder}/there`, { mode: 0o755 });
    disk.makeFolder(`${folder}/there`, "private");
    disk.makeFolder(`${folder}/there/a/b`, "private");
    disk.makeFolder(`${folder}/plain`);
  } finally {
    Deno.umask(umask);
  }
  const modes = ["there", "there/a", "there/a/b"].map((name) => Deno.statSync(`${folder}/${name}`).mode! & 0o777);
  assert.deepEqual(modes, [0o755, 0o700, 0o700]);
  assert.notEqual(Deno.statSync(`${folder}/plain`).mode! & 0o777, 0o700);
});

test("load() reads a whole file while other work goes on, and knows when there is none", async (folder) => {
  write(`${folder}/items`, "one\n");
  const order: string[] = [];
  const loading = disk.load(`${folder}/items`).then((bytes) => {
    order.push(new TextDecoder().decode(bytes));
  });
  await Promise.resolve().then(() => order.push("other work"));
  await loading;
  assert.deepEqual(order, ["other work", "one\n"]);
  assert.equal(await disk.load(`${folder}/none`), undefined);
  await assert.rejects(disk.load(folder), (error) => {
    return error instanceof DiskError && error.message.startsWith(`Cannot read ${folder}: `);
  });
});

test("rename() replaces a file of that name", async (folder) => {
  write(`${folder}/new`, "new");
  write(`${folder}/old`, "old");
  await disk.rename(`${folder}/new`, `${folder}/old`);
  assert.deepEqual(disk.list(folder), ["old"]);
  assert.equal(text(`${folder}/old`), "new");
});

test("rename() names both files when it fails", async (folder) => {
  await assert.rejects(disk.rename(`${folder}/a`, `${folder}/b`), {
    name: "DiskError",
    path: `${folder}/b`,
    message: `Cannot rename ${folder}/a to ${folder}/b: no such file or directory`,
  });
});

test("remove() takes files and whole folders, and does nothing when there is none", async (folder) => {
  write(`${folder}/items`, "");
  disk.makeFolder(`${folder}/a/b`);
  write(`${folder}/a/b/items`, "");
  await disk.remove(`${folder}/items`);
  await disk.remove(`${folder}/a`);
  await disk.remove(`${folder}/a`);
  assert.deepEqual(disk.list(folder), []);
});

test("syncFolder() makes a folder safe, and names one that is missing", async (folder) => {
  await disk.syncFolder(folder);
  if (Deno.build.os === "windows") return;
  await assert.rejects(disk.syncFolder(`${folder}/none`), {
    name: "DiskError",
    message: `Cannot sync the folder ${folder}/none: no such file or directory`,
  });
});

test("isFile() tells an ordinary file from a folder, a device and nothing", (folder) => {
  write(`${folder}/items`, "");
  Deno.symlinkSync(`${folder}/items`, `${folder}/link`);
  assert.deepEqual(["items", "link", "none", ""].map((name) => disk.isFile(`${folder}/${name}`)), [
    true,
    true,
    false,
    false,
  ]);
  if (Deno.build.os !== "windows") assert.equal(disk.isFile("/dev/null"), false);
});

test("identityOf() is the same for every name of a file, and stays with it", async (folder) => {
  write(`${folder}/a`, "");
  write(`${folder}/other`, "");
  Deno.linkSync(`${folder}/a`, `${folder}/hard`);
  Deno.symlinkSync(`${folder}/a`, `${folder}/soft`);
  const identity = disk.identityOf(`${folder}/a`);
  assert.ok(identity !== undefined);
  assert.deepEqual(["hard", "soft"].map((name) => disk.identityOf(`${folder}/${name}`)), [identity, identity]);
  assert.notEqual(disk.identityOf(`${folder}/other`), identity);
  await disk.rename(`${folder}/a`, `${folder}/b`);
  assert.deepEqual([disk.identityOf(`${folder}/a`), disk.identityOf(`${folder}/b`)], [undefined, identity]);
});

test("locate() follows links, the last one and those to nothing too, and says so when they lead nowhere", (folder) => {
  const root = Deno.realPathSync(folder);
  Deno.mkdirSync(`${root}/real`);
  Deno.symlinkSync("real", `${root}/folder`);
  Deno.symlinkSync("folder/items", `${root}/link`);
  Deno.symlinkSync(`${root}/link`, `${root}/far`);
  Deno.symlinkSync("round", `${root}/round`);
  const cases = [
    ["real/items", "real/items"],
    ["folder/items", "real/items"],
    ["link", "real/items"],
    ["far", "real/items"],
    ["folder/no/such/../items", "real/no/items"],
    ["none/../real/./x", "real/x"],
  ] as const;
  for (const [path, expected] of cases) assert.equal(disk.locate(`${root}/${path}`), `${root}/${expected}`, path);
  assert.throws(() => disk.locate(`${root}/round`), {
    message: `Cannot look at ${root}/round: more than 40 symbolic links lead from one to the next`,
  });
});

test("a locked file is read and written by who has it, and known by its identity", async (folder) => {
  const path = `${folder}/lock`;
  write(path, "before");
  const lock = await disk.lock(path, new Promise(() => {}));
  assert.equal(lock?.read(), "before");
  lock?.write("it");
  assert.deepEqual([lock?.read(), Deno.readTextFileSync(path)], ["it", "it"]);
  assert.equal(lock?.identity, disk.identityOf(path));
  await disk.remove(path);
  write(path, "");
  assert.notEqual(lock?.identity, disk.identityOf(path));
  lock?.[Symbol.dispose]();
});
