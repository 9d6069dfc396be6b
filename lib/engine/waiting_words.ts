import type { Waiting } from "../schedule/scheduler.ts";
import { counted } from "../text/count.ts";
import { formatDuration } from "../text/duration.ts";

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

/** Returns why nothing was sent, and what to do about it; `delay`: that of the host, in seconds. */
export function idleWords({ reason, host, seconds = 0 }: Waiting, delay: number): string {
  const time = formatDuration(Math.ceil(seconds));
  const why: Readonly<Record<Waiting["reason"], string>> = {
    delay: `${host} may be asked again in ${time}`,
    throttle: `${host} pushed back, and may be asked again in ${time}`,
    "retry-after": `${host} has asked to be left alone for another ${time}`,
    robots: `the robots.txt of ${host} could not be read, and is asked for again in ${time}`,
    retry: `another attempt at ${host} is due in ${time}`,
  };
  const pace = delay > 0 ? `, its delay is ${formatDuration(Math.ceil(delay))}` : "";
  return `Nothing was sent in this run: ${why[reason]}${pace}. ` +
    "Give a run more time with --timeout, or let more time pass between two runs";
}

/** What a run was busy with that has committed nothing. */
export interface Barren {
  /** Pages in flight, and requests for robots.txt, that were cut off. */
  readonly pages: number;
  readonly robots: number;
  /** Start requests that came and were known, where there may be more; undefined where not. */
  readonly known: number | undefined;
}

/** Returns what took the time of a run that has committed nothing, and what to do about it; undefined for nothing. */
export function barrenWords({ pages, robots, known }: Barren): string | undefined {
  const reasons: string[] = [];
  if (pages > 0) reasons.push(`${counted(pages, "page in flight was", "pages in flight were")} cut off by --grace`);
  if (robots > 0) reasons.push(`${counted(robots, "robots.txt was", "robots.txt were")} cut off by --grace`);
  if (known === 0) reasons.push("start() gave nothing");
  else if (known !== undefined) reasons.push(`start() gave ${counted(known, "request")}, all known from earlier runs`);
  if (reasons.length === 0) return undefined;
  return `No page was finished in this run: ${reasons.join("; ")}. Give a run more time with --timeout or --grace`;
}
