/**
 * Commands run in this process, on a disk in memory that can be killed and damaged, against a small real site.
 *
 * @module
 */

import { checkpoint } from "../../lib/cli/checkpoint.ts";
import type { Context } from "../../lib/cli/context.ts";
import { crawl } from "../../lib/cli/crawl.ts";
import { readArgs } from "../../lib/cli/parse_args.ts";
import { explain } from "../../lib/cli/explain.ts";
import { fetchPage } from "../../lib/cli/fetch/fetch.ts";
import type { Disk } from "../../lib/disk/disk.ts";
import { localDisk } from "../../lib/disk/local.ts";
import { status } from "../../lib/cli/status.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { type Clock, systemClock } from "../../lib/time/clock.ts";

/** What a command said, and its exit code. */
export interface Told {
  readonly code: number;
  readonly text: string;
}

/** How a command is run. */
export interface Running {
  /** It is paused as by `--timeout` when it asks for the fourth page. @default {false} */
  readonly pausing?: boolean;
  /** Gets a function that pauses it as `--timeout` does. */
  readonly onPausable?: (pause: () => void) => void;
  /** The current folder, with a data folder `data`. @default {"/home/me" and "/data"} */
  readonly folder?: string;
}

const commands = { crawl, checkpoint, fetch: fetchPage, status };

/** The page on whose request a crawl can be paused; those before it in the list have been committed then. */
const pages = ["/", "/1", "/2", "/3", "/4", "/5"];
const pausesAt = "/3";

/** The paths of the items of a crawl that nothing has disturbed; besides them `/broken` is given up. */
export const allPaths: readonly string[] = pages;

/** A site of six pages and one that is broken, and a spider for it. */
export class SmallSite implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly spider: Spider;
  /** Called with the path of each request, which is answered when it has returned. */
  onRequest: (path: string) => unknown = () => {};
  /** The paths asked for. */
  readonly asked: string[] = [];

  constructor() {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
      const path = new URL(request.url).pathname;
      this.asked.push(path);
      await this.onRequest(path);
      if (!pages.includes(path)) return new Response("", { status: 404 });
      const links = path === "/" ? ["/broken", ...pages.slice(1)] : [];
      const html = links.map((link) => `<a href="${link}">x</a>`).join("");
      return new Response(html, { headers: { "content-type": "text/html" } });
    });
    this.spider = {
      name: "small",
      startUrls: [`http://127.0.0.1:${this.#server.addr.port}/`],
      settings: { robots: false, concurrency: 1, retries: 0, throttle: false },
      *parse(page: Page) {
        yield { path: new URL(page.url).pathname };
        yield* page.follow("a");
      },
    };
  }

  /** Where it is. */
  get url(): string {
    return this.spider.startUrls![0]!;
  }

  /** Runs a command on a disk. */
  async run(disk: Disk, argv: readonly string[], said: Running = {}): Promise<Told> {
    const { pausing = false, onPausable, folder } = said;
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    let pause = () => {};
    // The timer of --timeout is the test's to fire.
    const timeout = 86_400_000;
    const clock: Clock = {
      ...systemClock,
      now: () => systemClock.now(),
      wall: () => systemClock.wall(),
      after(ms, work) {
        if (ms !== timeout) return systemClock.after(ms, work);
        pause = work;
        return () => {};
      },
    };
    onPausable?.(() => pause());
    if (pausing) {
      this.onRequest = (path) => {
        if (path !== pausesAt) return;
        this.onRequest = () => {};
        pause();
      };
    }
    const args = readArgs(pausing || onPausable !== undefined ? [...argv, "--timeout", `${timeout / 1000}`] : argv);
    if (!("command" in args)) throw new Error("this is no command");
    const context: Context = {
      args,
      argv,
      disk,
      clock,
      builtIn: [this.spider],
      folder: folder ?? "/home/me",
      environment: { values: { DATA_DIR: folder === undefined ? "/data" : `${folder}/data` }, warnings: [] },
      terminal: {
        isLive: false,
        isDataLive: false,
        input: () => Promise.resolve(new Uint8Array()),
        data: () => {},
        json: (value) => say(JSON.stringify(value)),
        print: say,
        say,
        live: () => {},
        paint: (_, text) => text,
      },
    };
    try {
      const command = commands[args.command.name as keyof typeof commands];
      return { code: await command(context), text: lines.join("\n") };
    } catch (error) {
      const explained = explain(error);
      if (explained === undefined) throw error;
      return { code: explained.code, text: [...lines, ...explained.problems].join("\n") };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** A small site, and a folder of this machine in which commands run. */
export class SmallPlace implements AsyncDisposable {
  readonly site = new SmallSite();
  readonly folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "trawl-output-" }));
  readonly out = `${this.folder}/out.jsonl`;

  run(argv: readonly string[], said: Running = {}): Promise<Told> {
    return this.site.run(localDisk, argv, { folder: this.folder, ...said });
  }

  /** Runs a crawl until it asks for its fourth page, does something meanwhile, and returns how the crawl ended. */
  async during(argv: readonly string[], work: (pause: () => void) => Promise<void>, said: Running = {}): Promise<Told> {
    const [reached, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.site.onRequest = (path) => {
      if (path !== "/3") return;
      this.site.onRequest = () => {};
      reached.resolve();
      return free.promise;
    };
    let pause = () => {};
    const running = this.run(argv, { ...said, onPausable: (fire) => pause = fire });
    await Promise.race([reached.promise, running]);
    try {
      await work(pause);
    } finally {
      free.resolve();
    }
    return await running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site[Symbol.asyncDispose]();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Returns the paths of all files below a folder. */
export function filesIn(disk: Disk, folder = "/"): string[] {
  return disk.list(folder).flatMap((name) => {
    const path = `${folder === "/" ? "" : folder}/${name}`;
    return disk.isFolder(path) ? filesIn(disk, path) : [path];
  });
}
