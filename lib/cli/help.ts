import { type Command, commands, type Flag } from "./flags.ts";

const examples = `Try a spider, then run it; the same command continues it after Ctrl+C, a crash or a power cut:
  trawl crawl quotes --limit 10
  trawl crawl quotes

Exit codes: 0 finished, 1 failed (or more pages did than --max-failed allows, or every item was rejected), 2 usage error,
3 another process is crawling this spider, 4 paused by --timeout, by an outage or by the reader of -o -, 130 or 143 paused
by Ctrl+C or SIGTERM, 137 ended because the spider did not let a signal or the end of its time be heard. All but 0 keep
the checkpoint.`;

/** Returns the help of a command, or of all. */
export function helpOf(command: Command | undefined): string {
  if (command !== undefined) {
    const flags = columns(command.flags.map((flag) => [written(flag), flag.about]));
    const title = `trawl ${command.name} ${command.args}`.trimEnd();
    return `${title}\n  ${command.about}\n${flags === "" ? "" : `\n${flags}`}`;
  }
  const rows = columns(commands.map(({ name, args, about }) => [`trawl ${name} ${args}`.trimEnd(), about]));
  return `trawl crawls websites, and can be killed at any time.\n\n${rows}\nFlags of a command: trawl help <command>. The version: trawl --version\n\n${examples}\n`;
}

function written({ name, short, value }: Flag): string {
  return `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
}
