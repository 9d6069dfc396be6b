/**
 * A site with a cache in front of it, and what the cache stands on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Cache, type CacheOptions } from "../../../lib/net/cache/cache.ts";
import { CacheFiles } from "../../../lib/net/cache/cache_files.ts";
import { Downloader } from "../../../lib/net/download.ts";
import { ManualClock } from "../../../lib/time/clock.ts";
import { FaultyDisk } from "../../disk/faulty_disk.ts";

export const folder = "/cache";
export const hour = 3_600_000;

/** A server that answers as it is told, and remembers what it was asked. */
class Site implements AsyncDisposable {
  handler: (request: Request) => Response | Promise<Response> = () => new Response("page");
  /** The headers of each request. */
  readonly asked: Headers[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      this.asked.push(request.headers);
      return this.handler(request);
    });
  }

  url(path = ""): string {
    return `http://127.0.0.1:${this.#server.addr.port}/${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

interface World {
  readonly site: Site;
  readonly disk: FaultyDisk;
  readonly clock: ManualClock;
  readonly warnings: string[];
  /** Opens a cache in the folder, as another process would. */
  readonly open: (options?: Partial<CacheOptions>, disk?: FaultyDisk) => Promise<Cache>;
}

/** A test with a site, a disk and a clock; the clock's time is that of the entries. */
export function test(name: string, work: (world: World) => Promise<void>): void {
  Deno.test(name, async () => {
    await using site = new Site();
    const disk = new FaultyDisk(), clock = new ManualClock(1_795_253_400_000), warnings: string[] = [];
    const caches: Cache[] = [];
    try {
      await work({
        site,
        disk,
        clock,
        warnings,
        open: async (options = {}, on = disk) => {
          const cache = new Cache({
            files: await CacheFiles.open({ disk: on, folder, clock }),
            network: new Downloader({ userAgent: "test/1" }),
            clock,
            warn: (message) => warnings.push(message),
            ...options,
          });
          caches.push(cache);
          return cache;
        },
      });
      assert.equal(disk.opened, 0, "no file is left open");
    } finally {
      for (const cache of caches) cache.close();
    }
  });
}

/** The paths of the stored answers. */
export function entries(disk: FaultyDisk): string[] {
  return disk.list(folder).filter((name) => name !== "temporary")
    .flatMap((name) => disk.list(`${folder}/${name}`).map((file) => `${folder}/${name}/${file}`));
}

/** A clock at another time; the caches of one test share files and not the time. */
export function later(clock: ManualClock, ms: number): ManualClock {
  return new ManualClock(clock.wall() + ms);
}
