import { resolve } from "node:path";
import { stdoutPath } from "../feed/format.ts";
import type { Context } from "./context.ts";
import { eventLine, logLine } from "./event_line.ts";
import type { Explained } from "./explain.ts";
import { LogFile, openLogFile } from "./log_file.ts";
import { namedIn } from "./notices.ts";
import type { OptionReader } from "./options.ts";
import { requireLogFile } from "./output.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Writes into the file of `--log-file` why a crawl cannot begin that has no log yet. Where that file cannot be written to,
 * standard error has it alone.
 */
export function recordRefusal(context: Context, options: OptionReader, { problems, event }: Explained): void {
  const { argv, clock, disk, folder, terminal } = context;
  const name = options.text("log-file"), output = options.text("output");
  if (name === undefined) return;
  const time = new Date(clock.wall()).toISOString();
  let log;
  try {
    const isFile = output !== undefined && output !== stdoutPath;
    requireLogFile(context, name, isFile ? disk.locate(resolve(folder, output)) : output);
    log = openLogFile(options, folder);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return;
  }
  if (log === undefined) return;
  const file = new LogFile(
    log,
    (level, message) => logLine(time, level, message),
    (_, message) => terminal.say(message),
  );
  if (options.has("json")) file.write(eventLine({ time, level: "error", ...namedIn(argv) }, event));
  else for (const problem of problems) file.write(logLine(time, "error", problem));
  file.close();
}
