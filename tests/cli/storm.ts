/**
 * A kill storm: one crawl that is killed again and again at random instants, and then compared with one that was left
 * alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { expectedPages, type LogEntry } from "../../scripts/demo/mod.ts";
import { Random } from "../../scripts/demo/random.ts";
import { exists, lines, records, type SavedCrawl } from "./kept.ts";
import { type Ended, ends, type Running, sleep } from "./trawl.ts";
import { askedFor, Workplace } from "./workplace.ts";

export interface StormOptions {
  /** The most kills; a crawl that ends earlier takes fewer. */
  readonly kills: number;
  readonly seed: number;
  readonly format: "jsonl" | "csv" | "json";
  /** What the process is ended with, drawn each time. @default {["SIGKILL"]} */
  readonly signals?: readonly Deno.Signal[];
  readonly pages: number;
}

/** What a storm came to. All but the first three should be 0. */
export interface StormReport {
  readonly kills: number;
  readonly runs: number;
  /** Pages fetched more than once. */
  readonly again: number;
  /** Items that the uninterrupted crawl brought and this one did not, and the other way round. */
  readonly missing: number;
  readonly foreign: number;
  readonly twice: number;
  /** Lines that are no record. */
  readonly torn: number;
  /** Pages that were never asked for. */
  readonly unfetched: number;
  /** Checkpoints whose `state` did not match their counters, or whose output was shorter than they say. */
  readonly uneven: number;
  /** Times that `status` said something else than what the files show. */
  readonly misreported: number;
}

// The state grows by what each page adds, so a page that counts twice, or not at all, is found out. Some items have a
// column that others lack: a CSV file then is written once more at the end.
const spider = `export default {
  name: "storm",
  *parse(page) {
    const n = Number(new URL(page.url).pathname.split("/").at(-1));
    page.update((state) => {
      state.pages = (state.pages ?? 0) + 1;
      state.sum = (state.sum ?? 0) + n;
    });
    const url = page.css("link[rel=canonical]").attr("href");
    const late = n % 50 === 49 ? { late: true } : n % 50 === 48 ? { rare: n } : {};
    yield { url, n, title: page.css("h1").text(), text: page.css("p::text").getAll(), ...late };
    yield* page.follow("a[href]");
  },
};
`;

/** Runs a storm. What does not come to an end, or ends with another code than it should, is an error. */
export async function storm(options: StormOptions): Promise<StormReport> {
  const { kills, seed, format, pages, signals = ["SIGKILL"] } = options;
  const random = new Random(seed, format);
  await using place = await Workplace.open({ seed, latency: [2, 12] });
  const spec = { seed, pages };
  const path = place.write("storm.ts", spider);
  const crawl = ["crawl", path, "--start-url", place.demo.webUrl(spec), "--checkpoint-interval", "0.2s"];
  ends(await place.run([...crawl, "--project", "calm", "-o", `calm.${format}`]), 0);
  const wanted = records(`${place.folder}/calm.${format}`);
  assert.equal(new Set(wanted).size, pages);
  place.demo.reset();

  const file = `${place.folder}/out.${format}`;
  const kept = place.kept("storm");
  const isFinished = () => exists(file) && !kept.isPaused;
  let killed = 0, runs = 0, uneven = 0, misreported = 0;
  for (; killed < kills && !isFinished(); runs++) {
    const signal = random.pick(signals);
    await using trawl = place.start([...crawl, "-o", `out.${format}`, "-s", "concurrency=4"]);
    if (killed < kills * 0.7) await instant(trawl, random, () => place.pages.length);
    else await nearTheEnd(trawl, random, () => isAnswered(place.pages, pages));
    if (trawl.kill(signal)) killed++;
    assertCode(await trawl.ended, signal);
    if (kept.isPaused && !isEven(kept.saved, spec.pages, `${file}.part`, format)) uneven++;
    const look = (await place.status("storm")).find(({ project }) => project === "default");
    const state = isFinished() ? "finished" : kept.isPaused ? "paused" : undefined;
    if (look?.state !== state) misreported++;
  }
  if (!isFinished()) {
    ends(await place.run([...crawl, "-o", `out.${format}`]), 0);
    runs++;
    // A process that was killed at its very end may leave the folder, without a checkpoint in it.
    assert.ok(!exists(kept.checkpoint));
  }
  assert.ok(isFinished() && !exists(`${file}.part`));
  const asked = askedFor(place.pages);
  const fetched = new Set(asked.keys());
  return {
    kills: killed,
    runs,
    again: [...asked.values()].filter((times) => times > 1).length,
    ...compare(wanted, file, format),
    unfetched: keysOf(expectedPages(spec, place.demo.web)).filter((key) => !fetched.has(key)).length,
    uneven,
    misreported,
  };
}

