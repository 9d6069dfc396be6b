/**
 * What to do with the checkpoint that a crawl finds, and with what the last finished crawl has left.
 *
 * @module
 */

import { type Checkpoint, FormatError, type Identity } from "../checkpoint/document.ts";
import type { Found } from "../checkpoint/store.ts";
import { DiskError } from "../disk/disk.ts";
import { splitUserinfo } from "../url/userinfo.ts";
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
export interface Wanted extends Pick<Identity, "spider" | "project" | "proxyType" | "code" | "source"> {
  /** Start URLs from the command line; none leaves the checkpoint's. */
  readonly startUrls: readonly string[];
  /** Only the pages that the last finished crawl gave up: what is begun afresh is a retry. @default {false} */
  readonly retryFailed?: boolean;
  /** Says whether there is still a spider at a source that is not the one of this crawl. @default {there is none} */
  readonly isSource?: (source: string) => boolean;
}

/** Decides what happens to the checkpoint that was found. Nothing is changed. */
export function planOf(found: Found, wanted: Wanted): Plan {
  const newest = found.checkpoints[0]?.checkpoint;
  const wrongFormat = found.unreadable.find(({ error }) => error instanceof FormatError);
  if (wrongFormat !== undefined) {
    return refused(wanted, `${wrongFormat.error.message}. Continue it with the version that wrote it, or discard it`);
  }
  const unread = found.unreadable.find(({ error }) => error instanceof DiskError);
  if (unread !== undefined) {
    // What cannot be read just now may be whole: the generation before it would fetch again what this one knows.
    const message = `Cannot resume "${wanted.spider}": ${unread.error.message}. Its files stay as they are. ` +
      "The same command goes on when that is mended; where it cannot be, move the file away, and the generation before it is used";
    return { kind: "refused", message };
  }
  if (newest === undefined) {
    if (found.unreadable.length === 0) return { kind: "fresh", notes: [], clear: false };
    const reasons = found.unreadable.map(({ error }) => error.message).join("; ");
    return refused(
      wanted,
      `${reasons}. No other generation is left, so what is known of the crawl is lost. Its files stay, ` +
        "and are put aside when you start over",
    );
  }
  const { identity } = newest;
  const stranger = strangerIn(newest, wanted);
  if (stranger !== undefined) return refused(wanted, `its checkpoint ${stranger}`);
  const crawl = newest.crawl as CrawlSnapshot;
  if (wanted.retryFailed && !crawl.isRetry) {
    // A crawl that fetched no page has not finished, and is not gone on with.
    if (crawl.phase === "failed") return { kind: "fresh", notes: [], clear: true };
    const reason = "the crawl after it is not finished. Continue that one first, without --retry-failed, or discard it";
    return refusedRetry(wanted, `${reason}: trawl checkpoint clear ${wanted.spider}`);
  }
  if (identity.proxyType !== wanted.proxyType) {
    const note = `The checkpoint was made with --proxy-type ${identity.proxyType}, this is ${wanted.proxyType}: ` +
      `it is cleared, and the ${wanted.retryFailed ? "retry" : "crawl"} starts fresh`;
    return { kind: "fresh", notes: [note], clear: true };
  }
  if (crawl.phase === "failed") {
    return { kind: "fresh", notes: ["The last crawl fetched no page: starting fresh"], clear: true };
  }
  if (wanted.startUrls.length > 0 && !sameUrls(wanted.startUrls, crawl.startUrls)) {
    return refused(
      wanted,
      `the paused crawl began with ${shown(crawl.startUrls)}. ` +
        "Give it the same --start-url, keep the two apart with --project, or discard it",
    );
  }
  return { kind: "resume", notes: changes(newest, wanted), found };
}

/** Retry, or not: with nothing there to retry, or for a reason. */
export type RetryPlan =
  | { readonly kind: "nothing" }
  | { readonly kind: "retry"; readonly notes: readonly string[]; readonly kept: Checkpoint }
  | { readonly kind: "refused"; readonly message: string };

/** Decides whether the pages can be crawled that a finished crawl gave up. `kept` is what it has left. */
export function retryPlanOf(kept: Checkpoint | undefined, wanted: Wanted): RetryPlan {
  if (kept === undefined) return { kind: "nothing" };
  const stranger = strangerIn(kept, wanted);
  if (stranger !== undefined) return refusedRetry(wanted, `what is kept of the last crawl ${stranger}`);
  const { startUrls } = kept.crawl as CrawlSnapshot;
  if (wanted.startUrls.length > 0 && !sameUrls(wanted.startUrls, startUrls)) {
    return refusedRetry(
      wanted,
      `the finished crawl began with ${shown(startUrls)}. Give it the same --start-url, or none`,
    );
  }
  return { kind: "retry", notes: changes(kept, wanted), kept };
}

/** Says whose a checkpoint is, when it is not the one of the crawl that is asked for. */
function strangerIn({ identity }: Checkpoint, wanted: Wanted): string | undefined {
  const { spider, project, source, code } = identity;
  if (spider !== wanted.spider || project !== wanted.project) {
    return `belongs to the spider "${spider}" of the project "${project}"`;
  }
  // A spider that was moved, or copied as it is, is the same one; so is one that was changed where it is.
  const isSame = source === undefined || source === wanted.source || code === wanted.code;
  if (isSame || !(wanted.isSource?.(source) ?? false)) return undefined;
  return `belongs to another spider of this name, ${source === "" ? "which is built in" : source}; this one is ${
    wanted.source || "built in"
  }. Give one of them another name, keep the two apart with --project, or remove the other if this one replaces it`;
}

function changes({ identity }: Checkpoint, wanted: Wanted): readonly string[] {
  if (identity.code === wanted.code) return [];
  return ["The spider has changed since the checkpoint was made; going on with the new one"];
}

function shown(startUrls: readonly string[]): string {
  return startUrls.map(withoutLogin).join(" ") || "the spider's own start URLs";
}

function sameUrls(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a.map(withoutLogin)).symmetricDifference(new Set(b.map(withoutLogin))).size === 0;
}

/**
 * Returns the start URLs of a crawl that goes on: as they are given now, each with the login that the crawl began with
 * where it has none, because the command that is shown has none.
 */
export function startUrlsOf(given: readonly string[], known: readonly string[]): readonly string[] {
  if (given.length === 0) return known;
  return given.map((url) =>
    splitUserinfo(url).userinfo !== "" ? url : known.find((each) => withoutLogin(each) === url) ?? url
  );
}

/** A URL without its password, as it is shown: so the command that is shown finds its crawl again. */
function withoutLogin(url: string): string {
  return splitUserinfo(url).url;
}

function refused({ spider }: Wanted, reason: string): Plan {
  return {
    kind: "refused",
    message: `Cannot resume "${spider}": ${reason}. To start over: trawl crawl ${spider} --fresh`,
  };
}

function refusedRetry({ spider }: Wanted, reason: string): { readonly kind: "refused"; readonly message: string } {
  return { kind: "refused", message: `Cannot retry the failed pages of "${spider}": ${reason}` };
}
