import type { Disk } from "../disk/disk.ts";
import { localDisk } from "../disk/local.ts";
import { version } from "../spider/settings.ts";
import { systemClock } from "../time/clock.ts";
import { checkpoint } from "./checkpoint.ts";
import type { Context } from "./context.ts";
import { crawl } from "./crawl.ts";
import { readEnvironment } from "./environment.ts";
import { explain } from "./explain.ts";
import { fetchPage } from "./fetch/fetch.ts";
import { helpOf } from "./help.ts";
import { list } from "./list.ts";
import { newSpider } from "./new.ts";
import { Notices } from "./notices.ts";
import { readArgs } from "./parse_args.ts";
import { onConsole } from "./spider_console.ts";
import { status } from "./status.ts";
import { systemTerminal } from "./terminal.ts";
import { Watchdog } from "./watchdog/watchdog.ts";

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
  const notices = new Notices(terminal, systemClock, argv);
  // Standard output is for data, and a spider may print as soon as it is loaded.
  using _console = onConsole((level, line) => notices.log(level, line));
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
    const openWatchdog = () => new Watchdog(systemClock);
    const context = { args, argv, terminal, builtIn, disk, clock: systemClock, folder, environment, openWatchdog };
    // A crawl has a log for this.
    for (const warning of args.command.name === "crawl" ? [] : environment.warnings) notices.log("warn", warning);
    return await commands[args.command.name]!(context);
  } catch (error) {
    terminal.live(undefined);
    // Who read standard output has read enough, as `head` does.
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    const explained = explain(error);
    if (explained === undefined) throw error;
    notices.refuse(explained);
    return explained.code;
  }
}
