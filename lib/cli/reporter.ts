/**
 * Tells of a crawl: a live line on a terminal, plain lines elsewhere, JSON for machines, and all of it in a log file.
 *
 * @module
 */

import type { LineLog } from "../disk/line_log.ts";
import type { Progress } from "../engine/engine.ts";
import type { CrawlEvent, Level } from "../engine/events.ts";
import { counted } from "../text/count.ts";
import { formatDuration } from "../text/duration.ts";
import type { Clock } from "../time/clock.ts";
import { liveLine } from "./live_line.ts";
import { withoutLogins } from "../url/userinfo.ts";
import { type Event, eventLine, logLine } from "./event_line.ts";
import { LogFile } from "./log_file.ts";
import { SameErrors } from "./same_errors.ts";
import type { Terminal } from "./terminal.ts";

/** The levels of the log, the chattiest first. */
export const levels = ["debug", "info", "warn", "error"] as const satisfies readonly Level[];

export interface ReporterOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** The least level that is told. */
  readonly level: Level;
  readonly json: boolean;
  /** Standard error gets errors only. */
  readonly quiet: boolean;
  /** What has a log file gets all of it there, and on standard error errors only. */
  readonly log: LineLog | undefined;
  readonly spider: string;
  readonly project: string;
}

/** Milliseconds between two looks at the crawl: for the live line, and for a line in a log. */
const liveEvery = 200, lineEvery = 30_000;
/** The pages per second are those of so many of the last milliseconds. */
const rateWindow = 5000;

const colours = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const;

