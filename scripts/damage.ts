/**
 * Damages a checkpoint in every way it can think of and resumes from it: `deno task damage [--flips 100000] [--seed
 * 1]`.
 *
 * Every file is cut at every byte and has every bit flipped, then several random bits at once; files are emptied,
 * removed, swapped, prolonged and replaced by hostile MessagePack. Each time the resume must come to the newest
 * generation exactly as it was saved, to the one before exactly as it was saved, or to a refusal that names a file.
 * Anything else (another error, other requests, another output) is a fault; the exit code is 1 then.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { encodeCheckpoint } from "../lib/checkpoint/document.ts";
import { placesOf } from "../lib/checkpoint/places.ts";
import { CheckpointStore } from "../lib/checkpoint/store.ts";
import { openFrontier } from "../lib/cli/wire.ts";
import { DamageError } from "../lib/disk/damage.ts";
import { DiskError } from "../lib/disk/disk.ts";
import { planOf } from "../lib/engine/plan.ts";
import { SideLogs } from "../lib/engine/side_logs.ts";
import { crawlOf, type CrawlSnapshot, storedCrawl } from "../lib/engine/snapshot.ts";
import { createCounters } from "../lib/engine/counters.ts";
import { openFeed } from "../lib/feed/feed.ts";
import { noFeed } from "../lib/feed/no_feed.ts";
import { createRequest } from "../lib/model/request.ts";
import { FaultyDisk } from "../tests/disk/faulty_disk.ts";
import { Random } from "./demo/random.ts";

const { values } = parseArgs({
  options: { flips: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const [flips, seed] = [Number(values.flips), Number(values.seed)];
const random = new Random(seed, "damage");
const places = placesOf("/data", "default", "site");
const identity = { spider: "site", project: "default", proxyType: "auto", code: "x", startedAt: 0 };
const emit = () => {};

/** Makes a disk with two generations of a crawl that is under way, and says what each of them holds. */
async function made() {
  const disk = new FaultyDisk();
  const frontier = openFrontier({ disk, places, emit }, undefined);
  const items = openFeed({ disk, path: `${places.crawls}/items.jsonl`, warn: emit });
  const logs = new SideLogs(disk, places.checkpoint);
  const store = new CheckpointStore(disk, places);
  const contents: string[] = [];
  for (let generation = 1, number = 0; generation <= 2; generation++) {
    for (const end = number + 60; number < end; number++) {
      frontier.add(
        createRequest(`http://h${number % 3}.example.com/${number}`, { priority: number % 7 === 0 ? 1 : 0 }),
      );
    }
    for (let taken = 0; taken < 20; taken++) {
      const request = frontier.take(`h${taken % 3}.example.com`)!;
      items.write([items.encode({ url: request.url })]);
      frontier.done(request);
    }
    for (const [name, log] of Object.entries(logs)) log.set(`${name} ${generation}`, { generation });
    frontier.flush();
    logs.flush();
    const crawl: CrawlSnapshot = {
      phase: "crawling",
      elapsed: generation,
      startUrls: [],
      starts: { taken: 1, done: true },
      counters: createCounters(),
      pending: frontier.waiting,
      state: new Uint8Array([0x80]),
      frontier: frontier.snapshot(),
      scheduler: { delay: 0 },
      logs: logs.snapshot(),
      lastAnswer: undefined,
      items: items.snapshot(),
      failures: noFeed.snapshot(),
    };
    const checkpoint = { generation, savedAt: generation, identity, crawl: storedCrawl(crawl, places) };
    await store.save(encodeCheckpoint(checkpoint), async () => {
      await frontier.sync();
      await items.sync();
      await logs.sync();
    }, frontier.retired());
    contents.unshift(contentOf(disk, crawl));
  }
  frontier.close();
  items.close();
  logs.close();
  return { disk, contents };
}

/** All that a resume goes on from, as text. Of hosts and robots.txt files more may be known than a generation counts. */
function contentOf(disk: FaultyDisk, crawl: CrawlSnapshot): string {
  const frontier = openFrontier({ disk, places, emit }, crawl.frontier);
  const logs = new SideLogs(disk, places.checkpoint, crawl.logs);
  const kept: unknown[] = [logs.hosts.size >= crawl.elapsed, logs.robots.size >= crawl.elapsed];
  for (const log of [logs.cookies, logs.exiles]) log.each((key, value) => kept.push([key, value]));
  const pending: string[] = [];
  for (const host of [...frontier.hosts()]) {
    for (let request = frontier.take(host); request !== undefined; request = frontier.take(host)) {
      pending.push(`${request.url} ${request.priority}`);
    }
  }
  return JSON.stringify([frontier.known, crawl.elapsed, crawl.items.length, pending, kept]);
}

