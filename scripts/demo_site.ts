/**
 * Serves the demo site until Ctrl+C, to try a spider on: `deno run -A scripts/demo_site.ts --port 8000 --latency 50`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Demo, type DemoOptions, startDemo, type WebSpec } from "./demo/mod.ts";

const usage = `Usage: deno run -A scripts/demo_site.ts [options]

  --port N          the index; the sites get the ports after it (default: any that are free)
  --hosts N         hosts of the generated web (1)
  --pages N         pages of the generated web (1000)
  --links N         links on each of its pages (10)
  --seed N          what the web holds and which pages fail (1)
  --latency MS      wait before each answer (0)
  --error-rate X    share of the pages that fail at first, from 0 to 1 (0)
  --error-times N   how often a failing page fails (1)
  --robots TEXT     robots.txt of every host; \\n begins a new line (none)
`;

const mistakes: string[] = [];
let values: Readonly<Record<string, string | boolean | undefined>> = {};
try {
  const text = { type: "string" } as const;
  values = parseArgs({
    options: {
      port: text,
      hosts: text,
      pages: text,
      links: text,
      seed: text,
      latency: text,
      "error-rate": text,
      "error-times": text,
      robots: text,
      help: { type: "boolean", short: "h" },
    },
  }).values;
} catch (error) {
  mistakes.push((error as Error).message);
}

/** Returns the number that a flag was given, or `otherwise`. */
function number(flag: string, otherwise: number, { least = 0, most = 1e9, whole = true } = {}): number {
  const given = values[flag];
  const value = given === undefined ? otherwise : Number(given);
  if (given === "" || !(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    mistakes.push(`--${flag} takes a ${whole ? "whole " : ""}number from ${least} to ${most}, not "${given}"`);
  }
  return value;
}

const hosts = number("hosts", 1, { least: 1, most: 1000 });
const seed = number("seed", 1);
const spec: WebSpec = {
  seed,
  hosts,
  pages: number("pages", 1000, { least: 1 }),
  links: number("links", 10, { least: 1, most: 1000 }),
};
const options: DemoOptions = {
  port: number("port", 0, { most: 65000 }),
  hosts,
  seed,
  latency: number("latency", 0, { most: 600_000 }),
  errorRate: number("error-rate", 0, { most: 1, whole: false }),
  errorTimes: number("error-times", 1),
  keepLog: false,
  ...(typeof values.robots === "string" ? { robots: values.robots.replaceAll("\\n", "\n") } : {}),
};

if (values.help) {
  console.log(usage);
} else if (mistakes.length > 0) {
  console.error(`${mistakes.join("\n")}\n\n${usage}`);
  Deno.exitCode = 2;
} else {
  await serve(await startDemo(options));
}

async function serve(demo: Demo): Promise<void> {
  console.log(`index    ${demo.url}`);
  console.log(`quotes   ${demo.quotes}`);
  console.log(`books    ${demo.books}`);
  console.log(`web      ${demo.webUrl(spec)}`);
  console.log("Ctrl+C stops it.");
  await new Promise<void>((resolve) => Deno.addSignalListener("SIGINT", resolve));
  await demo.close();
  Deno.exit(0);
}
