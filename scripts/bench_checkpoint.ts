/**
 * What a checkpoint costs, and a resume: `deno run -A scripts/bench_checkpoint.ts [--urls 10000000] [--hosts 100]`.
 *
 * Fills a frontier with so many URLs, all of them seen and all pending, then saves it after 1,000, 10,000 and 100,000
 * further ones, and opens it again. Prints a table and leaves nothing behind. Run it under `ulimit -n 256` with
 * `--hosts 100000` to see that the number of hosts costs no open files.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { encodeCheckpoint } from "../lib/checkpoint/document.ts";
import { placesOf } from "../lib/checkpoint/places.ts";
import { CheckpointStore } from "../lib/checkpoint/store.ts";
import type { Disk } from "../lib/disk/disk.ts";
import { localDisk } from "../lib/disk/local.ts";
import { DiskQueues } from "../lib/frontier/disk_queues.ts";
import { logFilesOf } from "../lib/engine/log_files.ts";
import { Frontier, type FrontierSnapshot } from "../lib/frontier/frontier.ts";
import { Seen } from "../lib/frontier/seen.ts";
import { createRequest } from "../lib/model/request.ts";

const { values } = parseArgs({
  options: { urls: { type: "string", default: "1000000" }, hosts: { type: "string", default: "100" } },
});
const [urls, hosts] = [Number(values.urls), Number(values.hosts)];
if (!(Number.isSafeInteger(urls) && urls > 0 && Number.isSafeInteger(hosts) && hosts > 0)) {
  console.error("--urls and --hosts take whole numbers from 1 up");
  Deno.exit(2);
}

const dataDir = Deno.makeTempDirSync({ prefix: "trawl-bench-" });
const places = placesOf(dataDir, "bench", "bench");
const written = { bytes: 0, files: new Set<string>() };

/** This machine's disk, counting what is written. */
const disk: Disk = {
  ...localDisk,
  append(path, length) {
    const file = localDisk.append(path, length);
    return {
      path,
      identity: file.identity,
      get length() {
        return file.length;
      },
      write(bytes) {
        file.write(bytes);
        written.bytes += bytes.length;
        written.files.add(path);
      },
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
};

function open(snapshot?: FrontierSnapshot) {
  const place = { disk, folder: places.checkpoint };
  const seen = new Seen(place, snapshot?.seen);
  return { seen, frontier: new Frontier({ seen, queues: new DiskQueues(place, snapshot?.queues) }) };
}

let added = 0;
function add(frontier: Frontier, count: number): void {
  for (let number = 0; number < count; number++, added++) {
    frontier.add(createRequest(`https://h${added % hosts}.example.com/some/path/page-${added}.html`, { depth: 3 }));
  }
}

/** Saves a frontier and returns the longest time, in milliseconds, for which nothing else could run. */
async function save(frontier: Frontier, store: CheckpointStore, generation: number): Promise<number> {
  let longest = 0, last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  longest = 0;
  last = performance.now();
  frontier.flush();
  const identity = { spider: "bench", project: "bench", proxyType: "auto", code: "", startedAt: 0 };
  const bytes = encodeCheckpoint({ generation, savedAt: 0, identity, crawl: frontier.snapshot() });
  await store.save(bytes, () => frontier.sync(), frontier.retired());
  await new Promise((resolve) => setTimeout(resolve, 5));
  clearInterval(timer);
  return longest;
}

const megabytes = () => Math.round(Deno.memoryUsage().rss / 1e6);
const thousands = (count: number) => count.toLocaleString("en");

try {
  const store = new CheckpointStore(disk, places);
  let { seen, frontier } = open();
  add(frontier, urls);
  await save(frontier, store, 1);
  console.log(`${thousands(urls)} URLs seen and pending, on ${thousands(hosts)} hosts`);
  console.log(`memory: ${(seen.bytes / seen.size).toFixed(1)} bytes a seen URL, ${megabytes()} MB in all`);
  console.log("\n  changes    longest stall    bytes written    a change    files");
  for (const [at, changes] of [1000, 10_000, 100_000].entries()) {
    written.bytes = 0;
    written.files.clear();
    add(frontier, changes);
    const stall = await save(frontier, store, at + 2);
    const [each, files] = [(written.bytes / changes).toFixed(0), written.files.size];
    console.log(
      `${thousands(changes).padStart(9)} ${stall.toFixed(1).padStart(13)} ms ${thousands(written.bytes).padStart(16)} ${
        each.padStart(11)
      } ${String(files).padStart(8)}`,
    );
  }
  const snapshot = frontier.snapshot();
  frontier.close();
  const before = performance.now();
  ({ seen, frontier } = open(snapshot));
  const [host] = frontier.hosts();
  frontier.take(host!);
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  const size = logFilesOf({ frontier: snapshot }).reduce((sum, { length }) => sum + length, 0);
  console.log(
    `\nresume: ${seconds} s to the first request, ${Math.round(size / 1e6)} MB read, ${megabytes()} MB of memory`,
  );
  frontier.close();
} finally {
  Deno.removeSync(dataDir, { recursive: true });
}
