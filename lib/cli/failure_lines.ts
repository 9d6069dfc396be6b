/**
 * What the end of a crawl says about pages that failed, and about items that did not come.
 *
 * @module
 */

import type { Counters } from "../engine/counters.ts";
import { formatCount } from "../text/count.ts";
import { printable } from "../text/safe.ts";

/** How many kinds of failures are named. */
const mostNamed = 6;
/** More than this share of the pages are most of them. */
const most = 0.5;

/** What to do about failures, by kind or status; nothing where nothing can be done. */
const advice: Readonly<Record<string, string>> = {
  dns: "check the spelling of the hosts, and the network",
  connect: "check that the servers run, and the ports of the URLs",
  tls: "trust an authority of your own with --ca-file FILE",
  timeout: "give them more time, or ask for less at once: -s timeout=5m -s concurrencyPerHost=2",
  reset: "ask for less at once: -s concurrencyPerHost=2 -s delay=1s",
  "cut-short": "ask for less at once: -s concurrencyPerHost=2 -s delay=1s",
  "too-large": "allow more: -s maxBodySize=200MB -s maxElements=1000000",
  address: "let pages lead into your own network with --allow-private",
  proxy: "check the proxies that --proxy-type names",
  blocked: "ask more slowly (-s delay=2s), or go through proxies (--proxy-type NAME)",
  callback: "the spider's own code failed",
  "status 401": "log in: with a user and a password in the start URL, or with a cookie",
  "status 403": "ask more slowly (-s delay=2s), or go through proxies (--proxy-type NAME)",
  "status 404": "the pages are gone, or the spider makes wrong links to them",
  "status 410": "the pages are gone",
  "status 429": "ask more slowly: -s delay=2s",
};

/** Whether most pages of a crawl failed. */
export function mostFailed({ failed, pages }: Counters): boolean {
  return failed > most * (pages + failed);
}

/** What is said of failures besides their number. */
export interface FailureWords {
  /** What to do about each kind. */
  readonly isAdvised: boolean;
  /** There is a file with every failure. */
  readonly isListed?: boolean;
  /** What callbacks threw has been said a moment before. */
  readonly isTold?: boolean;
}

/** Returns a line for each kind of failure, the most frequent first, with an example. */
export function failureLines(
  { failures }: Pick<Counters, "failures">,
  { isAdvised, isListed = false, isTold = false }: FailureWords,
): string[] {
  const kinds = Object.entries(failures).sort(([, a], [, b]) => b.count - a.count);
  const width = formatCount(kinds[0]?.[1].count ?? 0).length;
  const lines = kinds.slice(0, mostNamed).flatMap(([kind, { count, url, message }]) => {
    const why = kind.startsWith("status ") || (isTold && kind === "callback") ? "" : ` (${printable(message, 120)})`;
    const line = `  ${formatCount(count).padStart(width)} × ${kind}, such as ${printable(url, 200)}${why}`;
    const hint = isAdvised ? adviceFor(kind, isListed) : undefined;
    return hint === undefined ? [line] : [line, `  ${" ".repeat(width)}   ${hint}`];
  });
  const others = kinds.slice(mostNamed).reduce((sum, [, { count }]) => sum + count, 0);
  return others === 0 ? lines : [...lines, `  ${formatCount(others).padStart(width)} × others`];
}

function adviceFor(kind: string, isListed: boolean): string | undefined {
  if (kind === "callback" && isListed) return `${advice[kind]}: the stack is with each page among the failures`;
  return advice[kind] ?? (/^status 5/.test(kind) ? "the servers have trouble: try them again later" : undefined);
}

/** Returns what there is to say of a finished crawl that has no item; undefined where it has some, or read no page. */
export function noItems({ pages, items, dropped, rejected }: Counters, look: string | undefined): string | undefined {
  if (items > 0 || pages === 0) return undefined;
  const read = `${formatCount(pages)} ${pages === 1 ? "page was" : "pages were"} read`;
  if (rejected > 0) return `No items: ${read}, and ${rejectedWords({ rejected })}`;
  if (dropped > 0) return `No items: ${read}, and onItem dropped all ${formatCount(dropped)} that came of them`;
  return `No items: ${read}, and no callback yielded one${
    look === undefined ? "" : `. To see what one is sent: ${look}`
  }`;
}

/** Says that every item was rejected. */
export function rejectedWords({ rejected }: Pick<Counters, "rejected">): string {
  return rejected === 1 ? "the only item was rejected" : `all ${formatCount(rejected)} items were rejected`;
}
