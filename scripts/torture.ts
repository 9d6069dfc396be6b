/**
 * The kill storm of the tests with any number of kills: crawls that are killed at random instants until enough kills
 * have been, each compared with one that was left alone. `deno run -A scripts/torture.ts --kills 200 --seed 7`
 *
 * Runs `main.ts`, or the program that `TRAWL_BINARY` names. Exits with 1 when an item was lost or repeated.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { storm, type StormOptions } from "../tests/cli/storm.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    pages: { type: "string", default: "800" },
  },
});

/** Returns a flag's value, or ends with what is wrong about it. */
function number(flag: "kills" | "seed" | "pages", least: number): number {
  const value = Number(values[flag]);
  if (Number.isSafeInteger(value) && value >= least) return value;
  console.error(`--${flag} takes a whole number of at least ${least}, not "${values[flag]}"`);
  Deno.exit(2);
}

const [kills, first, pages] = [number("kills", 1), number("seed", 0), number("pages", 1)];
const formats = ["jsonl", "csv", "json"] as const;
/** The first three rows are all SIGKILL, the next three are mixed, and so on. */
const mixed: readonly Deno.Signal[] = ["SIGKILL", "SIGKILL", "SIGTERM", "SIGINT"];
const columns = ["seed", "feed", "signals", "kills", "runs", "pages", "again", "missing", "foreign", "twice", "torn"];
const more = ["unfetched", "uneven", "misreported"];
const row = (cells: readonly (string | number)[]) => console.log(cells.map((cell) => `${cell}`.padStart(8)).join(" "));

row([...columns, ...more]);
let total = 0, harm = 0;
for (let at = 0; total < kills; at++) {
  const format = formats[at % formats.length]!;
  const all = Math.floor(at / formats.length) % 2 === 1;
  // A crawl takes a dozen kills or two before it has ended in spite of them.
  const options: StormOptions = {
    kills: Math.min(20, kills - total),
    seed: first + at,
    format,
    pages,
    ...(all ? { signals: mixed } : {}),
  };
  const report = await storm(options);
  const { missing, foreign, twice, torn, unfetched, uneven, misreported } = report;
  total += report.kills;
  harm += missing + foreign + twice + torn + unfetched + uneven + misreported;
  row([options.seed, format, all ? "mixed" : "KILL", report.kills, report.runs, pages, report.again]
    .concat([missing, foreign, twice, torn, unfetched, uneven, misreported]));
}
console.log(`\n${total} kills, ${harm === 0 ? "nothing lost, nothing twice" : `${harm} faults`}`);
Deno.exitCode = harm === 0 ? 0 : 1;
