import type { Disk } from "../disk/disk.ts";
import { localDisk } from "../disk/local.ts";
import type { Level } from "../engine/events.ts";
import { printable } from "../text/safe.ts";
import { version } from "../spider/settings.ts";
import { systemClock } from "../time/clock.ts";
import { checkpoint } from "./checkpoint.ts";
import type { Context } from "./context.ts";
import { crawl } from "./crawl.ts";
import { readEnvironment } from "./environment.ts";
import { eventLine, type Told } from "./event_line.ts";
import { explain, type Explained } from "./explain.ts";
import { fetchPage } from "./fetch/fetch.ts";
import { helpOf } from "./help.ts";
import { list } from "./list.ts";
import { newSpider } from "./new.ts";
import { readArgs } from "./parse_args.ts";
import { onConsole } from "./spider_console.ts";
import { status } from "./status.ts";
import { systemTerminal, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

const commands: Readonly<Record<string, (context: Context) => Promise<number>>> = {
  crawl,
  list,
  status,
  checkpoint,
  fetch: fetchPage,
  new: newSpider,
};

/**
 * Runs a command line and returns its exit code. `builtIn` are the spiders inside the program. Errors that a user can
 * mend are shown without a stack.
 */
export async function main(
  argv: readonly string[],
  builtIn: readonly unknown[],
  disk: Disk = localDisk,
): Promise<number> {
  const terminal = systemTerminal();
  const colours = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const;
  // Standard output is for data, and a spider may print as soon as it is loaded.
  using _console = onConsole((level, line) =>
    terminal.say(`${terminal.paint(colours[level], level.padEnd(5))} ${printable(line, 2000)}`)
  );
  try {
    const args = readArgs(argv);
    if ("help" in args) {
      terminal.data(new TextEncoder().encode(helpOf(args.help)));
      return 0;
    }
    if ("version" in args) {
      terminal.print(`trawl ${version}, Deno ${Deno.version.deno}`);
      return 0;
    }
    const folder = Deno.cwd(), environment = readEnvironment(disk, folder, Deno.env.toObject());
    const context = { args, argv, terminal, builtIn, disk, clock: systemClock, folder, environment };
    // A crawl has a log for this.
    for (const message of args.command.name === "crawl" ? [] : environment.warnings) {
      terminal.say(
        wantsJson(argv)
          ? eventLine(toldBy(argv, "warn"), { type: "log", message })
          : `${terminal.paint("yellow", "warn")} ${message}`,
      );
    }
    return await commands[args.command.name]!(context);
  } catch (error) {
    terminal.live(undefined);
    // Who read standard output has read enough, as `head` does.
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    const explained = explain(error);
    if (explained === undefined) throw error;
    tell(terminal, argv, explained);
    return explained.code;
  }
}

/** Says why a command cannot be followed. */
function tell(terminal: Terminal, argv: readonly string[], { code, problems, event }: Explained): void {
  if (wantsJson(argv)) {
    terminal.say(eventLine(toldBy(argv, "error"), event));
    return;
  }
  for (const problem of problems) terminal.say(`${terminal.paint("red", "trawl:")} ${linesOf(problem)}`);
  if (code !== 2) return;
  terminal.say(`See: trawl help ${argv[0] !== undefined && argv[0] in commands ? argv[0] : ""}`.trimEnd());
}

/** Returns a problem, which may be a list of several lines, with nothing foreign in it. */
function linesOf(problem: string): string {
  return problem.split("\n").map((line) => printable(line)).join("\n");
}

/** Whether machines are told, also where the command line cannot be read. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some((word) => /^--json(?:=|$)/.test(word));
}

/** What an event has where no crawl has begun: the spider and the project are as they were given. */
function toldBy(argv: readonly string[], level: Level): Told {
  const { spider, project } = namedIn(argv);
  return { time: new Date(systemClock.wall()).toISOString(), level, spider, project };
}

function namedIn(argv: readonly string[]): Pick<Told, "spider" | "project"> {
  try {
    const args = readArgs(argv);
    if (!("command" in args)) return { spider: null, project: "default" };
    const { command, args: words, values } = args;
    const spider = { crawl: words[0], status: words[0], checkpoint: words[1] }[command.name] ?? null;
    return { spider, project: values.get("project")?.[0] ?? "default" };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { spider: null, project: "default" };
  }
}
