/**
 * What has become of the hostile cases and the healthy pages, against what must.
 *
 * @module
 */
import { type FailedPage, type Kept, records } from "../cli/kept.ts";
import type { Scale, Wanted } from "./case.ts";
import type { Host } from "./host.ts";

/** What became of one case. */
export interface Fate {
  readonly host: Host;
  readonly wanted: Wanted;
  readonly lines: readonly FailedPage[];
  /** The titles of its pages. */
  readonly titles: readonly string[];
}

/** What a crawl has brought. */
export interface Result {
  readonly fates: readonly Fate[];
  /** The URLs of the items that are not of a hostile host, as often as they are there. */
  readonly pages: readonly string[];
  /** Lines that belong to no case. */
  readonly strays: readonly FailedPage[];
}

/** A line of text that a terminal shows as it is, and that a person reads to its end. */
const clear = /^\P{Cc}{1,600}$/u;

/** Reads what a crawl of the spider `site` has brought. */
export function resultOf(kept: Kept, hosts: readonly Host[], scale: Scale): Result {
  // There is no such file when nothing has failed.
  const failures = kept.crawls.some((name) => name.endsWith(".failed.jsonl")) ? kept.failures : [];
  const items = records(kept.output).map((line) =>
    JSON.parse(line) as { readonly url: string; readonly title: string }
  );
  const linesOf = Map.groupBy(failures, hostIn), pagesOf = Map.groupBy(items, hostIn);
  const fates = hosts.map((host): Fate => {
    const { wanted: given } = host.case;
    const wanted = typeof given === "function" ? given(scale) : given;
    const about = "about" in wanted ? wanted.about : undefined;
    const lines = about === undefined ? linesOf.get(host.host) : failures.filter(({ url }) => url.startsWith(about));
    return { host, wanted, lines: lines ?? [], titles: pagesOf.get(host.host)?.map(({ title }) => title) ?? [] };
  });
  const hostile = new Set(hosts.map(({ host }) => host)), explained = new Set(fates.flatMap(({ lines }) => lines));
  return {
    fates,
    pages: items.filter((item) => !hostile.has(hostIn(item))).map(({ url }) => url),
    strays: failures.filter((line) => !explained.has(line)),
  };
}

function hostIn({ url }: { readonly url: string }): string {
  return new URL(url).host;
}

/** Returns, for each case that did not become what it must, its name, what was wanted and what came. */
export function complaints(fates: readonly Fate[]): string[] {
  return fates.filter((fate) => !isRight(fate)).map(({ host, wanted, lines, titles }) => {
    const found = `${titles.length} pages${shown(titles)}, ${lines.length} lines${shown(lines)}`;
    return `${host.case.name}: ${wordsOf(wanted)} wanted, found ${found}`;
  });
}

function isRight({ wanted, lines, titles }: Fate): boolean {
  if (titles.length !== (wanted.pages ?? 0)) return false;
  if (!("failure" in wanted)) {
    return lines.length === 0 && (wanted.title === undefined || titles.every((title) => title === wanted.title));
  }
  const [line, ...others] = lines;
  if (line === undefined || others.length > 0) return false;
  const { kind, message, status } = line;
  return [wanted.failure].flat().some((each) => each === kind) && status === wanted.status &&
    wanted.message.test(message) && clear.test(message);
}

function wordsOf(wanted: Wanted): string {
  if ("failure" in wanted) return `one line "${[wanted.failure].flat().join(" or ")}" like ${wanted.message}`;
  return `${wanted.pages} pages${wanted.title === undefined ? "" : ` called "${wanted.title}"`}`;
}

function shown(found: readonly (string | FailedPage)[]): string {
  if (found.length === 0) return "";
  const all = found.slice(0, 3).map((each) =>
    typeof each === "string" ? each : `${each.kind} ${each.status ?? ""} ${each.url}: ${each.message}`
  );
  return ` (${all.map((each) => each.slice(0, 300)).join(" | ")})`;
}
