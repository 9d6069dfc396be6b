/**
 * Reads what trawl has written, by other means than trawl's own.
 *
 * @module
 */
import { decode } from "@msgpack/msgpack";
import { parseCsv } from "../feed/parse_csv.ts";

/** A line of `failed.jsonl`. */
export interface FailedPage {
  readonly url: string;
  readonly kind: string;
  readonly message: string;
  readonly status?: number;
  readonly attempts: number;
  readonly callback: string;
  readonly at?: string;
  readonly stack?: string;
}

/** What `summary.json` holds. */
export interface Summary {
  readonly spider: string;
  readonly project: string;
  readonly outcome: string;
  readonly reason: string;
  readonly exitCode: number;
  readonly output: string;
  readonly duration: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly counters: Readonly<Record<string, unknown>>;
}

/** What a checkpoint says, as far as tests look into it. */
export interface SavedCrawl {
  readonly generation: number;
  readonly identity: Readonly<Record<string, unknown>>;
  readonly crawl: {
    readonly phase: string;
    readonly pending: number;
    readonly counters: { readonly pages: number; readonly items: number };
    readonly items: { readonly path: string; readonly length: number };
    /** The spider's state, unpacked. */
    readonly state: Readonly<Record<string, unknown>>;
  };
}

/** The folder of one spider in one project. */
export class Kept {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get checkpoint(): string {
    return `${this.root}/checkpoint`;
  }

  get current(): string {
    return `${this.checkpoint}/checkpoint.msgpack`;
  }

  get previous(): string {
    return `${this.checkpoint}/checkpoint.prev.msgpack`;
  }

  /** Whether there is a checkpoint. */
  get isPaused(): boolean {
    return exists(this.current) || exists(this.previous);
  }

  /** The names of the outputs, in alphabetical order. */
  get crawls(): string[] {
    return namesIn(`${this.root}/crawls`);
  }

  /** The path of the only finished output. */
  get output(): string {
    return this.#only((name) => /Z\.jsonl$/.test(name));
  }

  get failures(): FailedPage[] {
    return lines(Deno.readTextFileSync(this.#only((name) => name.endsWith(".failed.jsonl")))).map((line) =>
      JSON.parse(line) as FailedPage
    );
  }

  get summary(): Summary {
    return JSON.parse(Deno.readTextFileSync(this.#only((name) => name.endsWith(".summary.json")))) as Summary;
  }

  /** What the newer of the two generations says. */
  get saved(): SavedCrawl {
    return readCheckpoint(exists(this.current) ? this.current : this.previous);
  }

  #only(fits: (name: string) => boolean): string {
    const names = this.crawls.filter(fits);
    if (names.length !== 1) {
      throw new Error(`one output of its kind expected in: ${this.crawls.join(", ") || "nothing"}`);
    }
    return `${this.root}/crawls/${names[0]}`;
  }
}

/** Returns the checkpoint in a file. */
export function readCheckpoint(path: string): SavedCrawl {
  const [, , , body] = decode(Deno.readFileSync(path)) as [string, number, number, Uint8Array];
  const { crawl, ...rest } = decode(body) as SavedCrawl & { readonly crawl: { readonly state: Uint8Array } };
  return { ...rest, crawl: { ...crawl, state: decode(crawl.state) as Readonly<Record<string, unknown>> } };
}

/** Returns the records of an output, each as a line of text, in their order. Throws when it is not whole. */
export function records(path: string): string[] {
  const text = Deno.readTextFileSync(path);
  if (path.endsWith(".csv")) {
    const [header, ...rows] = parseCsv(text);
    return rows.map((row) => {
      if (row.length !== header?.length) throw new Error(`${path}: ${row.length} cells in ${JSON.stringify(row)}`);
      // Which column came first depends on the order of the crawl.
      const cells = row.map((cell, at) => [header[at] ?? "", cell] as const);
      return JSON.stringify(Object.fromEntries(cells.sort(([a], [b]) => a < b ? -1 : 1)));
    });
  }
  if (path.endsWith(".json")) return (JSON.parse(text) as unknown[]).map((item) => JSON.stringify(item));
  return lines(text).map((line) => JSON.stringify(JSON.parse(line)));
}

/** Returns the lines of a text, the last of which must have its end. */
export function lines(text: string): string[] {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new Error(`a torn line: ${JSON.stringify(text.slice(text.lastIndexOf("\n") + 1))}`);
  return text.slice(0, -1).split("\n");
}

export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Returns the names in a folder, in alphabetical order; none when there is no folder. */
export function namesIn(folder: string): string[] {
  return exists(folder) ? Array.from(Deno.readDirSync(folder), ({ name }) => name).sort() : [];
}
