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
  /** Reads the whole of standard input. */
  input(): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes data. */
  data(bytes: Uint8Array<ArrayBuffer>): void;
  /** Writes a line of data; where people look at it, nothing in it moves their terminal. */
  print(line: string): void;
  /** Writes a value as a line of JSON. */
  json(value: unknown): void;
  /** Writes a line for people, above the live line; nothing in it moves their terminal. */
  say(line: string): void;
  /**
   * Replaces the live line by what `draw` returns for so many columns; undefined removes it. It is drawn anew whenever
   * something is written above it, for as many columns as there are by then. Does nothing where nobody looks.
   */
  live(draw: ((columns: number) => string) | undefined): void;
  /** Returns the text in a colour, where people look and have not asked for none. */
  paint(colour: "bold" | "dim" | "green" | "red" | "yellow" | "cyan", text: string): string;
}

const encoder = new TextEncoder();
const usualColumns = 80;

/** The terminal of this process. */
export function systemTerminal(): Terminal {
  const isLive = Deno.stderr.isTerminal();
  const coloured = isLive && !Deno.noColor;
  const isDataLive = Deno.stdout.isTerminal();
  const sharesScreen = isLive && isDataLive;
  let shown = "", draw: (columns: number) => string = () => "";
  const redrawn = () => shown = harmless(draw(columnsOf() - 1));
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
    input: () => new Response(Deno.stdin.readable).bytes(),
    data(bytes) {
      if (sharesScreen && shown !== "") writeError(clear());
      writeAll(Deno.stdout, bytes);
      if (sharesScreen && shown !== "") writeError(redrawn());
    },
    print(line) {
      this.data(encoder.encode(`${isDataLive ? harmless(line) : line}\n`));
    },
    json(value) {
      const json = JSON.stringify(value);
      this.print(isDataLive ? printableJson(json) : json);
    },
    say(line) {
      writeError(`${clear()}${isLive ? harmless(line) : line}\n${redrawn()}`);
    },
    live(next) {
      if (!isLive) return;
      const before = shown, cleared = clear();
      draw = next ?? (() => "");
      if (redrawn() !== before) writeError(`${cleared}${shown}`);
    },
    paint: (colour, text) => coloured ? styleText(colour, text, { validateStream: false }) : text,
  };
}

/** The width of the terminal; some do not know theirs. */
function columnsOf(): number {
  try {
    return Deno.consoleSize().columns || usualColumns;
  } catch {
    return usualColumns;
  }
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}
