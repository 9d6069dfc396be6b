/**
 * What hostile servers cost: crawls ten healthy hosts alone and beside every hostile case, in turn, and prints how long
 * the healthy pages took and how much memory the crawl needed. `deno task hostile --runs 3`
 *
 * The servers are other threads and another process than the crawl. Runs `main.ts`, or the program that `TRAWL_BINARY`
 * names. Exits with 1 when a page was lost or a case did not end as it must.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { startApart } from "../tests/hostile/apart.ts";
import type { Case, Scale } from "../tests/hostile/case.ts";
import { type Healthy, startHealthy } from "../tests/hostile/healthy.ts";
import { complaints, type Fate, type Result, resultOf } from "../tests/hostile/judge.ts";
import { type Figures, figuresOf } from "../tests/hostile/figures.ts";
import { type Hostile, topics } from "../tests/hostile/servers.ts";
import { Kept } from "../tests/cli/kept.ts";
import { Running } from "../tests/cli/trawl.ts";
import { counted } from "../lib/text/count.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    hosts: { type: "string", default: "10" },
    pages: { type: "string", default: "1200" },
    concurrency: { type: "string", default: "16" },
    // The elements, attributes and links of a giant page.
    many: { type: "string", default: "1000000" },
    "max-elements": { type: "string", default: "100000" },
    topics: { type: "string", default: Object.keys(topics).join(",") },
    // A regular expression on the names of the cases.
    only: { type: "string", default: "" },
    // "topic" or "case": one after the other, and not all at once.
    each: { type: "string", default: "" },
    // A setting of the crawl, key=value.
    set: { type: "string", multiple: true, default: [] },
    // Also prints what became of each case.
    lines: { type: "boolean", default: false },
  },
});

/** Returns a flag's value, or ends with what is wrong about it. */
function number(flag: "runs" | "hosts" | "pages" | "concurrency" | "many" | "max-elements"): number {
  const value = Number(values[flag]);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  return refuse(`--${flag} takes a whole number of at least 1, not "${values[flag]}"`);
}

function refuse(message: string): never {
  console.error(message);
  Deno.exit(2);
}

