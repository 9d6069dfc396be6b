/**
 * Where a test works: the demo site, a folder, and trawl in it. Nothing of it is left at the end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Demo, type DemoOptions, type LogEntry, startDemo } from "../../scripts/demo/mod.ts";
import { Kept } from "./kept.ts";
import { type Ended, run, Running, type RunOptions } from "./trawl.ts";

/** A crawl as `status --json` tells it. */
export interface Look {
  readonly project: string;
  readonly spider: string;
  readonly state: string;
  readonly detail: string;
  readonly pending: number;
  readonly counters: { readonly pages: number; readonly items: number };
  readonly output: string;
}

/** A demo site and a folder. trawl runs in the folder and keeps its data in `data` below it. */
export class Workplace implements AsyncDisposable {
  readonly folder: string;
  demo: Demo;

  private constructor(folder: string, demo: Demo) {
    this.folder = folder;
    this.demo = demo;
  }

  static async open(options: DemoOptions = {}): Promise<Workplace> {
    const demo = await startDemo(options);
    return new Workplace(await Deno.makeTempDir({ prefix: "trawl-cli-" }), demo);
  }

  get dataDir(): string {
    return `${this.folder}/data`;
  }

  /** Starts trawl. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    return new Running(args, this.#options(options));
  }

  /** Runs trawl to its end. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return run(args, this.#options(options));
  }

  /**
   * Starts a crawl and sends it a signal as soon as something is true; by default, 30 further requests. From then on
   * the site is slow, so that the crawl does not come to its end first.
   */
  async pause(
    crawl: readonly string[],
    { signal = "SIGINT", requests = 30, when }: { signal?: Deno.Signal; requests?: number; when?: () => boolean } = {},
  ): Promise<Ended> {
    const { faults } = this.demo;
    const goal = this.pages.length + requests;
    await using trawl = this.start(crawl);
    await trawl.until("the moment to pause", when ?? (() => this.pages.length >= goal));
    this.demo.faults = { ...faults, latency: 300 };
    trawl.kill(signal);
    try {
      return await trawl.ended;
    } finally {
      this.demo.faults = faults;
    }
  }

  /** Writes a file into the folder; returns its name as a spider's path. */
  write(name: string, text: string): string {
    const path = `${this.folder}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text);
    return `./${name}`;
  }

  /** What trawl keeps of a spider. */
  kept(spider: string, project = "default"): Kept {
    return new Kept(`${this.dataDir}/${project}/${spider}`);
  }

  /** The requests for pages so far. */
  get pages(): readonly LogEntry[] {
    return this.demo.log.filter(({ path }) => path !== "/robots.txt");
  }

  /** Returns the state of the crawls as `status --json` tells it. */
  async status(spider: string): Promise<readonly Look[]> {
    const { code, stdout, stderr } = await this.run(["status", spider, "--json"]);
    const looks: readonly Look[] = JSON.parse(stdout);
    assert.equal(code, looks.length === 0 ? 1 : 0, stderr);
    return looks;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.demo.close();
    await Deno.remove(this.folder, { recursive: true });
  }

  #options({ env = {}, ...options }: RunOptions): RunOptions {
    return { cwd: this.folder, ...options, env: { DATA_DIR: this.dataDir, ...env } };
  }
}

/** Returns a digest of every file below a folder, by its path. The lock, which says only who came last, is left out. */
export function digests(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of files(folder)) {
    if (path.endsWith("/lock")) continue;
    found[path.slice(folder.length)] = createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
  }
  return found;
}

/** Returns every file below a folder, in alphabetical order. */
export function files(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder)).flatMap(({ name, isDirectory }) =>
    isDirectory ? files(`${folder}/${name}`) : [`${folder}/${name}`]
  ).sort();
}

/** Returns how often each page was asked for. */
export function askedFor(log: readonly LogEntry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { site, path } of log) {
    const [plain, query] = path.split("?");
    const asked = new URLSearchParams(query);
    asked.sort();
    const key = `${site} ${plain}?${asked}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
