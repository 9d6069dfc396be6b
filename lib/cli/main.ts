import { LockedError } from "../checkpoint/lock.ts";
import { type Disk, DiskError } from "../disk/disk.ts";
import { localDisk } from "../disk/local.ts";
import { version } from "../spider/settings.ts";
import { printable } from "../text/safe.ts";
import { systemClock } from "../time/clock.ts";
import { checkpoint } from "./checkpoint.ts";
import type { Context } from "./context.ts";
import { crawl } from "./crawl.ts";
import { readEnvironment } from "./environment.ts";
import { fetchPage } from "./fetch/fetch.ts";
import { helpOf } from "./help.ts";
import { list } from "./list.ts";
import { newSpider } from "./new.ts";
import { readArgs } from "./parse_args.ts";
import { onConsole } from "./spider_console.ts";
import { status } from "./status.ts";
import { systemTerminal } from "./terminal.ts";
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
    for (const warning of args.command.name === "crawl" ? [] : environment.warnings) {
      terminal.say(`${terminal.paint("yellow", "warn")} ${warning}`);
    }
    return await commands[args.command.name]!(context);
  } catch (error) {
    terminal.live(undefined);
    if (error instanceof UsageError) {
      for (const problem of error.problems) terminal.say(`${terminal.paint("red", "trawl:")} ${problem}`);
      terminal.say(`See: trawl help ${argv[0] !== undefined && argv[0] in commands ? argv[0] : ""}`.trimEnd());
      return 2;
    }
    if (error instanceof LockedError) {
      terminal.say(`${terminal.paint("red", "trawl:")} ${error.message}`);
      return 3;
    }
    // Who read standard output has read enough, as `head` does.
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    if (error instanceof DiskError) {
      terminal.say(`${terminal.paint("red", "trawl:")} ${error.message}`);
      return 1;
    }
    throw error;
  }
}
