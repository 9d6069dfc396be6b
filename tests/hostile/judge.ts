/**
 * What has become of the hostile cases and the healthy pages, against what must.
 *
 * @module
 */
import { type FailedPage, type Kept, records } from "../cli/kept.ts";
import type { Scale } from "./case.ts";
import type { Host } from "./host.ts";

/** What became of one case. */
export interface Fate {
  readonly host: Host;
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
export function resultOf(kept: Kept, hosts: readonly Host[]): Result {
  const items = records(kept.output).map((line) => JSON.parse(line) as { url: string; title: string });
  // There is no such file when nothing has failed.
  const failures = kept.crawls.some((name) => name.endsWith(".failed.jsonl")) ? kept.failures : [];
  const taken = new Set<unknown>();
  const fates = hosts.map((host): Fate => {
    const { wanted } = host.case;
    const about = "about" in wanted ? wanted.about : undefined;
    const isOurs = ({ url }: { url: string }) =>
      new URL(url).host === host.host || (about !== undefined && url.startsWith(about));
    const lines = failures.filter(isOurs), pages = items.filter(isOurs);
    for (const each of pages) taken.add(each);
    return { host, lines, titles: pages.map(({ title }) => title) };
  });
  const known = new Set(fates.flatMap(({ lines }) => lines.map(({ url }) => url)));
  return {
    fates,
    pages: items.filter((item) => !taken.has(item)).map(({ url }) => url),
    strays: failures.filter(({ url }) => !known.has(url)),
  };
}

/** Returns, for each case that did not become what it must, its name, what was wanted and what came. */
export function complaints(fates: readonly Fate[], scale: Scale): string[] {
  return fates.flatMap((fate) => {
    const { name, wanted } = fate.host.case;
    const found = `${fate.titles.length} pages${shown(fate.titles)}, ${fate.lines.length} lines${shown(fate.lines)}`;
    if (!("failure" in wanted)) {
      const pages = typeof wanted.pages === "function" ? wanted.pages(scale) : wanted.pages;
      const isRight = fate.lines.length === 0 && fate.titles.length === pages &&
        (wanted.title === undefined || fate.titles.every((title) => title === wanted.title));
      const called = wanted.title === undefined ? "" : ` called "${wanted.title}"`;
      return isRight ? [] : [`${name}: ${pages} pages${called} wanted, found ${found}`];
    }
    const [line] = fate.lines;
    const isRight = fate.lines.length === 1 && fate.titles.length === (wanted.pages ?? 0) &&
      [wanted.failure].flat().some((kind) => kind === line!.kind) && wanted.message.test(line!.message) &&
      line!.status === wanted.status &&
      clear.test(line!.message);
    return isRight
      ? []
      : [`${name}: one line "${[wanted.failure].flat().join(" or ")}" like ${wanted.message} wanted, found ${found}`];
  });
}

function shown(found: readonly (string | FailedPage)[]): string {
  if (found.length === 0) return "";
  const all = found.slice(0, 3).map((each) =>
    typeof each === "string" ? each : `${each.kind} ${each.status ?? ""} ${each.url}: ${each.message}`
  );
  return ` (${all.map((each) => each.slice(0, 300)).join(" | ")})`;
}