/**
 * Waits for an instant that nobody can foresee: at the start of the process, or somewhere after some further requests.
 */
async function instant(trawl: Running, random: Random, requests: () => number): Promise<void> {
  if (random.below(5) === 0) {
    await sleep(random.below(250));
    return;
  }
  const goal = requests() + random.below(60);
  await trawl.until(`${goal} requests`, () => trawl.isOver || requests() >= goal);
  await sleep(random.below(30));
}

/** Waits until the last page has been answered, and a little: the output is being finished, renamed, or has been. */
async function nearTheEnd(trawl: Running, random: Random, isEnd: () => boolean): Promise<void> {
  const wasEnd = isEnd();
  await trawl.until("the last page", () => trawl.isOver || isEnd());
  // Where an earlier process came so far already, this one gets there when it has started.
  await sleep(random.below(40) + (wasEnd ? 110 : 0));
}

function isAnswered(log: readonly LogEntry[], pages: number): boolean {
  return log.at(-1)?.status === 200 && askedFor(log).size === pages;
}

/** A pause on the last page is the end; a signal before anybody listens ends the process as any other. */
function assertCode(ended: Ended, signal: Deno.Signal): void {
  const codes: Partial<Record<Deno.Signal, number>> = { SIGINT: 130, SIGTERM: 143, SIGKILL: 137 };
  if (ended.code !== 0) ends(ended, codes[signal] ?? -1);
}

/**
 * Whether all that a checkpoint says is of one moment: its counters, the spider's state, and the items in the output.
 */
function isEven({ crawl }: SavedCrawl, pages: number, part: string, format: StormOptions["format"]): boolean {
  const { counters, state, items, pending } = crawl;
  if ((state.pages ?? 0) !== counters.pages || counters.items !== counters.pages) return false;
  if (counters.pages === pages && Number(state.sum) !== (pages * (pages - 1)) / 2) return false;
  if (counters.pages < pages && counters.pages > 0 && pending === 0) return false;
  // After the crawl has finished the file may have its final name already.
  if (!exists(part)) return crawl.phase === "finished" || items.length === 0;
  const bytes = Deno.readFileSync(part);
  if (bytes.length < items.length) return false;
  return format !== "jsonl" ||
    lines(new TextDecoder().decode(bytes.subarray(0, items.length))).length === counters.items;
}

function compare(wanted: readonly string[], file: string, format: StormOptions["format"]) {
  let found: readonly string[], torn = 0;
  try {
    found = records(file);
  } catch (error) {
    if (format !== "jsonl") throw error;
    // Line by line, to count what is torn.
    found = Deno.readTextFileSync(file).split("\n").filter((line) => line !== "").flatMap((line) => {
      try {
        return [JSON.stringify(JSON.parse(line))];
      } catch {
        torn++;
        return [];
      }
    });
  }
  const [all, here] = [new Set(wanted), new Set(found)];
  return {
    missing: [...all].filter((line) => !here.has(line)).length,
    foreign: [...here].filter((line) => !all.has(line)).length,
    twice: found.length - here.size,
    torn,
  };
}

function keysOf(urls: readonly string[]): string[] {
  return [
    ...askedFor(urls.map((text) => {
      const { host, pathname, search } = new URL(text);
      return { time: 0, site: "web", host, path: pathname + search, method: "GET", status: 200 };
    })).keys(),
  ];
}
