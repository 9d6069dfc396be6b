/**
 * trawl as a child process, with real signals: what a user starts, as a user sees it.
 *
 * It is `main.ts` under this Deno, or the program that the environment variable `TRAWL_BINARY` names.
 *
 * @module
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const binary = Deno.env.get("TRAWL_BINARY");
/** Whether it is the compiled program that is tested. */
export const isCompiled = binary !== undefined;
/** What starts trawl. */
export const command: readonly string[] = binary === undefined
  ? [Deno.execPath(), "run", "-A", "--v8-flags=--expose-gc,--heap-growing-percent=50", `${root}main.ts`]
  : [resolve(root, binary)];

/** Returns a command line for a shell that runs trawl with these arguments. */
export function programLine(args: readonly string[]): string {
  return [...command, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** The spider of the generated web, as a path that `crawl` takes. */
export const webSpider = `${root}scripts/demo/web_spider.ts`;

/** How long anything may take before the test has failed, in milliseconds: far more than a slow machine needs. */
const deadline = 120_000;

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of the tests, which is cleared of what trawl itself would read. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line on standard error. */
  readonly onStderr?: (line: string, trawl: Running) => void;
  /** Runs this instead of trawl. */
  readonly program?: readonly string[];
  /** What it reads from standard input. @default {nothing} */
  readonly stdin?: string;
  /** How long it may take before the test has failed, in milliseconds. @default {120_000} */
  readonly patience?: number;
}

/** How a process ended. */
export interface Ended {
  readonly code: number;
  /** The signal that ended it, when it did not end by itself. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An event that `--json` writes to standard error. */
export type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A process that runs. Disposing kills it when it still does. */
export class Running implements AsyncDisposable {
  /** Rejects when the process takes too long. */
  readonly ended: Promise<Ended>;
  readonly #child: Deno.ChildProcess;
  #stdout = "";
  #stderr = "";
  #isOver = false;
  readonly #stdoutEnd = new AbortController();
  readonly #stderrEnd = new AbortController();

  constructor(args: readonly string[], options: RunOptions = {}) {
    const { cwd = root, env = {}, onStderr, program: other, stdin, patience = deadline } = options;
    const [executable = "", ...before] = other ?? command;
    this.#child = new Deno.Command(executable, {
      args: [...before, ...args],
      cwd,
      env: { ...cleanEnvironment(), ...env },
      clearEnv: true,
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (stdin !== undefined) void new Response(stdin).body!.pipeTo(this.#child.stdin);
    this.ended = this.#end(onStderr, patience);
    // It is awaited later, or not at all where the test fails before.
    this.ended.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Sends a signal; false when there is nobody any more to get it. */
  kill(signal: Deno.Signal = "SIGKILL"): boolean {
    if (this.#isOver) return false;
    try {
      this.#child.kill(signal);
      return true;
    } catch (error) {
      if (error instanceof TypeError || error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** Reads no more of standard output, as a reader that has ended. */
  closeStdout(): void {
    this.#stdoutEnd.abort();
  }

  /** Reads no more of standard error. */
  closeStderr(): void {
    this.#stderrEnd.abort();
  }

  /** Returns when something has come about; fails when the process ends before, or in too long a time. */
  async until(what: string, isTrue: () => boolean): Promise<void> {
    await until(what, () => {
      if (isTrue()) return true;
      assert.ok(!this.#isOver, `trawl ended before ${what}:\n${this.#stderr}`);
      return false;
    });
  }

  /** Returns when a text has come on standard error. */
  async says(text: string): Promise<void> {
    await this.until(`"${text}"`, () => this.#stderr.includes(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended.catch(() => {});
  }

  async #end(onStderr: RunOptions["onStderr"], patience: number): Promise<Ended> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.kill();
    }, patience);
    try {
      let rest = "";
      const [{ code, signal }] = await Promise.all([
        this.#child.status,
        read(this.#child.stdout, (text) => this.#stdout += text, this.#stdoutEnd.signal),
        read(this.#child.stderr, (text) => {
          this.#stderr += text;
          const lines = (rest + text).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) onStderr?.(line, this);
        }, this.#stderrEnd.signal),
      ]);
      assert.ok(!late, `trawl took more than ${patience / 1000} s:\n${this.#stderr}`);
      return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
    } finally {
      this.#isOver = true;
      clearTimeout(timer);
    }
  }
}

/** Runs trawl to its end. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  await using trawl = new Running(args, options);
  return await trawl.ended;
}

/** Returns when something has come about; fails when that takes too long. */
export async function until(what: string, isTrue: () => boolean): Promise<void> {
  const end = performance.now() + deadline;
  while (!isTrue()) {
    assert.ok(performance.now() < end, `this did not come about: ${what}`);
    await sleep(2);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Returns the events that a run with `--json` has told. */
export function eventsOf({ stderr }: Pick<Ended, "stderr">): Event[] {
  const whole = stderr.slice(0, stderr.lastIndexOf("\n") + 1);
  return whole.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Event);
}

/** Fails unless the process ended with this code, and shows what it said. */
export function ends({ code, signal, stderr }: Ended, wanted: number): void {
  assert.equal(
    code,
    wanted,
    `exit code ${code}${signal === null ? "" : ` by ${signal}`}, ${wanted} expected:\n${stderr}`,
  );
}

/** Fails when something on standard error looks like a stack trace. */
export function isPlain({ stderr }: Ended): void {
  assert.doesNotMatch(stderr, /^\s+at .+:\d+:\d+|Uncaught|error: .*\bin promise\b/m);
}

async function read(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (text: string) => void,
  until: AbortSignal,
): Promise<void> {
  try {
    await stream.pipeThrough(new TextDecoderStream(), { signal: until }).pipeTo(new WritableStream({ write: take }));
  } catch (error) {
    if (!until.aborted) throw error;
  }
}

function cleanEnvironment(): Record<string, string> {
  const own = /^(TRAWL_.*|DATA_DIR|.+_PROXY_(URL|HOST|PORT|USERNAME|PASSWORD))$/;
  const kept = Object.entries(Deno.env.toObject()).filter(([name]) => !own.test(name));
  // A proxy of the machine is not asked for what is on the machine.
  return { ...Object.fromEntries(kept), NO_PROXY: "127.0.0.1,localhost", NO_COLOR: "1" };
}
