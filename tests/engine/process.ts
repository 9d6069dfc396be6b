/**
 * Processes of trawl one after the other on one simulated disk, and what may come between them.
 *
 * @module
 */

import assert from "node:assert/strict";
import { keptForRetry } from "../../lib/checkpoint/kept.ts";
import { placesOf } from "../../lib/checkpoint/places.ts";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import { openNewest, removeLitter } from "../../lib/cli/resume.ts";
import { settle as settleFinished } from "../../lib/cli/settle.ts";
import { makeFolder } from "../../lib/disk/make_folder.ts";
import { Crawl } from "../../lib/engine/crawl.ts";
import type { Ending } from "../../lib/engine/engine.ts";
import { planOf, retryPlanOf, type Wanted } from "../../lib/engine/plan.ts";
import { prepareRetry } from "../../lib/engine/prepare_retry.ts";
import type { CrawlSnapshot } from "../../lib/engine/snapshot.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import type { ManualClock } from "../../lib/time/clock.ts";
import { FaultyDisk, type Reason, reasons } from "../disk/faulty_disk.ts";
import { done, epoch, finish, noLimits, worldOf } from "./parts.ts";
import type { Site } from "./site.ts";

export const places = placesOf("/data", "default", "test");
export const failures = `${places.crawls}/failed.jsonl`;

const identity = { spider: "test", project: "default", proxyType: "none", code: "", startedAt: epoch };

/** What every process finds as the last one left it, besides the disk. */
export interface Outside {
  readonly clock: ManualClock;
  readonly site: Site;
}

/** What a test says of a process. */
export interface ProcessSaid extends Outside {
  readonly spider: Spider;
  /** The path of the items' file. */
  readonly items: string;
  /** @default {2} */
  readonly retries?: number;
  /** Seconds between two checkpoints; 0: only on a pause. @default {0.3} */
  readonly interval?: number;
  /** Seconds between two requests to a host. @default {0} */
  readonly delay?: number;
  /** @default {false} */
  readonly throttle?: boolean;
  /** Whether robots.txt is obeyed. @default {nobody asks for it} */
  readonly robots?: boolean;
  /** `--retry-failed`. */
  readonly retryFailed?: boolean;
  /** Told of the crawl just before it runs. */
  readonly onCrawl?: (crawl: Crawl) => void;
  /** Hears what the feeds warn of. @default {a warning fails the test} */
  readonly warn?: (message: string) => void;
}

/** What one process does, as `trawl crawl` does it: publishes what is finished, or goes on, or begins. */
export async function runProcess(disk: FaultyDisk, said: ProcessSaid): Promise<Ending> {
  const { clock, retryFailed = false, retries = 2, interval = 0.3 } = said;
  const store = new CheckpointStore(disk, places);
  await makeFolder(disk, places.root);
  const settled = await settleFinished(disk, store, places, clock.wall());
  if (settled !== undefined && (settled.isRetry || !retryFailed)) return done;
  const wanted: Wanted = { ...identity, startUrls: [], retryFailed };
  let plan = planOf(store.find(), wanted);
  if (plan.kind === "fresh" && retryFailed) {
    const begun = retryPlanOf(keptForRetry(disk, places), wanted);
    if (begun.kind === "nothing") return done;
    assert.ok(begun.kind === "retry");
    const preparing = prepareRetry({
      disk,
      store,
      places,
      kept: begun.kept,
      identity: wanted,
      now: clock.wall(),
    });
    await preparing.finally(() => assert.equal(disk.opened, 0));
    plan = planOf(store.find(), wanted);
  }
  if (plan.kind === "refused") throw new Error(plan.message);
  const open = (snapshot?: CrawlSnapshot) =>
    worldOf({ ...said, disk, failures, folder: places.checkpoint, concurrency: 3, ...(snapshot && { snapshot }) })
      .parts;
  const resumed = plan.kind === "resume" ? openNewest(plan.found, places, open) : undefined;
  if (resumed !== undefined) {
    for (const { path } of resumed.unreadable) await store.setAside(path);
    const { frontier, logs } = resumed.parts;
    await removeLitter(disk, places, store, { frontier: frontier.snapshot(), ...logs && { logs: logs.snapshot() } });
  }
  const crawl = new Crawl(resumed?.parts ?? open(), {
    ...noLimits,
    retries,
    disk,
    identity,
    startUrls: [],
    resuming: resumed !== undefined,
    elapsed: resumed?.snapshot.elapsed ?? 0,
    keeping: { store, places, interval, generation: resumed?.generation ?? 0 },
    isRetry: resumed?.snapshot.isRetry ?? false,
  });
  said.onCrawl?.(crawl);
  return await finish(clock, crawl.run(), 50);
}

/** Whether a process finishes its crawl; one that loses its disk throws. */
export const finishes = (running: Promise<Ending>): Promise<boolean> =>
  running.then(({ outcome }) => outcome === "finished", () => false);

/** The ending of a process that throws. */
export const failedWith = (error: Error): Ending => ({ outcome: "failed", error, consistent: false });

/** Returns a disk that has the folders of earlier crawls, and nothing in them. */
export function prepared(): FaultyDisk {
  const disk = new FaultyDisk();
  for (const folder of [places.crawls, places.checkpoint, "/home/me"]) {
    disk.put(`${folder}/x`, "");
    disk.put(`${folder}/x`, undefined);
  }
  return disk;
}

/** What ends a process without its knowing. */
interface Stop {
  readonly what: string;
  readonly seed: number;
  /** Returns the disk that the next process finds; `count` and `random` decide how much of what is not safe is left. */
  restarted(disk: FaultyDisk, count: number, random: () => number): FaultyDisk;
}

export const stops: readonly Stop[] = [
  { what: "a kill", seed: 3, restarted: (disk) => disk.kill() },
  {
    what: "a loss of power",
    seed: 7,
    restarted: (disk, count, random) => disk.crash(count % 3 === 0 ? undefined : random),
  },
];

/** Numbers from 0 to 1, the same ones for the same seed. */
export function randomFrom(seed: number): () => number {
  return () => (seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0) / 2 ** 32 + 0.5;
}

/** A reason for which a disk fails, once or from then on. */
interface Fault {
  readonly what: string;
  readonly reason: Reason;
  readonly lasting: boolean;
}

export const faults: readonly Fault[] = (Object.keys(reasons) as Reason[]).flatMap((reason) => [
  { what: `${reason} at any operation`, reason, lasting: false },
  { what: `${reason} at any operation and all after it`, reason, lasting: true },
]);

/** Makes the disk fail at its operation of this number. The function that is returned says whether it came to that. */
export function failAt(disk: FaultyDisk, first: number, { reason, lasting }: Fault): () => boolean {
  let hit = false;
  disk.failWhen(({ number }) => {
    if (lasting ? number < first : number !== first) return undefined;
    hit = true;
    return reason;
  });
  return () => hit;
}
