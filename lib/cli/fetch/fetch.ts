/**
 * `trawl fetch`: one page, as the crawler sees it.
 *
 * What is asked for (matches, the body, an object) goes to standard output, and all else to standard error. Where
 * nothing is asked for, the status and the headers are the data, unless people look at standard output as well.
 *
 * @module
 */

import type { RobotsGate } from "../../engine/robots_gate.ts";
import { TooManyElementsError } from "../../html/parse.ts";
import type { Failure } from "../../model/outcome.ts";
import type { Response } from "../../model/response.ts";
import { blockOf } from "../../net/proxy/block.ts";
import { SelectorError } from "../../select/selector_error.ts";
import { Page } from "../../spider/page.ts";
import { counted } from "../../text/count.ts";
import { printable } from "../../text/safe.ts";
import { formatSize } from "../../text/size.ts";
import type { Clock } from "../../time/clock.ts";
import { adviceFor } from "./advice.ts";
import type { Context } from "../context.ts";
import { type FetchAsked, type Query, readFetch } from "./fetch_asked.ts";
import { headerLines, hopLine, reportLines, statusLine } from "./fetch_report.ts";
import { type Fetched, fetchedOf, notFetched, type Steps, type Verdicts } from "./fetched.ts";
import { follow, type Hop, type Journey } from "./follow.ts";
import { shownPath } from "../shown_path.ts";
import { requireFree } from "../take_output.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";
import { wireFetch } from "./wire_fetch.ts";

