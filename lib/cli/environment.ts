/**
 * The environment: the variables of the process, and those of a `.env` file in the current folder.
 *
 * @module
 */

import { type Disk, DiskError } from "../disk/disk.ts";

/** Variables by name. Where a variable has a value in both, that of the process counts. */
export interface Environment {
  readonly values: Readonly<Record<string, string>>;
  /** What is wrong with the file, for people: where, and never what is written there. */
  readonly warnings: readonly string[];
}

const fileName = ".env";

/** Reads the `.env` file of a folder, where there is one, below the variables of the process. */
export function readEnvironment(
  disk: Disk,
  folder: string,
  process: Readonly<Record<string, string>>,
): Environment {
  const path = `${folder}/${fileName}`;
  try {
    // A folder of that name belongs to another tool.
    const bytes = disk.isFolder(path) ? undefined : disk.read(path);
    if (bytes === undefined) return { values: process, warnings: [] };
    const { values, unread } = parseVariables(new TextDecoder().decode(bytes));
    const warnings = unread.map((line) =>
      `Cannot read line ${line} of ${fileName}: it is not NAME=VALUE, or a quote in it is not closed`
    );
    return { values: { ...values, ...process }, warnings };
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    return { values: process, warnings: [`${error.message}. Its variables are left out`] };
  }
}

/** The beginning of a line that sets a variable. */
const assignment = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*/;
/** A value in quotes, over several lines if need be, and after it nothing but a comment. */
const quoted = /(?:"((?:[^"\\]|\\[^])*)"|'([^']*)'|`([^`]*)`)[ \t]*(?:#[^\n]*)?(?=\n|$)/y;

/**
 * Returns the variables that a text sets, and the numbers of the lines that cannot be read; those set nothing.
 *
 * A line is `NAME=VALUE`, with `export` before it or not, or a comment. A value may be in quotes; between double ones
 * `\n` is a new line, and `\"` a quote. Without quotes it ends before a `#` that comes after white space.
 */
export function parseVariables(
  text: string,
): { readonly values: Readonly<Record<string, string>>; readonly unread: readonly number[] } {
  const source = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const values: Record<string, string> = {}, unread: number[] = [];
  for (let at = 0, line = 1; at < source.length;) {
    const rest = source.slice(at, lineEnd(source, at));
    const assigned = assignment.exec(rest);
    const value = assigned === null ? undefined : valueAt(source, at + assigned[0].length);
    if (assigned !== null && value !== undefined) values[assigned[1]!] = value.text;
    else if (!/^\s*(?:#|$)/.test(rest)) unread.push(line);
    const end = value?.end ?? at + rest.length;
    line += source.slice(at, end).split("\n").length;
    at = end + 1;
  }
  return { values, unread };
}

/** Returns a value and where its line ends; undefined for a quote that is not closed, or that something comes after. */
function valueAt(source: string, from: number): { readonly text: string; readonly end: number } | undefined {
  if (!/["'`]/.test(source[from] ?? "")) {
    const end = lineEnd(source, from);
    return { text: source.slice(from, end).replace(/(?:^|[ \t])#.*$/, "").trim(), end };
  }
  quoted.lastIndex = from;
  const match = quoted.exec(source);
  if (match === null) return undefined;
  const [whole, double, single, tick] = match;
  const unescaped = double?.replace(/\\([n"\\])/g, (_, character) => character === "n" ? "\n" : character);
  return { text: unescaped ?? single ?? tick ?? "", end: from + whole.length };
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf("\n", from);
  return end < 0 ? source.length : end;
}
