/**
 * A crawl in time slices of three seconds of a site with `Crawl-delay: 2`, where pages answer 503 at first and slices
 * are killed: `deno task slices [--pages 120] [--slices 100] [--seed 1]`.
 *
 * Runs `main.ts`, or the program that `TRAWL_BINARY` names. Exits with 1 when the crawl has not finished after so many
 * slices, when an item is missing or there twice, when a page was answered twice that was not in flight, or answered
 * within the last second, at a kill, or when the server was asked sooner than it says.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { crawlInSlices } from "../tests/cli/slices.ts";

const { values } = parseArgs({
  options: {
    pages: { type: "string", default: "120" },
    slices: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
  },
});
const [pages, most, seed] = [Number(values.pages), Number(values.slices), Number(values.seed)];
const crawlDelay = 2;

const report = await crawlInSlices({
  seed,
  pages,
  slice: 3,
  crawlDelay,
  kills: 0.2,
  busy: 0.1,
  most,
  onSlice: (slices, pages) => console.log(`${slices} slices, ${pages} pages`),
});
console.log(report);
const { unexplained, harm, leastGap } = report;
const isRight = unexplained === 0 && harm === 0 && leastGap >= crawlDelay;
console.log(isRight ? "nothing lost, nothing twice, nothing too soon" : "not as promised");
Deno.exitCode = isRight ? 0 : 1;