/** Runs the command: 0 for a page on which something is found, where something is looked for; else 1. */
export async function fetchPage(context: Context): Promise<number> {
  const asked = await readFetch(context);
  const { terminal, clock } = context;
  if (asked.output !== undefined && asked.output !== "-") await requireFree(context, asked.output);
  const warn = (message: string) => terminal.say(`${terminal.paint("yellow", "warn")} ${message}`);
  const { blocks, robots, ...parts } = wireFetch(asked, clock, warn);
  const onHop = (hop: Hop) => asked.json ? undefined : terminal.say(hopLine(hop, terminal.paint));
  try {
    const journey = await follow(asked.request, asked.settings, { ...parts, clock, onHop });
    if (journey.failure !== undefined) return fail(terminal, asked, journey, journey.failure);
    const { response } = journey.hops.at(-1)!;
    const beganAt = clock.now();
    const refusal = robots && await refusalOf(journey, robots);
    const verdicts = {
      blocked: blockOf(response, blocks),
      robots: robots && { refusal, seconds: (clock.now() - beganAt) / 1000 },
    };
    try {
      return await show(context, asked, journey.hops, verdicts);
    } catch (error) {
      if (!(error instanceof TooManyElementsError)) throw error;
      return fail(terminal, asked, journey, { kind: "too-large", message: error.message });
    }
  } finally {
    parts.downloads.close();
  }
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function fail(terminal: Terminal, { request: { url }, json }: FetchAsked, journey: Journey, failure: Failure): number {
  const advice = adviceFor(failure, journey.hops.at(-1)?.response.url ?? url);
  if (json) {
    terminal.json(notFetched(url, journey, failure));
  } else {
    terminal.say(`${terminal.paint("red", failure.kind)} ${failure.message}`);
    if (advice !== undefined) terminal.say(advice);
  }
  return 1;
}

/** Asks the robots.txt of every origin on the way, as a crawl would have done before; returns why it would not go on. */
async function refusalOf({ hops }: Journey, robots: RobotsGate): Promise<string | undefined> {
  for (const { request: { url } } of hops) {
    while (robots.mustAsk(url)) {
      const learned = robots.learn(url, await robots.ask(url));
      if (learned.kind === "failed") robots.refuse(url, learned.failure);
    }
    const refusal = robots.refusal(url);
    if (refusal !== undefined) return refusal.message;
  }
  return undefined;
}

async function show(
  context: Context,
  asked: FetchAsked,
  hops: readonly Hop[],
  verdicts: Verdicts,
): Promise<number> {
  const { terminal } = context;
  const { settings, output } = asked;
  const hop = hops.at(-1)!;
  const { request, response } = hop;
  const { maxElements } = settings;
  const page = new Page({ request, response, callbacks: [], state: () => ({}), log: silent, maxElements });
  const { matches, ...steps } = read(page, asked.query, context.clock);
  const isWanted = (page.status >= 200 && page.status <= 299) || settings.handleStatuses.includes(page.status);
  const isPage = isWanted && verdicts.blocked === undefined;
  const fetched = fetchedOf(page, hop, hops.slice(0, -1), verdicts, steps);
  if (output !== undefined && output !== "-") await save(context, output, page.bytes);
  if (asked.json) {
    terminal.json({ ...fetched, ...matches && { matches }, ...asked.body && { body: page.text } });
  } else {
    const isAll = matches === undefined && !asked.body && output === undefined;
    report(context, fetched, response, { isPage, isData: isAll && !terminal.isDataLive });
    if (matches !== undefined) printMatches(terminal, matches);
    if (output === "-") terminal.data(page.bytes);
    if (asked.body && !printBody(terminal, page)) return 1;
  }
  return isPage && matches?.length !== 0 ? 0 : 1;
}

/** Reads a page as a callback would, step by step; `matches` are what a query finds, where there is one. */
function read(
  page: Page,
  query: Query | undefined,
  clock: Clock,
): Steps & { readonly matches: readonly string[] | undefined } {
  const timed = (work: () => unknown) => {
    const beganAt = clock.now();
    work();
    return (clock.now() - beganAt) / 1000;
  };
  const decode = timed(() => page.text);
  if (query === undefined) return { matches: undefined, decode, parse: null, select: null };
  // The least that needs the whole tree.
  const parse = timed(() => page.xpath("/*"));
  let matches: readonly string[] = [];
  const select = timed(() => matches = matchesOf(page, query));
  return { matches, decode, parse, select };
}

function matchesOf(page: Page, query: Query): readonly string[] {
  try {
    return page[query.language](query.text).getAll();
  } catch (error) {
    // Some expressions go wrong only where there is something to look at.
    if (!(error instanceof SelectorError)) throw error;
    throw new UsageError([`--${query.language}: ${error.message}`]);
  }
}

/** Tells all about a page; `isData`: the status and the headers go to standard output. */
function report(
  { terminal, clock }: Context,
  fetched: Fetched,
  response: Response,
  { isPage, isData }: { readonly isPage: boolean; readonly isData: boolean },
): void {
  const tell = (line: string) => isData ? terminal.print(line) : terminal.say(line);
  const paint: Terminal["paint"] = isData ? (_, text) => text : terminal.paint;
  tell(statusLine(response, isPage, paint));
  for (const line of reportLines(fetched, clock.wall(), terminal.paint)) terminal.say(line);
  terminal.say("");
  for (const line of headerLines(response.headers, paint)) tell(line);
}

function printMatches(terminal: Terminal, matches: readonly string[]): void {
  terminal.say(`\n${counted(matches.length, "match", "matches")}`);
  for (const match of matches) terminal.print(terminal.isDataLive ? printable(match) : match);
}

/** Prints the body as text; says so and returns false when it is none. */
function printBody(terminal: Terminal, page: Page): boolean {
  const { text } = page;
  if (text.includes("\0")) {
    terminal.say("\nThe body is no text. To have its bytes: --output FILE");
    return false;
  }
  terminal.say("");
  // What would move the cursor of a terminal is written out; lines and tabs stay.
  const shown = terminal.isDataLive ? text.replace(/[^\n\t]+/g, (part) => printable(part)) : text;
  terminal.data(new TextEncoder().encode(shown === "" || shown.endsWith("\n") ? shown : `${shown}\n`));
  return true;
}

/** Writes a body into a file, which has its name when it is whole. */
async function save({ disk, terminal, folder }: Context, path: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  // Not `.part`: that is a crawl's.
  const temporary = `${path}.${Deno.pid}.tmp`;
  try {
    const file = disk.append(temporary, 0);
    try {
      file.write(body);
    } finally {
      file.close();
    }
    await disk.rename(temporary, path);
  } catch (error) {
    // What is said is why it could not be written.
    await disk.remove(temporary).catch(() => {});
    throw error;
  }
  terminal.say(`Wrote ${formatSize(body.length)} to ${shownPath(path, folder)}`);
}
