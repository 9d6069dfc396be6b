/**
 * `--cache` and `--cache-age`: answers from the disk while a spider is being developed.
 *
 * @module
 */

import { resolve } from "node:path";
import { DiskError } from "../disk/disk.ts";
import { blockOf, type BlockRules } from "../net/proxy/block.ts";
import { Cache } from "../net/cache/cache.ts";
import { CacheFiles } from "../net/cache/cache_files.ts";
import type { Cookies } from "../net/cookies/cookies.ts";
import type { Downloads } from "../net/download.ts";
import type { Context } from "./context.ts";
import type { OptionReader } from "./options.ts";
import { UsageError } from "./usage_error.ts";

/** The cache that the command line asks for. */
export interface CacheAsked {
  readonly folder: string;
  /** Seconds for which an answer counts. */
  readonly maxAge: number;
}

/** A cache that is open. */
export interface OpenCache {
  readonly files: CacheFiles;
  readonly maxAge: number;
}

/** Reads the two flags; undefined when no cache is asked for. */
export function readCache(options: OptionReader, folder: string): CacheAsked | undefined {
  const given = options.text("cache");
  const maxAge = options.duration("cache-age", Infinity);
  if (given === undefined && options.has("cache-age")) {
    options.problems.push("--cache-age: it says how old an answer of a cache may be; name one with --cache DIR");
  }
  return given === undefined ? undefined : { folder: resolve(folder, given), maxAge };
}

/** Opens the cache; a folder that cannot be written to is a `UsageError`. */
export async function openCache(
  asked: CacheAsked | undefined,
  { disk, clock }: Pick<Context, "disk" | "clock">,
): Promise<OpenCache | undefined> {
  if (asked === undefined) return undefined;
  try {
    const { folder, maxAge } = asked;
    return { files: await CacheFiles.open({ disk, folder, clock }), maxAge };
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new UsageError([`--cache: ${error.message}. Name a folder that can be written to`]);
  }
}

/** Returns what answers from the cache where it can and asks `network` where it must; `network` where there is none. */
export function withCache(
  network: Downloads,
  cache: OpenCache | undefined,
  { clock, cookies, blocks, trust, warn }: Pick<Context, "clock"> & {
    readonly cookies: Cookies | undefined;
    /** What is not stored, whatever its status. */
    readonly blocks: BlockRules;
    /** Learns that the user asked for a URL. */
    readonly trust?: (url: string) => Promise<unknown> | unknown;
    readonly warn: (message: string, url: string) => void;
  },
): Downloads {
  if (cache === undefined) return network;
  return new Cache({
    ...cache,
    network,
    clock,
    isBlock: (response) => blockOf(response, blocks) !== undefined,
    jarCookie: (url, jar) => cookies?.header(url, jar),
    ...trust && { trust },
    warn,
  });
}
