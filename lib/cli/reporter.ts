/**
 * Shows a crawl: a live line on a terminal, plain lines elsewhere, JSON for machines.
 *
 * @module
 */

import type { Disk } from "../disk/disk.ts";
import type { Progress } from "../engine/engine.ts";
import type { CrawlEvent, Level } from "../engine/events.ts";
import { counted } from "../text/count.ts";
import { formatDuration } from "../text/duration.ts";
import { printable } from "../text/safe.ts";
import type { Clock } from "../time/clock.ts";
import { liveLine } from "./live_line.ts";
import type { Terminal } from "./terminal.ts";

/** The levels of the log, the chattiest first. */
export const levels = ["debug", "info", "warn", "error"] as const satisfies readonly Level[];

export interface ReporterOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly level: Level;
  readonly json: boolean;
  readonly quiet: boolean;
  /** The log goes to this file instead of the terminal. */
  readonly logFile: string | undefined;
  readonly disk: Disk;
}

/** Milliseconds between two looks at the crawl: for the live line, and for a line in a log. */
const liveEvery = 200, lineEvery = 30_000;
/** The pages per second are those of so many of the last milliseconds. */
const rateWindow = 5000;

const colours = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const;

/** Takes the events of a crawl and shows what should be seen of them. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #file: ReturnType<Disk["append"]> | undefined;
  readonly #samples: { readonly at: number; readonly pages: number }[] = [];
  #progress: (() => Progress) | undefined;
  #cancel: () => void = () => {};

  constructor(options: ReporterOptions) {
    this.#options = options;
    const { logFile, disk } = options;
    if (logFile !== undefined) this.#file = disk.append(logFile, disk.size(logFile) ?? 0);
  }

  /** Shows how a crawl stands from now on, until `stop`. */
  start(progress: () => Progress): void {
    this.#progress = progress;
    this.#tick();
  }

  stop(): void {
    this.#cancel();
    this.#progress = undefined;
    this.#options.terminal.live(undefined);
  }

  close(): void {
    this.#file?.close();
  }

  /** Takes an event of the crawl. */
  readonly event = (event: CrawlEvent): void => {
    const [level, message] = wordsOf(event);
    if (!this.#shows(level)) return;
    if (this.#options.json) this.#json({ ...event, level });
    else this.log(level, message);
  };

  /** Writes a line to the log. */
  log(level: Level, message: string): void {
    if (!this.#shows(level)) return;
    if (this.#options.json) {
      this.#json({ type: "log", level, message });
      return;
    }
    const { terminal, clock } = this.#options;
    const time = new Date(clock.wall()).toISOString();
    const text = printable(message, 2000);
    if (this.#file !== undefined) this.#write(`${time} ${level.padEnd(5)} ${text}`);
    else {terminal.say(
        `${terminal.paint("dim", time.slice(11, 19))} ${terminal.paint(colours[level], level.padEnd(5))} ${text}`,
      );}
  }

  /** Shows lines at the end, whatever the level; `machine` is what `--json` gets instead. */
  conclude(lines: readonly string[], machine: Readonly<Record<string, unknown>>): void {
    if (this.#options.json) this.#json(machine);
    else if (!this.#options.quiet) { for (const line of lines) this.#options.terminal.say(line); }
  }

  #shows(level: Level): boolean {
    return levels.indexOf(level) >= levels.indexOf(this.#options.quiet ? "error" : this.#options.level);
  }

  #json(value: unknown): void {
    const line = JSON.stringify(value);
    if (this.#file !== undefined) this.#write(line);
    else this.#options.terminal.say(line);
  }

  #write(line: string): void {
    this.#file?.write(new TextEncoder().encode(`${line}\n`));
  }

  #tick(): void {
    const { terminal, clock, json, quiet } = this.#options;
    const progress = this.#progress?.();
    if (progress === undefined || quiet) return;
    const rate = this.#rate(progress.counters.pages);
    const isLive = terminal.isLive && !json;
    if (isLive) terminal.live((columns) => liveLine(progress, rate, columns));
    else if (this.#samples.length > 1 && json) this.#json({ type: "progress", ...progress, rate });
    else if (this.#samples.length > 1) terminal.say(liveLine(progress, rate));
    this.#cancel = clock.after(isLive ? liveEvery : lineEvery, () => this.#tick());
  }

  #rate(pages: number): number {
    const at = this.#options.clock.now();
    this.#samples.push({ at, pages });
    while (this.#samples.length > 2 && this.#samples[1]!.at < at - rateWindow) this.#samples.shift();
    const [first] = this.#samples;
    return at === first!.at ? 0 : (1000 * (pages - first!.pages)) / (at - first!.at);
  }
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
    case "failed": {
      // Dead links are everyday: they are in the failures file, and not worth a line each.
      const isDeadLink = event.failure.status === 404 || event.failure.status === 410;
      return [isDeadLink ? "debug" : "warn", `${event.url} is given up: ${event.failure.message}`];
    }
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
