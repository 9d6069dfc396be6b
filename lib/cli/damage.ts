import type { Places } from "../checkpoint/places.ts";
import type { Disk } from "../disk/disk.ts";
import { SideLogs } from "../engine/side_logs.ts";
import type { CrawlSnapshot } from "../engine/snapshot.ts";
import { stdoutPath } from "../feed/format.ts";
import { type FeedSnapshot, partOf } from "../feed/snapshot.ts";
import { checkedTail } from "../feed/tail.ts";
import { isDamage, missingBytes } from "./look.ts";
import { openFrontier } from "./wire.ts";

/** Returns what is wrong with the files that a checkpoint counts: every record of the logs, and the ends of the outputs. */
export function damageIn(disk: Disk, places: Places, crawl: CrawlSnapshot): string[] {
  const missing = missingBytes(disk, places, crawl);
  const outputs = crawl.phase === "crawling" ? [crawl.items, crawl.failures] : [];
  const broken = [
    problemIn(() => openFrontier({ disk, places, emit: () => {} }, crawl.frontier).close()),
    problemIn(() => new SideLogs(disk, places.checkpoint, crawl.logs).close()),
    ...missing.length > 0 ? [] : outputs.map((output) => problemIn(() => checkOutput(disk, output))),
  ];
  return [...new Set([...broken.filter((problem) => problem !== undefined), ...missing])];
}

function checkOutput(disk: Disk, { path, length, tail }: FeedSnapshot): void {
  if (path !== stdoutPath && path !== "") checkedTail(disk, partOf(path), length, tail);
}

function problemIn(look: () => void): string | undefined {
  try {
    look();
    return undefined;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return error.message;
  }
}
