/** The forms a feed writes: one JSON object a line, a table, or one JSON array. */
export type FeedFormat = "jsonl" | "csv" | "json";

const endings: Readonly<Record<string, FeedFormat>> = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".jl": "jsonl",
  ".csv": "csv",
  ".json": "json",
};

/** The path that means standard output. */
export const stdoutPath = "-";

/** Returns the format that a file's name asks for, upper or lower case; `-`, standard output, is JSON lines. */
export function formatOf(path: string): FeedFormat {
  if (path === stdoutPath) return "jsonl";
  const name = path.toLowerCase();
  for (const [ending, format] of Object.entries(endings)) {
    if (name.endsWith(ending)) return format;
  }
  const accepted = Object.keys(endings);
  throw new RangeError(
    `Cannot tell the format of "${path}" by its name: it may end in ${accepted.slice(0, -1).join(", ")} or ${
      accepted.at(-1)
    }, ` +
      `or be - for JSON lines on standard output`,
  );
}
