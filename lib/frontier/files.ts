import type { FrontierSnapshot } from "./frontier.ts";

/** Returns the name and length of every file that a snapshot counts. */
export function filesOf(
  { seen, queues, givenUp = [] }: FrontierSnapshot,
): { readonly name: string; readonly length: number }[] {
  const logs = [
    ["seen", seen.log] as const,
    ["done", queues?.done ?? []] as const,
    ["failed", givenUp] as const,
    ...(queues?.logs ?? []).map(([priority, log]) => [`queue-${priority}`, log] as const),
  ];
  return logs.flatMap(([name, log]) => log.map(([segment, length]) => ({ name: `${name}-${segment}.log`, length })));
}

/** Whether a file's name is one of the frontier's. */
export function isFrontierFile(name: string): boolean {
  return /^(seen|done|failed|queue--?\d+)-\d+\.log$/.test(name);
}

/** Whether a file is needed of a finished crawl to retry what it gave up. */
export function isRetryFile(name: string): boolean {
  return /^(seen|failed)-\d+\.log$/.test(name);
}
