/**
 * A crawl in time slices, some of which are killed, and what its server has seen.
 *
 * @module
 */
import assert from "node:assert/strict";
import { expectedItems, type LogEntry } from "../../scripts/demo/mod.ts";
import { Random } from "../../scripts/demo/random.ts";
import { records } from "./kept.ts";
import { ends, sleep, webSpider } from "./trawl.ts";
import { askedFor, Workplace } from "./workplace.ts";

export interface SlicesOptions {
  readonly seed: number;
  readonly pages: number;
  /** How long a slice is, and the `Crawl-delay`, in seconds. */
  readonly slice: number;
  readonly crawlDelay: number;
  /** Share of the slices that end with a kill, and of the pages that answer 503 at first. */
  readonly kills: number;
  readonly busy: number;
  /** Slices after which the crawl must have finished. */
  readonly most: number;
  /** Told after each slice how many there were, and how many pages have been answered. */
  readonly onSlice?: (slices: number, pages: number) => void;
}

/** What came of it. */
export interface SlicesReport {
  readonly slices: number;
  readonly kills: number;
  /** Requests that the server has seen, those for robots.txt among them. */
  readonly requests: number;
  readonly robots: number;
  /** Answers with 503. */
  readonly refused: number;
  /** Pages that were answered with 200 more than once. */
  readonly again: number;
  /** Those of them that were not the last ones that were asked for before a kill. Should be 0. */
  readonly unexplained: number;
  /** Slices that have sent nothing. */
  readonly idle: number;
  /** The least time between two requests in the server's log, in seconds. */
  readonly leastGap: number;
  /** Items that are missing, foreign or there twice. Should be 0. */
  readonly harm: number;
}

/** Runs slices until the crawl has finished; each ends with `--timeout`, or is killed at some moment before. */
export async function crawlInSlices(options: SlicesOptions): Promise<SlicesReport> {
  const { seed, pages, slice, crawlDelay, kills, busy, most, onSlice } = options;
  const random = new Random(seed, "slices");
  const robots = `User-agent: *\nCrawl-delay: ${crawlDelay}\n`;
  await using place = await Workplace.open({ seed, robots, errorRate: busy, errorKinds: [503] });
  const spec = { seed, pages };
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "--timeout", `${slice}s`];
  const { log } = place.demo;
  /** The last request before each kill. */
  const cut: (LogEntry | undefined)[] = [];
  let slices = 0, idle = 0, hasFinished = false;
  while (!hasFinished) {
    assert.ok(slices < most, `the crawl has not finished after ${slices} slices, with ${log.length} requests`);
    const before = log.length;
    await using trawl = place.start(crawl, { patience: 1000 * slice + 60_000 });
    // While robots.txt is asked for the first time nobody knows its delay, nor can the next process.
    const isKilled = place.pages.length > 0 && random.fraction() < kills;
    if (isKilled) {
      await Promise.race([trawl.ended, sleep(1000 * slice * (0.3 + 0.7 * random.fraction()))]);
      if (trawl.kill()) cut.push(log.at(-1));
    }
    const ended = await trawl.ended;
    hasFinished = ended.code === 0;
    if (!hasFinished) ends(ended, isKilled && ended.code !== 4 ? 137 : 4);
    slices += 1;
    if (log.length === before) idle += 1;
    onSlice?.(slices, place.pages.filter(({ status }) => status === 200).length);
  }
  const answered = place.pages.filter(({ status }) => status === 200);
  const again = [...askedFor(answered)].filter(([, times]) => times > 1).map(([page]) => page);
  const excused = new Set(cut.flatMap((entry) => entry === undefined ? [] : [...askedFor([entry]).keys()]));
  const wanted = new Set(expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)));
  const found = records(place.kept("web").output);
  const distinct = new Set(found);
  return {
    slices,
    kills: cut.length,
    requests: log.length,
    robots: log.length - place.pages.length,
    refused: place.pages.filter(({ status }) => status === 503).length,
    again: again.length,
    unexplained: again.filter((page) => !excused.has(page)).length,
    idle,
    leastGap: Math.min(...log.slice(1).map(({ time }, at) => time - log[at]!.time)) / 1000,
    harm: [...wanted].filter((item) => !distinct.has(item)).length +
      [...distinct].filter((item) => !wanted.has(item)).length + found.length - distinct.size,
  };
}
