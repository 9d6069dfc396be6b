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
import { complaints, resultOf } from "../tests/hostile/judge.ts";
import { type Figures, figuresOf } from "../tests/hostile/figures.ts";
import { type Hostile, topics } from "../tests/hostile/servers.ts";
import { Kept } from "../tests/cli/kept.ts";
import { Running } from "../tests/cli/trawl.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    hosts: { type: "string", default: "10" },
    pages: { type: "string", default: "1200" },
    concurrency: { type: "string", default: "16" },
    many: { type: "string", default: "1000000" },
    topics: { type: "string", default: Object.keys(topics).join(",") },
    only: { type: "string", default: "" },
    each: { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    lines: { type: "boolean", default: false },
  },
});

/** Returns a flag's value, or ends with what is wrong about it. */
function number(flag: "runs" | "hosts" | "pages" | "concurrency" | "many"): number {
  const value = Number(values[flag]);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  return refuse(`--${flag} takes a whole number of at least 1, not "${values[flag]}"`);
}

function refuse(message: string): never {
  console.error(message);
  Deno.exit(2);
}

function casesOf(names: string): readonly Case[] {
  return names.split(",").flatMap((name) => {
    if (name in topics) return topics[name as keyof typeof topics];
    return refuse(`There is no topic "${name}": ${Object.keys(topics).join(", ")}`);
  });
}

interface Group {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** What is crawled beside the healthy hosts: all at once, or one topic or case after the other. */
function groupsOf(): readonly Group[] {
  const fits = ({ name }: Case) => new RegExp(values.only).test(name);
  const asked = values.topics.split(",").map((name) => ({ name, cases: casesOf(name).filter(fits) }));
  const all = asked.flatMap(({ cases }) => cases);
  if (values.each === undefined) return [{ name: "with hostile hosts", cases: all }];
  if (values.each === "topic") return asked;
  if (values.each === "case") return all.map((each) => ({ name: each.name, cases: [each] }));
  return refuse(`--each takes "topic" or "case", not "${values.each}"`);
}

const scale: Scale = { many: number("many"), long: 10_000_000, gigabytes: 1, depth: 6 };
/** Short enough that a run ends within minutes; what a crawl does is the same with longer ones. */
const settings = [
  ...[
    "timeout=20s",
    "connectTimeout=5s",
    "idleTimeout=5s",
    "retries=1",
    "maxRetryAfter=2s",
    `depthLimit=${scale.depth}`,
  ],
  `concurrency=${number("concurrency")}`,
  ...values.set,
];

interface Run extends Figures {
  /** Seconds until the last healthy page was answered. */
  readonly healthy: number;
  /** Seconds in all. */
  readonly all: number;
  readonly exitCode: number;
  readonly complaints: readonly string[];
  readonly lines: readonly string[];
}

async function crawl(healthy: Healthy, hostile: Hostile | undefined): Promise<Run> {
  const folder = await Deno.makeTempDir({ prefix: "trawl-hostile-" });
  healthy.reset();
  const hosts = hostile?.hosts ?? [];
  // The worst order: everything hostile is met first.
  const starts = [...hosts.map(({ start }) => start), ...healthy.starts].flatMap((url) => ["--start-url", url]);
  Deno.writeTextFileSync(`${folder}/authority.pem`, hostile?.authority ?? "");
  const trust = hostile === undefined ? [] : ["--ca-file", `${folder}/authority.pem`];
  const args = [
    "crawl",
    "site",
    "--data-dir",
    folder,
    ...trust,
    ...starts,
    ...settings.flatMap((each) => ["-s", each]),
  ];
  const beganAt = performance.now();
  await using trawl = new Running(args, { env: { NO_PROXY: "*" }, patience: 1_800_000 });
  const figures = figuresOf(trawl.pid, () => healthy.log.length >= healthy.urls.length);
  const { code, stderr } = await trawl.ended;
  const all = (performance.now() - beganAt) / 1000;
  const wrong: string[] = code === 0 ? [] : [`exit code ${code}:\n${stderr.slice(-2000)}`];
  const lines: string[] = [];
  if (code === 0) {
    const result = resultOf(new Kept(`${folder}/default/site`), hosts);
    wrong.push(...complaints(result.fates, scale), ...result.strays.map(({ url, message }) => `${url}: ${message}`));
    const found = new Set(result.pages);
    const lost = healthy.urls.filter((url) => !found.has(url)).length;
    if (lost > 0 || result.pages.length !== found.size) {
      wrong.push(`${lost} healthy pages lost, ${result.pages.length - found.size} twice`);
    }
    lines.push(...result.fates.map(({ host, lines, titles }) => {
      const [line] = lines;
      const told = line === undefined ? `${titles.length} pages` : `${line.kind}: ${line.message.slice(0, 150)}`;
      return `${host.case.name.padEnd(52)} ${told}`;
    }));
  }
  await Deno.remove(folder, { recursive: true });
  const lastAt = healthy.log.at(-1)?.time ?? NaN;
  return {
    ...await figures,
    healthy: (lastAt - beganAt) / 1000,
    all,
    exitCode: code,
    complaints: wrong,
    lines,
  };
}

const row = (cells: readonly (string | number)[]) =>
  console.log(cells.map((cell, at) => at === 0 ? `${cell}`.padEnd(44) : `${cell}`.padStart(10)).join(" "));
const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;

function show(name: string, run: Run): void {
  row([name, run.healthy.toFixed(2), (healthy.urls.length / run.healthy).toFixed(0), run.cpu.toFixed(1)]
    .concat([run.peak.toFixed(0), run.all.toFixed(1), `${run.complaints.length}`]));
}

await using healthy = startHealthy({ hosts: number("hosts"), pages: number("pages"), latency: [20, 40] });
const groups = groupsOf();

row(["", "healthy s", "pages/s", "CPU s", "peak MB", "all s", "wrong"]);
const alone: Run[] = [];
let harm = 0;
const last = new Map<string, Run>();
for (const { name, cases } of groups) {
  const beside: Run[] = [];
  for (let at = 0; at < number("runs"); at++) {
    if (values.each === undefined || alone.length < number("runs")) {
      alone.push(await crawl(healthy, undefined));
      show("alone", alone.at(-1)!);
    }
    await using hostile = await startApart(scale, cases);
    const run = await crawl(healthy, hostile);
    beside.push(run);
    show(`${name} (${cases.length})`, run);
    last.set(name, run);
    harm += run.complaints.length;
  }
  const [without, with_] = [median(alone.map((run) => run.healthy)), median(beside.map((run) => run.healthy))];
  const memory = median(beside.map(({ peak }) => peak)) - median(alone.map(({ peak }) => peak));
  console.log(
    `${name}: the healthy hosts ${(100 * (1 - without / with_)).toFixed(1)} % slower, ` +
      `${memory.toFixed(0)} MB more memory (medians of ${beside.length})\n`,
  );
}
for (const [name, run] of last) {
  if (values.lines) console.log(`\n${name}:\n${run.lines.join("\n")}`);
  if (run.complaints.length > 0) console.log(`\n${name}, wrong:\n- ${run.complaints.join("\n- ")}`);
}
Deno.exitCode = harm === 0 ? 0 : 1;
