/**
 * What is said where no crawl has a log yet, or ever: in words for people, or with `--json` as events.
 *
 * @module
 */

import type { Level } from "../engine/events.ts";
import { printable } from "../text/safe.ts";
import type { Clock } from "../time/clock.ts";
import { withoutLogins } from "../url/userinfo.ts";
import { type Event, eventLine } from "./event_line.ts";
import type { Explained } from "./explain.ts";
import { commands } from "./flags.ts";
import { readArgs } from "./parse_args.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

const colours = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const;

/** Speaks on standard error of a command line as a whole. */
export class Notices {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #argv: readonly string[];

  constructor(terminal: Terminal, clock: Clock, argv: readonly string[]) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#argv = argv;
  }

  /** Says something that keeps nothing from going on. */
  log(level: Level, message: string): void {
    const { paint } = this.#terminal;
    if (this.#isForMachines) this.#event(level, { type: "log", message });
    else this.#terminal.say(`${paint(colours[level], level.padEnd(5))} ${printable(withoutLogins(message), 2000)}`);
  }

  /** Says why a command cannot be followed. */
  refuse({ code, problems, event }: Explained): void {
    if (this.#isForMachines) {
      this.#event("error", event);
      return;
    }
    for (const problem of problems) this.#terminal.say(`${this.#terminal.paint("red", "trawl:")} ${linesOf(problem)}`);
    if (code !== 2) return;
    const command = commands.find(({ name }) => name === this.#argv[0])?.name ?? "";
    this.#terminal.say(`See: trawl help ${command}`.trimEnd());
  }

  /** Also where the command line cannot be read. */
  get #isForMachines(): boolean {
    return this.#argv.some((word) => /^--json(?:=|$)/.test(word));
  }

  #event(level: Level, event: Event): void {
    const time = new Date(this.#clock.wall()).toISOString();
    this.#terminal.say(eventLine({ time, level, ...namedIn(this.#argv) }, event));
  }
}

/** Returns the spider and the project as they were given. */
export function namedIn(argv: readonly string[]): { readonly spider: string | null; readonly project: string } {
  const none = { spider: null, project: "default" };
  try {
    const args = readArgs(argv);
    if (!("command" in args)) return none;
    const { command, args: words, values } = args;
    const spider = { crawl: words[0], status: words[0], checkpoint: words[1] }[command.name] ?? null;
    return { spider, project: values.get("project")?.[0] ?? none.project };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return none;
  }
}

/** Returns a problem, which may be a list of several lines, with nothing foreign in it. */
function linesOf(problem: string): string {
  return problem.split("\n").map((line) => printable(line)).join("\n");
}
