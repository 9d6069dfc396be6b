/**
 * A request: plain frozen data that can be logged, stored and compared.
 *
 * @module
 */

/** What a spider may say about a request besides its URL. */
export interface RequestOptions {
  /** Name of the spider's function that gets the page. @default {"parse"} */
  readonly callback?: string;
  /** Whole number; a higher one is taken first, equal ones first in, first out. @default {0} */
  readonly priority?: number;
  /** What the callback finds in `page.meta`. Anything that MessagePack carries. @default {{}} */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** @default {"GET"} */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Fetch it even when the same request is known. @default {false} */
  readonly dontFilter?: boolean;
  /** It may reach the server twice: a POST is then tried again after a failure, as a GET is. @default {false} */
  readonly repeatable?: boolean;
  /** Statuses outside 200 to 299 that the callback wants to see. @default {[]} */
  readonly handleStatuses?: readonly number[];
}

/** A request with everything said. `url` is absolute, http or https, and has no fragment. */
export interface Request extends Required<Omit<RequestOptions, "body">> {
  readonly url: string;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  /** Links between a start request (0) and this one. */
  readonly depth: number;
  /** Attempts that have failed so far. */
  readonly attempt: number;
  /** How often the server has asked to wait (`Retry-After`); these are not attempts that have failed. */
  readonly waits: number;
  /** Earliest time of the next attempt, in milliseconds since 1970; 0: at once. */
  readonly notBefore: number;
  /** The URLs that redirected to this one, first to last. */
  readonly redirects: readonly string[];
}

const made = new WeakSet<object>();
const nothing = Object.freeze({});
const none: readonly never[] = Object.freeze([]);

/** Returns a frozen request; what is not said has its default. */
export function createRequest(url: string, said: Partial<Omit<Request, "url">> = {}): Request {
  const request: Request = {
    url,
    callback: said.callback ?? "parse",
    priority: said.priority ?? 0,
    meta: said.meta ?? nothing,
    method: said.method ?? "GET",
    headers: said.headers ?? nothing,
    body: said.body,
    dontFilter: said.dontFilter ?? false,
    repeatable: said.repeatable ?? false,
    handleStatuses: said.handleStatuses ?? none,
    depth: said.depth ?? 0,
    attempt: said.attempt ?? 0,
    waits: said.waits ?? 0,
    notBefore: said.notBefore ?? 0,
    redirects: said.redirects ?? none,
  };
  made.add(request);
  return Object.freeze(request);
}

/** Whether a value came from {@linkcode createRequest}: what a callback yields is otherwise an item. */
export function isRequest(value: unknown): value is Request {
  return typeof value === "object" && value !== null && made.has(value);
}
