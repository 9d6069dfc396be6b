import type { LogSnapshot } from "../disk/record_log.ts";
import { sideLogs } from "./side_logs.ts";
import type { CrawlSnapshot } from "./snapshot.ts";

/** Returns the name and length of every log that a document counts. */
export function logFilesOf(
  { frontier: { seen, queues, givenUp = [], takenStarts = [] }, logs }: Pick<CrawlSnapshot, "frontier" | "logs">,
): { readonly name: string; readonly length: number }[] {
  const counted: readonly (readonly [string, LogSnapshot])[] = [
    ["seen", seen.log],
    ["done", queues?.done ?? []],
    ["failed", givenUp],
    ["starts", takenStarts],
    ...(queues?.logs ?? []).map(([priority, log]) => [`queue-${priority}`, log] as const),
    ...(logs === undefined ? [] : sideLogs.map((name) => [name, logs[name]] as const)),
  ];
  return counted.flatMap(([name, log]) => log.map(([segment, length]) => ({ name: `${name}-${segment}.log`, length })));
}

/** Whether a file's name is that of a log. */
export function isLogFile(name: string): boolean {
  return /^(seen|done|failed|starts|queue--?\d+|hosts|robots|cookies|exiles)-\d+\.log$/.test(name);
}

/** Whether a file is needed of a finished crawl to retry what it gave up. */
export function isRetryFile(name: string): boolean {
  return isLogFile(name) && !/^(done|queue|starts)-/.test(name);
}
