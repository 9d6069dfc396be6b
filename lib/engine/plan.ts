/**
 * What to do with the checkpoint that a crawl finds.
 *
 * @module
 */

import { FormatError, type Identity } from "../checkpoint/document.ts";
import type { Found } from "../checkpoint/store.ts";
import type { CrawlSnapshot } from "./snapshot.ts";

/** Begin anew, go on, or neither. `notes` are for the user. */
export type Plan =
  | { readonly kind: "fresh"; readonly notes: readonly string[]; readonly clear: boolean }
  | {
    readonly kind: "resume";
    readonly notes: readonly string[];
    readonly found: Found;
  }
  | { readonly kind: "refused"; readonly message: string };

/** The crawl that is asked for. */
export interface Wanted extends Pick<Identity, "spider" | "project" | "proxyType" | "code"> {
  /** Start URLs from the command line; none leaves the checkpoint's. */
  readonly startUrls: readonly string[];
}

/** Decides what happens to the checkpoint that was found. Nothing is changed. */
export function planOf(found: Found, wanted: Wanted): Plan {
  const newest = found.checkpoints[0]?.checkpoint;
  const wrongFormat = found.unreadable.find(({ error }) => error instanceof FormatError);
  if (wrongFormat !== undefined) {
    return refused(wanted, `${wrongFormat.error.message}. Continue it with the version that wrote it, or discard it`);
  }
  if (newest === undefined) {
    if (found.unreadable.length === 0) return { kind: "fresh", notes: [], clear: false };
    const reasons = found.unreadable.map(({ error }) => error.message).join("; ");
    return refused(
      wanted,
      `${reasons}. No other generation is left, so what is known of the crawl is lost. Its files stay`,
    );
  }
  const { identity } = newest;
  if (identity.spider !== wanted.spider || identity.project !== wanted.project) {
    return refused(
      wanted,
      `its checkpoint belongs to the spider "${identity.spider}" of the project "${identity.project}"`,
    );
  }
  if (identity.proxyType !== wanted.proxyType) {
    const note = `The checkpoint was made with --proxy-type ${identity.proxyType}, this is ${wanted.proxyType}: ` +
      "it is cleared, and the crawl starts fresh";
    return { kind: "fresh", notes: [note], clear: true };
  }
  const crawl = newest.crawl as CrawlSnapshot;
  if (crawl.phase === "failed") {
    return { kind: "fresh", notes: ["The last crawl fetched no page: starting fresh"], clear: true };
  }
  if (wanted.startUrls.length > 0 && !sameUrls(wanted.startUrls, crawl.startUrls)) {
    return refused(
      wanted,
      `the paused crawl began with ${crawl.startUrls.join(" ") || "the spider's own start URLs"}. ` +
        "Give it the same --start-url, keep the two apart with --project, or discard it",
    );
  }
  const notes: string[] = [];
  if (identity.code !== wanted.code) {
    notes.push("The spider has changed since the checkpoint was made; going on with the new one");
  }
  return { kind: "resume", notes, found };
}

function sameUrls(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).symmetricDifference(new Set(b)).size === 0;
}

function refused({ spider }: Wanted, reason: string): Plan {
  return {
    kind: "refused",
    message: `Cannot resume "${spider}": ${reason}. To start over: trawl crawl ${spider} --fresh`,
  };
}
