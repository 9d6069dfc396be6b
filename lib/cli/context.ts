import type { Disk } from "../disk/disk.ts";
import type { Clock } from "../time/clock.ts";
import type { Environment } from "./environment.ts";
import type { Args } from "./parse_args.ts";
import type { Terminal } from "./terminal.ts";
import type { Watchdog } from "./watchdog/watchdog.ts";

/** What every command gets. */
export interface Context {
  readonly args: Args;
  /** The command line as it was given. */
  readonly argv: readonly string[];
  readonly terminal: Terminal;
  readonly disk: Disk;
  readonly clock: Clock;
  /** The spiders inside the program. */
  readonly builtIn: readonly unknown[];
  /** The current folder. */
  readonly folder: string;
  readonly environment: Environment;
  /** Begins the thread that watches over a crawl. @default {nobody watches} */
  readonly openWatchdog?: () => Watchdog;
}

/** The context of a crawl: that of a command, and who watches over it. */
export interface CrawlContext extends Context {
  readonly watchdog: Watchdog | undefined;
}

/** How long a lock is waited for before another process is taken to have it, in milliseconds. */
const lockPatience = 1000;

/** Returns a promise that ends when a lock has been waited for long enough. */
export function patience(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(lockPatience, resolve));
}
