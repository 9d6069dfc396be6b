/**
 * The terminal: data goes to standard output, everything else to standard error.
 *
 * @module
 */

import { styleText } from "node:util";
import { harmless, printableJson } from "../text/safe.ts";

/** Where the command line shows things. */
export interface Terminal {
  /** Whether people look at standard error. */
  readonly isLive: boolean;
  /** Whether people look at standard output. */
  readonly isDataLive: boolean;
  /** Columns of standard error. */
  readonly columns: number;
  /** Writes data. */
  data(bytes: Uint8Array<ArrayBuffer>): void;
  /** Writes a line of data; where people look at it, nothing in it moves their terminal. */
  print(line: string): void;
  /** Writes a value as a line of JSON. */
  json(value: unknown): void;
  /** Writes a line for people, above the live line; nothing in it moves their terminal. */
  say(line: string): void;
  /** Replaces the live line; an empty one removes it. Does nothing where nobody looks. */
  live(line: string): void;
  /** Returns the text in a colour, where people look and have not asked for none. */
  paint(colour: "bold" | "dim" | "green" | "red" | "yellow" | "cyan", text: string): string;
}

const encoder = new TextEncoder();

/** The terminal of this process. */
export function systemTerminal(): Terminal {
  const isLive = Deno.stderr.isTerminal();
  const coloured = isLive && !Deno.noColor;
  const isDataLive = Deno.stdout.isTerminal();
  const sharesScreen = isLive && isDataLive;
  let shown = "";
  const clear = () => shown === "" ? "" : "\r\x1b[2K";
  const writeError = (text: string) => {
    try {
      writeAll(Deno.stderr, encoder.encode(text));
    } catch {
      // Nobody reads standard error any more. A crawl goes on without being watched.
    }
  };
  return {
    isLive,
    isDataLive,
    get columns() {
      return isLive ? Deno.consoleSize().columns : 80;
    },
    data(bytes) {
      if (sharesScreen && shown !== "") writeError(clear());
      writeAll(Deno.stdout, bytes);
      if (sharesScreen && shown !== "") writeError(shown);
    },
    print(line) {
      this.data(encoder.encode(`${isDataLive ? harmless(line) : line}\n`));
    },
    json(value) {
      const json = JSON.stringify(value);
      this.print(isDataLive ? printableJson(json) : json);
    },
    say(line) {
      writeError(`${clear()}${isLive ? harmless(line) : line}\n${shown}`);
    },
    live(line) {
      if (!isLive || line === shown) return;
      const before = clear();
      shown = harmless(line);
      writeError(`${before}${shown}`);
    },
    paint: (colour, text) => coloured ? styleText(colour, text, { validateStream: false }) : text,
  };
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}
