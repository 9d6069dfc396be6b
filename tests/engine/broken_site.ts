/**
 * A site of which some pages are broken at first, its crawls, and what has to be in their files.
 *
 * @module
 */

import assert from "node:assert/strict";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import type { Ending } from "../../lib/engine/engine.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import type { FaultyDisk } from "../disk/faulty_disk.ts";
import { parseCsv } from "../feed/parse_csv.ts";
import { done, epoch, parseLines } from "./parts.ts";
import { failures, type Outside, places, prepared, type ProcessSaid, runProcess } from "./process.ts";
import { answer, links, pathOf, type Site } from "./site.ts";

type Format = "jsonl" | "json" | "csv";
export const formats: readonly Format[] = ["jsonl", "json", "csv"];
export const outputOf = (format: Format) => `/home/me/items.${format}`;

const pages: Readonly<Record<string, readonly string[]>> = {
  "/": ["/1", "/2", "/3", "/moved"],
  "/1": ["/2", "/4", "/gone"],
  "/2": ["/5", "/1"],
  "/3": ["/1", "/6"],
  "/4": ["/", "/7"],
  "/5": ["/7", "/3"],
  "/6": [],
  "/7": ["/8", "/2"],
  "/8": ["/9"],
  "/9": [],
  "/gone": [],
  "/new": ["/6"],
  "/search": ["/4"],
};
export const allPages = Object.keys(pages).sort();
/** Nothing but these leads to `/4`, `/7`, `/8`, `/9` and `/gone`. */
const brokenPages = ["/1", "/5", "/7", "/gone", "/new", "/search"];
/** What a crawl brings while these are broken, and what it gives up. */
export const brought = ["/", "/2", "/3", "/6"];
export const givenUp = ["/1", "/5", "/new", "/search"];

const spider: Spider = {
  name: "test",
  startUrls: ["http://a.com/"],
  *parse(page: Page) {
    const path = new URL(page.url).pathname;
    if (page.text.includes("under repair")) throw new Error("no price");
    page.update((state) => state.pages = Number(state.pages ?? 0) + 1);
    const { token } = page.meta as { token?: Uint8Array };
    // A page without a key that others have makes a CSV file that is written once more at its end.
    yield { path, ...(path > "/2" ? { late: path.length } : {}), ...(token && { token: [...token].join() }) };
    yield* page.follow("a", { priority: path.length % 2 });
    if (path === "/2") {
      const meta = { token: new Uint8Array([0, 255, 10]) };
      yield page.request("/search", { method: "POST", body: "q=1", meta, priority: -3, repeatable: true });
    }
  },
};

interface BrokenSite extends Outside {
  /** Pages that fail, for now. */
  readonly broken: Set<string>;
  /** What was asked for, as often as it was. */
  readonly asked: string[];
}

/** Opens the site. */
export function brokenSite(): BrokenSite {
  const clock = new ManualClock(epoch);
  const broken = new Set(brokenPages), asked: string[] = [];
  const site: Site = async ({ url, method, body }) => {
    await new Promise<void>((resolve) => clock.after(100, resolve));
    const path = pathOf(url);
    asked.push(path);
    if (path === "/moved") return answer(url, "", 301, { location: "/new" });
    if (path === "/search" && (method !== "POST" || body !== "q=1")) return answer(url, "", 400);
    if (broken.has(path)) return path === "/7" ? answer(url, "under repair") : answer(url, "", 500);
    return answer(url, links(...pages[path] ?? []));
  };
  return { clock, site, broken, asked };
}

interface Said extends Pick<ProcessSaid, "retryFailed" | "onCrawl"> {
  readonly format: Format;
}

/** What one process does. */
export function process(disk: FaultyDisk, outside: Outside, { format, ...said }: Said): Promise<Ending> {
  return runProcess(disk, { ...said, ...outside, spider, items: outputOf(format), retries: 1, warn: () => {} });
}

/** A disk on which a crawl has finished that gave some pages up; now they are healed. */
export async function crawled(site: BrokenSite, format: Format): Promise<FaultyDisk> {
  const disk = prepared();
  assert.deepEqual(await process(disk, site, { format }), done);
  site.broken.clear();
  site.asked.length = 0;
  return disk.kill();
}

function itemsIn(disk: FaultyDisk, format: Format): readonly Readonly<Record<string, unknown>>[] {
  const text = disk.text(outputOf(format)) ?? "";
  if (format === "json") return JSON.parse(text);
  if (format === "jsonl") return parseLines(text);
  const [header = [], ...rows] = parseCsv(text);
  return rows.map((row) => {
    assert.equal(row.length, header.length);
    return Object.fromEntries(row.map((cell, at) => [header[at]!, cell] as const).filter(([, cell]) => cell !== ""));
  });
}

export const pathsIn = (disk: FaultyDisk, format: Format) => itemsIn(disk, format).map(({ path }) => path).sort();

/** Fails unless the files are those of a finished crawl with these items that gave these pages up. */
export function checkFiles(
  disk: FaultyDisk,
  format: Format,
  paths: readonly string[],
  failed: readonly string[],
  when = "",
): void {
  const items = itemsIn(disk, format);
  assert.deepEqual(items.map(({ path }) => path).sort(), paths, when);
  for (const { path, late, token } of items) {
    assert.equal(late && Number(late), String(path) > "/2" ? String(path).length : undefined, when);
    assert.equal(token, path === "/search" ? "0,255,10" : undefined, when);
  }
  const urls = parseLines(disk.text(failures)).map(({ url }) => pathOf(url));
  assert.deepEqual(urls.sort(), failed, when);
  assert.equal(disk.size(failures) !== undefined, failed.length > 0, when);
  assert.deepEqual(new CheckpointStore(disk, places).find(), { checkpoints: [], unreadable: [] }, when);
  for (const folder of ["/home/me", places.crawls]) {
    assert.deepEqual(disk.list(folder).filter((name) => name.includes(".part")), [], when);
  }
  assert.equal(disk.size(places.retry) !== undefined, failed.length > 0, when);
  const names = disk.list(places.crawls).filter((name) => name.endsWith(".summary.json"));
  assert.equal(names.length, 1, when);
  const { outcome, counters } = JSON.parse(disk.text(`${places.crawls}/${names[0]}`) ?? "{}");
  assert.deepEqual(
    [outcome, counters.pages, counters.items, counters.failed],
    ["finished", paths.length, paths.length, failed.length],
    when,
  );
}