interface Group {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** What is crawled beside the healthy hosts: all at once, or one topic or case after the other. */
function groupsOf(): readonly Group[] {
  const fits = ({ name }: Case) => new RegExp(values.only).test(name);
  const asked = values.topics.split(",").map((name): Group => {
    if (!Object.hasOwn(topics, name)) refuse(`There is no topic "${name}": ${Object.keys(topics).join(", ")}`);
    return { name, cases: topics[name as keyof typeof topics].filter(fits) };
  });
  const cases = asked.flatMap(({ cases }) => cases);
  if (values.each === "") return [{ name: "beside hostile hosts", cases }];
  if (values.each === "topic") return asked;
  if (values.each === "case") return cases.map((each) => ({ name: each.name, cases: [each] }));
  return refuse(`--each takes "topic" or "case", not "${values.each}"`);
}

const scale: Scale = {
  many: number("many"),
  maxElements: number("max-elements"),
  long: 10_000_000,
  gigabytes: 1,
  depth: 6,
};

const settings = [
  // Short enough that a run ends within minutes; what a crawl does is the same with longer ones.
  ...["timeout=20s", "connectTimeout=5s", "idleTimeout=5s", "retries=1", "maxRetryAfter=2s"],
  ...[`depthLimit=${scale.depth}`, `maxElements=${scale.maxElements}`, `concurrency=${number("concurrency")}`],
  ...values.set,
].flatMap((setting) => ["-s", setting]);

interface Run extends Figures {
  /** Seconds until the last healthy page was answered. */
  readonly healthy: number;
  /** Seconds in all. */
  readonly all: number;
  readonly wrong: readonly string[];
  /** What became of each case. */
  readonly lines: readonly string[];
}

async function crawl(healthy: Healthy, hostile: Hostile | undefined): Promise<Run> {
  const folder = await Deno.makeTempDir({ prefix: "trawl-hostile-" });
  try {
    healthy.reset();
    const hosts = hostile?.hosts ?? [], trust = `${folder}/authority.pem`;
    if (hostile !== undefined) Deno.writeTextFileSync(trust, hostile.authority);
    // The worst order: everything hostile is met first.
    const starts = [...hosts.map(({ start }) => start), ...healthy.starts].flatMap((url) => ["--start-url", url]);
    const args = ["crawl", "site", "--data-dir", folder, ...(hostile === undefined ? [] : ["--ca-file", trust])];
    const beganAt = performance.now();
    await using trawl = new Running([...args, ...starts, ...settings], { env: { NO_PROXY: "*" }, patience });
    const figures = figuresOf(trawl.pid, () => healthy.log.length >= healthy.urls.length);
    const { code, stderr } = await trawl.ended;
    const times = {
      healthy: ((healthy.log.at(-1)?.time ?? NaN) - beganAt) / 1000,
      all: (performance.now() - beganAt) / 1000,
    };
    if (code !== 0) {
      return { ...await figures, ...times, wrong: [`exit code ${code}:\n${stderr.slice(-2000)}`], lines: [] };
    }
    const result = resultOf(new Kept(`${folder}/default/site`), hosts, scale);
    return { ...await figures, ...times, wrong: wrongIn(result, healthy), lines: result.fates.map(lineOf) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function wrongIn({ fates, pages, strays }: Result, healthy: Healthy): string[] {
  const found = new Set(pages);
  const lost = healthy.urls.filter((url) => !found.has(url)).length, twice = pages.length - found.size;
  return [
    ...complaints(fates),
    ...strays.map(({ url, message }) => `${url}: ${message}`),
    ...(lost + twice > 0 ? [`${lost} healthy pages lost, ${twice} twice`] : []),
  ];
}

function lineOf({ host, lines: [line], titles }: Fate): string {
  const told = line === undefined ? counted(titles.length, "page") : `${line.kind}: ${line.message.slice(0, 150)}`;
  return `${host.case.name.padEnd(52)} ${told}`;
}

/** How long a crawl may take, in milliseconds. */
const patience = 1_800_000;

function show(name: string, cells: readonly string[]): void {
  console.log([name.padEnd(48), ...cells.map((cell) => cell.padStart(10))].join(" "));
}

function showRun(name: string, { healthy: seconds, cpu, peak, all, wrong }: Run): void {
  const rate = healthy.urls.length / seconds;
  show(name, [seconds.toFixed(2), rate.toFixed(0), cpu.toFixed(1), peak.toFixed(0), all.toFixed(1), `${wrong.length}`]);
}

function median(runs: readonly Run[], figure: (run: Run) => number): number {
  return runs.map(figure).sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? NaN;
}

await using healthy = startHealthy({ hosts: number("hosts"), pages: number("pages"), latency: [20, 40] });
const alone: Run[] = [], ends: string[] = [];
show("", ["healthy s", "pages/s", "CPU s", "peak MB", "all s", "wrong"]);
for (const { name, cases } of groupsOf()) {
  const beside: Run[] = [];
  while (beside.length < number("runs")) {
    // Groups that come one after the other share what they are compared with.
    if (values.each === "" || alone.length < number("runs")) {
      alone.push(await crawl(healthy, undefined));
      showRun("alone", alone.at(-1)!);
    }
    await using hostile = await startApart(scale, cases);
    beside.push(await crawl(healthy, hostile));
    showRun(`${name} (${cases.length})`, beside.at(-1)!);
  }
  const slower = 1 - median(alone, (run) => run.healthy) / median(beside, (run) => run.healthy);
  const larger = median(beside, ({ peak }) => peak) - median(alone, ({ peak }) => peak);
  show(`${name}, medians of ${beside.length}:`, [
    `${(100 * slower).toFixed(1)} % less`,
    "",
    "",
    `+${larger.toFixed(0)}`,
  ]);
  if (values.lines) ends.push(`\n${name}:`, ...beside.at(-1)!.lines);
  ends.push(...new Set(beside.flatMap(({ wrong }) => wrong.map((each) => `WRONG ${each}`))));
}
console.log(ends.join("\n"));
Deno.exitCode = ends.some((line) => line.startsWith("WRONG")) ? 1 : 0;
