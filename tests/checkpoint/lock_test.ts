import assert from "node:assert/strict";
import { lockHolder, takeLock } from "../../lib/checkpoint/lock.ts";
import { localDisk } from "../../lib/disk/local.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

const atOnce = () => new Promise<void>((resolve) => systemClock.after(50, resolve));
const never = new Promise<void>(() => {});

const script = `
  const { takeLock, lockHolder } = await import(${JSON.stringify(import.meta.resolve("../../lib/checkpoint/lock.ts"))});
  const { localDisk } = await import(${JSON.stringify(import.meta.resolve("../../lib/disk/local.ts"))});
  const [what, path] = Deno.args;
  const patience = new Promise((resolve) => setTimeout(resolve, 50));
  if (what === "look") {
    console.log(JSON.stringify(await lockHolder(localDisk, path, patience) ?? "free"));
  } else {
    try {
      const lock = await takeLock(localDisk, path, patience);
      console.log("locked");
      await new Response(Deno.stdin.readable).text();
      lock[Symbol.dispose]();
    } catch (error) {
      console.log(error.name + " " + error.pid);
    }
  }
  Deno.exit();`;

/** Another process that takes the lock, or looks at it. */
function start(what: "take" | "look", path: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", `data:text/javascript,${encodeURIComponent(script)}`, what, path],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** The first line that a process says. */
async function said(child: Deno.ChildProcess): Promise<string> {
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  await reader.cancel();
  return text.trim();
}

async function look(path: string): Promise<string> {
  const child = start("look", path);
  const text = await said(child);
  await child.stdin.close();
  await child.status;
  return text;
}

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "trawl-lock-" });
  try {
    await work(`${folder}/lock`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a lock that another process has is refused with its number, and is free when that process is killed", () =>
  inFolder(async (path) => {
    const holder = start("take", path);
    assert.equal(await said(holder), "locked");
    assert.equal(Deno.readTextFileSync(path), `${holder.pid}`);
    await assert.rejects(takeLock(localDisk, path, atOnce()), {
      name: "LockedError",
      pid: holder.pid,
      message: `Another process (${holder.pid}) is crawling this spider: it holds ${path}`,
    });
    assert.deepEqual(await lockHolder(localDisk, path, atOnce()), { pid: holder.pid });
    holder.kill("SIGKILL");
    await holder.status;
    await holder.stdin.close().catch(() => {});

    assert.equal(await lockHolder(localDisk, path, never), undefined);
    const lock = await takeLock(localDisk, path, never);
    assert.equal(Deno.readTextFileSync(path), `${Deno.pid}`);
    assert.equal(await look(path), JSON.stringify({ pid: Deno.pid }));
    const second = start("take", path);
    assert.equal(await said(second), `LockedError ${Deno.pid}`);
    await second.stdin.close();
    await second.status;
    lock[Symbol.dispose]();
    assert.equal(await look(path), '"free"');
  }));

Deno.test("looking at a lock does not take it, and there is none without its file", () =>
  inFolder(async (path) => {
    assert.equal(await lockHolder(localDisk, path, never), undefined);
    (await takeLock(localDisk, path, never))[Symbol.dispose]();
    assert.equal(await lockHolder(localDisk, path, never), undefined);
    (await takeLock(localDisk, path, never))[Symbol.dispose]();
  }));

Deno.test("a lock whose file says no number has a holder without one", async () => {
  const disk = new FaultyDisk();
  using lock = await disk.lock("/lock", never);
  lock?.write("somebody");
  await assert.rejects(takeLock(disk, "/lock", Promise.resolve()), {
    name: "LockedError",
    pid: undefined,
    message: "Another process is crawling this spider: it holds /lock",
  });
});

Deno.test("takeLock() waits for as long as it has patience", async () => {
  const disk = new FaultyDisk();
  const first = await takeLock(disk, "/lock", never);
  const second = takeLock(disk, "/lock", never);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
});

Deno.test("takeLock() passes on why the disk cannot lock", async () => {
  const disk = new FaultyDisk();
  disk.failWhen(({ name }) => name === "lock" ? "EACCES" : undefined);
  await assert.rejects(takeLock(disk, "/lock", never), { message: "Cannot lock /lock: permission denied" });
});
