import { FormatError } from "../checkpoint/document.ts";
import { keptForRetry } from "../checkpoint/kept.ts";
import type { Places } from "../checkpoint/places.ts";
import type { CheckpointStore } from "../checkpoint/store.ts";
import { DamageError } from "../disk/damage.ts";
import { type Disk, DiskError } from "../disk/disk.ts";
import { type RetryPlan, retryPlanOf, type Wanted } from "../engine/plan.ts";
import { prepareRetry } from "../engine/prepare_retry.ts";
import { crawlOf } from "../engine/snapshot.ts";
import { stdoutPath } from "../feed/format.ts";
import { releaseOutput } from "../feed/owner.ts";
import type { Asked } from "./asked.ts";
import type { Context } from "./context.ts";
import { discard } from "./discard.ts";
import { isSameOutput } from "./output.ts";
import type { Reporter } from "./reporter.ts";
import type { Retried } from "./run_crawl.ts";
import { refuseForeign, takeForCrawl, writingOf } from "./take_output.ts";
import { UsageError } from "./usage_error.ts";

/** Where a retry is begun. */
export interface RetryPlace {
  readonly store: CheckpointStore;
  readonly places: Places;
  readonly wanted: Wanted;
  /** Whether there is a checkpoint to discard first. */
  readonly clear: boolean;
}

/**
 * Makes the checkpoint of a retry, which is then continued as any other. Returns the exit code where there is nothing
 * to retry, or it cannot be done; nothing has been changed then.
 */
export async function beginRetry(
  context: Context,
  asked: Asked,
  reporter: Reporter,
  { store, places, wanted, clear }: RetryPlace,
): Promise<number | undefined> {
  const { disk, clock } = context;
  const plan = read(disk, places, wanted);
  if (plan.kind === "nothing") {
    reporter.log("info", `Nothing to retry: no finished crawl of "${wanted.spider}" has left failed pages`);
    return 0;
  }
  if (plan.kind === "refused") {
    reporter.refuse(plan.message);
    return 1;
  }
  const { kept, notes } = plan;
  const { items } = crawlOf(kept, places);
  if (asked.output === undefined && items.path === stdoutPath) {
    throw new UsageError([
      "--retry-failed: a retry adds to the output of its crawl, which is standard output: say so again with -o -",
    ]);
  }
  if (asked.output !== undefined && !isSameOutput(disk, asked.output, items.path)) {
    throw new UsageError([
      `--output ${asked.output}: a retry adds to the output of its crawl, ${items.path}; leave --output out`,
    ]);
  }
  for (const note of notes) reporter.log("warn", note);
  const writing = writingOf(context, asked, places, kept.identity.startedAt);
  await refuseForeign(items.path, writing);
  if (clear) await discard({ disk, store, places, say: (line) => reporter.log("warn", line) });
  using _output = await takeForCrawl(items.path, writing);
  try {
    await prepareRetry({ disk, store, places, kept, identity: wanted, now: clock.wall() });
    return undefined;
  } catch (error) {
    if (!(error instanceof DamageError || error instanceof DiskError)) throw error;
    await releaseOutput(disk, items.path);
    reporter.refuse(refusal(wanted, error));
    return 1;
  }
}

/** Returns what a retry began with, for who tells how it went; undefined where that cannot be read. */
export function retriedOf(disk: Disk, places: Places, isNew: boolean): Retried | undefined {
  try {
    const kept = keptForRetry(disk, places);
    if (kept === undefined) return undefined;
    const { counters: { failed, pages } } = crawlOf(kept, places);
    return { failed, pages, isNew };
  } catch (error) {
    if (!(error instanceof DamageError || error instanceof FormatError || error instanceof DiskError)) throw error;
    return undefined;
  }
}

function read(disk: Disk, places: Places, wanted: Wanted): RetryPlan {
  try {
    return retryPlanOf(keptForRetry(disk, places), wanted);
  } catch (error) {
    if (!(error instanceof DamageError || error instanceof FormatError || error instanceof DiskError)) throw error;
    return { kind: "refused", message: refusal(wanted, error) };
  }
}

function refusal({ spider }: Wanted, { message }: Error): string {
  return `Cannot retry the failed pages of "${spider}": ${message}. The files of that crawl stay as they are`;
}
