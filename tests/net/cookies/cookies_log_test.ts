import assert from "node:assert/strict";
import { KeyedLog } from "../../../lib/disk/keyed_log.ts";
import type { LogSnapshot } from "../../../lib/disk/record_log.ts";
import { Cookies } from "../../../lib/net/cookies/cookies.ts";
import { ManualClock } from "../../../lib/time/clock.ts";
import { FaultyDisk } from "../../disk/faulty_disk.ts";

const epoch = 1_795_253_400_000;
const setting = (...lines: readonly string[]) => new Headers(lines.map((line) => ["set-cookie", line]));
const sizeOf = (snapshot: LogSnapshot) => snapshot.reduce((sum, [, length]) => sum + length, 0);

function open(disk = new FaultyDisk(), snapshot: LogSnapshot = [], clock = new ManualClock(epoch)) {
  const log = new KeyedLog({ disk, path: "/cookies" }, snapshot);
  return { disk, clock, log, cookies: new Cookies(clock, () => {}, log) };
}

Deno.test("the next process has the cookies of the log, in their jars", () => {
  const { disk, log, cookies } = open();
  cookies.store("https://www.example.com/", setting("a=1; Path=/", "b=2; Domain=example.com"));
  cookies.store("https://www.example.com/", setting("a=9"), "alice");
  cookies.store("https://other.org/", setting("gone=1; Max-Age=60", "stays=1; Max-Age=120"));
  log.flush();
  cookies.store("https://www.example.com/", setting("late=1"));
  const next = open(disk, log.snapshot(), new ManualClock(epoch + 60_000));
  assert.equal(next.cookies.restoreLog(), 1);
  assert.equal(next.cookies.header("https://www.example.com/"), "a=1; b=2");
  assert.equal(next.cookies.header("https://www.example.com/", "alice"), "a=9");
  assert.equal(next.cookies.header("https://other.org/"), "stays=1");
  next.log.flush();
  const last = open(disk, next.log.snapshot(), new ManualClock(epoch + 60_000));
  assert.equal(last.cookies.restoreLog(), 0, "what had expired is gone");
});

Deno.test("a save costs the cookies of the sites that have changed, and nothing where none has", () => {
  const { disk, log, cookies } = open();
  for (let site = 0; site < 200; site++) cookies.store(`https://site${site}.com/`, setting(`a=${"x".repeat(4000)}`));
  log.flush();
  const all = sizeOf(log.snapshot());
  assert.ok(all > 800_000);
  cookies.store("https://site7.com/", setting("a=short"));
  cookies.header("https://site8.com/");
  log.flush();
  const one = sizeOf(log.snapshot()) - all;
  assert.ok(one > 0 && one < 300, `${one} bytes`);
  const before = sizeOf(log.snapshot());
  log.flush();
  const next = open(disk, log.snapshot());
  next.cookies.restoreLog();
  next.log.flush();
  assert.equal(sizeOf(next.log.snapshot()), before, "taking them in changes nothing");
});

Deno.test("cookies of a checkpoint of format 2 come to the log, and those that are forgotten leave it", () => {
  const { disk, log, cookies } = open();
  const records = Array.from({ length: 300 }, (_, at) => (
    { name: "a", value: "x".repeat(4000), domain: `x${at}.com`, path: "/", created: 0, hostOnly: true as const }
  ));
  cookies.restore(records);
  log.flush();
  assert.ok(log.size >= 200 && log.size <= 250, `${log.size} sites`);
  const next = open(disk, log.snapshot());
  assert.equal(next.cookies.restoreLog(), 0);
  assert.deepEqual(next.cookies.snapshot(), cookies.snapshot());
  next.cookies.store("http://x299.com/", setting("a=; Max-Age=0"));
  next.log.flush();
  assert.equal(next.log.size, log.size - 1);
});
