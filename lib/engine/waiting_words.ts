import type { Waiting } from "../schedule/scheduler.ts";

const reasons: Readonly<Record<Waiting["reason"], string>> = {
  delay: "the delay of",
  throttle: "slowed down by",
  "retry-after": "asked to wait by",
  robots: "robots.txt of",
  retry: "another attempt at",
};

/** Returns what a crawl waits for, in words: `the delay of example.com for 3 s`. */
export function wordsOf(waiting: Waiting | undefined): string | undefined {
  if (waiting === undefined) return undefined;
  const seconds = waiting.seconds === undefined ? "" : ` for ${Math.ceil(waiting.seconds)} s`;
  return `${reasons[waiting.reason]} ${waiting.host}${seconds}`;
}
