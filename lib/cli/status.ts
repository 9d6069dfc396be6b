import { counted } from "../text/count.ts";
import { formatDuration } from "../text/duration.ts";
import { printable } from "../text/safe.ts";
import { type Context, patience } from "./context.ts";
import { dataDirOf } from "./data_dir.ts";
import { type CrawlState, type Look, lookAt } from "./look.ts";
import { OptionReader } from "./options.ts";
import { shownPath } from "./shown_path.ts";

const colours: Readonly<Record<CrawlState, "green" | "yellow" | "red" | "cyan">> = {
  running: "cyan",
  paused: "yellow",
  damaged: "red",
  unreadable: "red",
  failed: "red",
  discarded: "yellow",
  finished: "green",
};

/** `trawl status`: what is running, paused or finished. Reads, and never changes anything. */
export async function status(context: Context): Promise<number> {
  const { args, disk, clock, terminal, folder, environment } = context;
  const options = new OptionReader(args, environment.values);
  const dataDir = dataDirOf(options, folder);
  const project = options.has("project") ? options.name("project", "default") : undefined;
  options.check();
  const looks = await lookAt(disk, dataDir, { project, spider: args.args[0] }, () => patience(clock));
  // Who names a spider asks for something that should be there.
  const code = looks.length === 0 && args.args[0] !== undefined ? 1 : 0;
  if (options.has("json")) {
    terminal.json(looks);
    return code;
  }
  if (looks.length === 0) {
    terminal.say(`Nothing has been crawled${args.args[0] === undefined ? "" : ` by "${args.args[0]}"`} in ${dataDir}`);
    return code;
  }
  const rows = looks.map((look) => rowOf(look, clock.wall(), folder));
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  rows.forEach((row, index) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column]!));
    if (terminal.isDataLive) cells[1] = terminal.paint(colours[looks[index]!.state], cells[1]!);
    terminal.print(cells.join("  ").trimEnd());
  });
  return 0;
}

function rowOf(
  { project, spider, state, counters, pending, at, detail, output }: Look,
  now: number,
  folder: string,
): string[] {
  const count = (number: number | undefined, one: string, several?: string) =>
    number === undefined ? "" : counted(number, one, several);
  return [
    printable(project === "default" ? spider : `${project}/${spider}`),
    state,
    count(counters?.pages, "page"),
    count(counters?.items, "item"),
    count(counters?.failed, "failed", "failed"),
    // It is rare, and what an older version wrote does not have it.
    count(counters?.forbidden || undefined, "forbidden", "forbidden"),
    state === "finished" ? "" : count(pending, "waiting", "waiting"),
    at === undefined ? "" : agoOf(now - at),
    printable(detail !== "" ? detail : shownPath(output ?? "", folder)),
  ];
}

function agoOf(ms: number): string {
  return ms < 1000 ? "just now" : `${formatDuration(Math.round(ms / 1000))} ago`;
}