/** Takes what happens in a crawl and tells it where it should be told. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #file: LogFile | undefined;
  /** The live line is shown. */
  readonly #isLive: boolean;
  readonly #samples: { readonly at: number; readonly pages: number }[] = [];
  readonly #errors = new SameErrors();
  #progress: (() => Progress) | undefined;
  #cancelLive: () => void = () => {};
  #cancelLine: () => void = () => {};

  constructor(options: ReporterOptions) {
    const { terminal, json, quiet, log } = options;
    this.#options = options;
    this.#isLive = terminal.isLive && !json && !quiet;
    this.#file = log && new LogFile(
      log,
      (level, message) => this.#line(level, message, { type: "log", message }),
      (level, message) => terminal.say(this.#shown(level, message, { type: "log", message })),
    );
  }

  /** Shows how a crawl stands from now on, until `stop`. */
  start(progress: () => Progress): void {
    this.#progress = progress;
    this.#sample();
    if (this.#isLive) this.#showLive();
    this.#cancelLine = this.#options.clock.after(lineEvery, () => this.#showLine());
  }

  stop(): void {
    this.#cancelLive();
    this.#cancelLine();
    this.#progress = undefined;
    this.#options.terminal.live(undefined);
  }

  close(): void {
    this.#file?.close();
  }

  /** What every event of this crawl has for machines; undefined where people are told. */
  get identity(): { readonly spider: string; readonly project: string } | undefined {
    const { json, spider, project } = this.#options;
    return json ? { spider, project } : undefined;
  }

  /** Whether warnings are told on standard error. */
  get showsWarnings(): boolean {
    const { level, quiet } = this.#options;
    return isAtLeast("warn", level) && !quiet && this.#file === undefined;
  }

  /** Tells of an error in the spider's own code: to people once, however often it comes. */
  spiderError(message: string, event: Event = { type: "log", message }): void {
    const isNew = this.#errors.isNew(message);
    if (isNew || this.#options.json) {
      this.tell("error", "url" in event ? `${event["url"]}: ${message}` : message, event);
    }
  }

  /** Returns a line for each error of the spider's that came more than once. */
  repeated(): readonly string[] {
    return this.#options.json ? [] : this.#errors.lines();
  }

  /** Takes an event of the crawl. */
  readonly event = (event: CrawlEvent): void => {
    const message = errorIn(event);
    if (message !== undefined) {
      this.spiderError(message, event);
      return;
    }
    const [level, words] = wordsOf(event);
    this.tell(level, words, event);
  };

  /** Writes a line to the log. */
  log(level: Level, message: string): void {
    this.tell(level, message, { type: "log", message });
  }

  /** Says why there is no crawl, or no more of it; it ends with exit code 1. */
  refuse(message: string): void {
    this.tell("error", message, { type: "refused", message, exitCode: 1 });
  }

  /** Writes into the log file what standard error is told by somebody else. */
  record(problems: readonly string[], event: Event): void {
    for (const problem of this.#options.json ? [""] : problems) {
      this.#file?.write(this.#line("error", problem, event));
    }
  }

  /** Tells what people read as `message`, and machines as `event`. */
  tell(level: Level, message: string, event: Event): void {
    if (!isAtLeast(level, this.#options.level)) return;
    this.#file?.write(this.#line(level, message, event));
    const { terminal, quiet } = this.#options;
    const least = quiet || this.#file !== undefined ? "error" : "debug";
    if (isAtLeast(level, least)) terminal.say(this.#shown(level, message, event));
  }

  /** Tells how a crawl ended, whatever the level is set to: to people in lines, to machines as one event. */
  conclude(level: Level, lines: readonly string[], event: Event): void {
    const { terminal, json, quiet } = this.#options;
    if (json) {
      const line = this.#line(level, "", event);
      this.#file?.write(line);
      if (this.#file === undefined || level === "error") terminal.say(line);
      return;
    }
    for (const line of lines) {
      this.#file?.write(this.#line("info", uncoloured(line), event));
      // Who looks at the live line sees it come to an end.
      if (!quiet && (this.#file === undefined || terminal.isLive)) terminal.say(withoutLogins(line));
    }
  }

  /** Returns a line of the log, as it is in a file. */
  #line(level: Level, message: string, event: Event): string {
    const { clock, json, spider, project } = this.#options;
    const time = new Date(clock.wall()).toISOString();
    if (json) return eventLine({ time, level, spider, project }, event);
    return logLine(time, level, message);
  }

  /** Returns the same as it is on standard error. */
  #shown(level: Level, message: string, event: Event): string {
    const line = this.#line(level, message, event);
    if (this.#options.json) return line;
    const { paint } = this.#options.terminal;
    const [time, text] = [line.slice(11, 19), line.slice("2026-11-21T12:33:40.932Z error ".length)];
    return `${paint("dim", time)} ${paint(colours[level], level.padEnd(5))} ${text}`;
  }

  #showLive(): void {
    const progress = this.#progress?.();
    if (progress === undefined) return;
    const { terminal, clock } = this.#options;
    const rate = this.#sample();
    terminal.live((columns) => liveLine(progress, rate, columns));
    this.#cancelLive = clock.after(liveEvery, () => this.#showLive());
  }

  #showLine(): void {
    const progress = this.#progress?.();
    if (progress === undefined) return;
    const rate = this.#sample();
    const line = liveLine(progress, rate);
    // Where the live line is, it is enough.
    if (!this.#isLive || this.#file !== undefined) this.tell("info", line, { type: "progress", ...progress, rate });
    this.#cancelLine = this.#options.clock.after(lineEvery, () => this.#showLine());
  }

  /** Returns the pages per second, of late. */
  #sample(): number {
    const pages = this.#progress?.().counters.pages ?? 0;
    const at = this.#options.clock.now();
    this.#samples.push({ at, pages });
    while (this.#samples.length > 2 && this.#samples[1]!.at < at - rateWindow) this.#samples.shift();
    const [first] = this.#samples;
    return at === first!.at ? 0 : (1000 * (pages - first!.pages)) / (at - first!.at);
  }
}

function isAtLeast(level: Level, least: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(least);
}

/** Returns a line without its colours. */
function uncoloured(line: string): string {
  // deno-lint-ignore no-control-regex
  return line.replace(/\x1b\[\d+m/g, "");
}

/** Returns an error in the spider's own code in words, without its page; undefined for every other event. */
function errorIn(event: CrawlEvent): string | undefined {
  if (event.type === "rejected") return event.message;
  if (event.type !== "given-up" || event.failure.kind !== "callback") return undefined;
  const { message, at } = event.failure;
  return at === undefined ? message : `${message} (${at})`;
}

function wordsOf(event: CrawlEvent): readonly [Level, string] {
  switch (event.type) {
    case "page":
      return [
        "debug",
        `${event.status} ${event.url}: ${counted(event.items, "item")}, ${counted(event.links, "link")}`,
      ];
    case "redirect":
      return ["debug", `${event.url} redirects to ${event.to}`];
    case "retry": {
      const wait = formatDuration(event.seconds);
      return ["debug", `${event.url}: ${event.failure.message}; attempt ${event.attempt + 1} in ${wait}`];
    }
    case "given-up": {
      // Dead links are everyday: they are in the failures file, and not worth a line each.
      const isDeadLink = event.failure.status === 404 || event.failure.status === 410;
      return [isDeadLink ? "debug" : "warn", `${event.url} is given up: ${event.failure.message}`];
    }
    case "forbidden":
      return ["debug", `${event.url} is left out: ${event.message}`];
    case "rejected":
      return ["error", `${event.url}: ${event.message}`];
    case "saved":
      return ["debug", `checkpoint ${event.generation}: ${counted(event.bytes, "byte")}`];
    case "outage": {
      const wait = formatDuration(event.seconds);
      return [
        "warn",
        `The network seems down (${event.message}): nothing is requested; ${event.host} is tried in ${wait}`,
      ];
    }
    case "log":
      return [event.level, event.url === undefined ? event.message : `${event.url}: ${event.message}`];
  }
}
