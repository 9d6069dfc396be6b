/**
 * Answers from the disk, for developing a spider: the same pages again and again, and each is asked for once.
 *
 * @module
 */

import { DamageError } from "../../disk/damage.ts";
import { DiskError } from "../../disk/disk.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { Response } from "../../model/response.ts";
import type { Clock } from "../../time/clock.ts";
import type { CacheEntry, CacheFiles } from "./cache_files.ts";
import { cacheKey, isRobots, isStorable, renewedHeaders, validatorsOf } from "./cache_rules.ts";
import type { Downloadable, Downloads, Sending } from "../download.ts";

/** What a cache stands on, and for how long its answers count. */
export interface CacheOptions {
  readonly files: CacheFiles;
  /** What answers where the cache cannot. */
  readonly network: Downloads;
  /** Seconds after which the server is asked whether an answer still holds. @default {for ever} */
  readonly maxAge?: number;
  /** Whether an answer is a refusal in the dress of a page, which is not stored. @default {none is} */
  readonly isBlock?: (response: Response) => boolean;
  /** The `Cookie` header that a jar has for a URL: it is no part of what an answer is known by. @default {none} */
  readonly jarCookie?: (url: string, jar: string | undefined) => string | undefined;
  /**
   * Told of each host to which a request of the user's own was answered from the disk, before the network is asked next:
   * where pages may lead depends on what the user asked for. @default {nobody is told}
   */
  readonly trust?: (url: string) => Promise<unknown> | unknown;
  readonly clock: Clock;
  /** Told of what is wrong with the files; the crawl goes on without them. */
  readonly warn: (message: string, url: string) => void;
}

/** The longest that a robots.txt may count without a look at the site, in seconds (RFC 9309, section 2.4). */
const robotsAge = 24 * 60 * 60;

/**
 * Downloads that are answered from the disk where they can be, and stored where they may be (`cache_rules.ts` says
 * which).
 *
 * An answer that is older than `maxAge` is asked for again: with its validators, when it has any, and a 304 makes it
 * young; any other answer replaces it if it may be stored; a failure is a failure. A robots.txt is asked for again
 * after a day, whatever `maxAge` says, and counts on when the site cannot say.
 */
export class Cache implements Downloads {
  readonly #options: CacheOptions;
  #storing = true;
  /** URLs of the user's own that the network has not seen, one for each host. */
  readonly #unseen = new Map<string, string>();
  #told: Promise<unknown> = Promise.resolve();

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  keepConnections(keeps: boolean): void {
    this.#options.network.keepConnections?.(keeps);
  }

  async download(request: Downloadable, how: Sending = {}): Promise<Outcome> {
    how.signal?.throwIfAborted();
    const jarCookie = this.#options.jarCookie?.(request.url, request.jar);
    const key = cacheKey(request, { jarCookie, atMost: how.atMost });
    if (key === undefined) return await this.#network(request, how);
    const entry = await this.#find(key, request.url);
    how.signal?.throwIfAborted();
    if (entry === undefined) return await this.#ask(key, request, how);
    if (!this.#isYoung(entry)) return await this.#askAgain(key, entry, request, how);
    if (how.trusted === true) this.#unseen.set(new URL(request.url).host, request.url);
    return { response: { ...responseOf(request.url, entry), cached: true } };
  }

  close(): void {
    this.#options.network.close();
  }

  #isYoung({ url, storedAt }: CacheEntry): boolean {
    const { maxAge = Infinity, clock } = this.#options;
    const allowed = isRobots(url) ? Math.min(maxAge, robotsAge) : maxAge;
    return clock.wall() - storedAt <= 1000 * allowed;
  }

  /** The entry of a key. One that cannot be read is as none: it is asked for and replaced. */
  async #find(key: string, url: string): Promise<CacheEntry | undefined> {
    try {
      return await this.#options.files.read(key);
    } catch (error) {
      if (!(error instanceof DamageError || error instanceof DiskError)) throw error;
      this.#options.warn(`it is not answered from the cache: ${error.message}`, url);
      return undefined;
    }
  }

  async #ask(key: string, request: Downloadable, how: Sending): Promise<Outcome> {
    const outcome = await this.#network(request, how);
    const { response } = outcome;
    if (response !== undefined && this.#mayStore(request.url, response)) {
      await this.#store(key, entryOf(request.url, response, this.#options.clock.wall()));
    }
    return outcome;
  }

  async #network(request: Downloadable, how: Sending): Promise<Outcome> {
    const { network, trust } = this.#options;
    if (trust !== undefined && this.#unseen.size > 0) {
      const urls = [...this.#unseen.values()];
      this.#unseen.clear();
      // A host that cannot be looked up shows nothing; whoever asks it hears why.
      const told = Promise.allSettled(urls.map(async (url) => await trust(url)));
      this.#told = Promise.all([this.#told, told]);
    }
    await this.#told;
    return await network.download(request, how);
  }

  async #askAgain(key: string, entry: CacheEntry, request: Downloadable, how: Sending): Promise<Outcome> {
    const stored = new Headers(entry.headers.map(([name, value]) => [name, value]));
    const headers = { ...request.headers, ...validatorsOf(stored) };
    const outcome = await this.#ask(key, { ...request, headers }, how);
    const { response } = outcome;
    if (isRobots(request.url) && (response === undefined || response.status >= 500)) {
      return { response: responseOf(request.url, entry) };
    }
    if (response?.status !== 304) return outcome;
    const renewed = renewedHeaders(stored, response.headers);
    const { latency } = response;
    await this.#store(key, { ...entry, headers: [...renewed], storedAt: this.#options.clock.wall() });
    // Only cookies that are set now: those of then may have been replaced since.
    renewed.delete("set-cookie");
    for (const line of response.headers.getSetCookie()) renewed.append("set-cookie", line);
    return { response: { ...responseOf(request.url, entry), headers: renewed, latency } };
  }

  #mayStore(url: string, response: Response): boolean {
    return isStorable(url, response) && this.#options.isBlock?.(response) !== true;
  }

  /** Stores an entry, until that fails once: the answer itself is there. */
  async #store(key: string, entry: CacheEntry): Promise<void> {
    if (!this.#storing) return;
    try {
      await this.#options.files.write(key, entry);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // Others may have failed in the meantime: it is told once.
      if (this.#storing) this.#options.warn(`nothing more is stored in the cache: ${error.message}`, entry.url);
      this.#storing = false;
    }
  }
}

function entryOf(url: string, { status, headers, body, latency }: Response, storedAt: number): CacheEntry {
  return { url, status, headers: [...headers], body, latency, storedAt };
}

function responseOf(url: string, { status, headers, body, latency, storedAt }: CacheEntry): Response {
  return { url, status, headers: new Headers(headers.map(([name, value]) => [name, value])), body, latency, storedAt };
}