type Verdict = "newest" | "before" | "refused" | `fault: ${string}`;

/** Resumes as trawl does, and says what came of it. */
function resumed(disk: FaultyDisk, contents: readonly string[]): Verdict {
  try {
    const plan = planOf(new CheckpointStore(disk, places).find(), { ...identity, startUrls: [] });
    if (plan.kind !== "resume") return plan.kind === "refused" ? named(plan.message) : "fault: it starts fresh";
    for (const { checkpoint } of plan.found.checkpoints) {
      try {
        const crawl = crawlOf(checkpoint, places);
        const content = contentOf(disk, crawl);
        openFeed({ disk, path: crawl.items.path, snapshot: crawl.items, warn: emit }).close();
        const at = contents.indexOf(content);
        return at < 0 ? "fault: it goes on from something that was never saved" : at === 0 ? "newest" : "before";
      } catch (error) {
        if (!(error instanceof DamageError || error instanceof DiskError)) throw error;
        if (named(error.message) !== "refused") return named(error.message);
      }
    }
    return "refused";
  } catch (error) {
    return `fault: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  }
}

function named(message: string): Verdict {
  return message.includes("/data/default/site/") ? "refused" : `fault: no file is named: ${message}`;
}

const { disk, contents } = await made();
const folder = disk.list(places.checkpoint).map((name) => `${places.checkpoint}/${name}`);
const files = [...folder, `${places.crawls}/items.jsonl.part`];
const bytesOf = new Map(files.map((path) => [path, disk.read(path)!]));
const counts = new Map<string, number>();
const faults: string[] = [];
let cases = 0;

function attempt(kind: string, what: string, damage: (copy: FaultyDisk) => void): void {
  const copy = disk.copy();
  damage(copy);
  const verdict = resumed(copy, contents);
  cases += 1;
  const key = `${kind}: ${verdict.startsWith("fault") ? "fault" : verdict}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
  if (verdict.startsWith("fault")) faults.push(`${what}: ${verdict}`);
}

function flip(kind: string, path: string, bits: readonly number[]): void {
  const changed = bytesOf.get(path)!.slice();
  for (const bit of bits) changed[bit >> 3]! ^= 1 << (bit & 7);
  attempt(kind, `${path}, bits ${bits.join(" ")}`, (copy) => copy.put(path, changed));
}

const before = Deno.memoryUsage().rss;
for (const path of files) {
  const bytes = bytesOf.get(path)!;
  for (let length = 0; length < bytes.length; length++) {
    attempt("cut short", `${path} after ${length}`, (copy) => copy.put(path, bytes.slice(0, length)));
  }
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    flip("a bit flipped", path, [bit]);
  }
  attempt("removed", path, (copy) => copy.put(path, undefined));
  for (const size of [1, 8, 1000]) {
    const tail = Uint8Array.from({ length: size }, () => random.below(256));
    attempt("prolonged", `${path} by ${size}`, (copy) => copy.put(path, new Uint8Array([...bytes, ...tail])));
  }
  for (const other of files) {
    if (other === path) continue;
    attempt("replaced by another", `${path} by ${other}`, (copy) => copy.put(path, bytesOf.get(other)!));
  }
}
const hostile: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
  ["an array of 4 billion", new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff])],
  ["a map of 4 billion", new Uint8Array([0xdf, 0xff, 0xff, 0xff, 0xff])],
  ["binary of 4 billion", new Uint8Array([0xc6, 0xff, 0xff, 0xff, 0xff])],
  ["100,000 arrays in each other", new Uint8Array(100_000).fill(0x91)],
  ["an extension", new Uint8Array([0xd4, 0x01, 0x00])],
  ["a key __proto__", new Uint8Array([0x81, 0xa9, ...new TextEncoder().encode("__proto__"), 0x80])],
];
for (const [what, bytes] of hostile) {
  for (const path of folder.filter((each) => each.endsWith(".msgpack"))) {
    attempt("hostile MessagePack", `${path}: ${what}`, (copy) => copy.put(path, bytes));
  }
}
for (let number = 0; number < flips; number++) {
  const path = random.pick(files);
  const bits = Array.from({ length: 2 + random.below(7) }, () => random.below(8 * bytesOf.get(path)!.length));
  flip("several bits flipped", path, bits);
}
const grown = Math.max(0, Math.round((Deno.memoryUsage().rss - before) / 1e6));

for (const [key, count] of [...counts].sort()) console.log(`${String(count).padStart(8)}  ${key}`);
for (const fault of faults.slice(0, 20)) console.log(fault);
console.log(`\n${cases} cases, ${faults.length} faults; memory grew by ${grown} MB`);
Deno.exitCode = faults.length === 0 ? 0 : 1;
