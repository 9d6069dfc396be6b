import type { Document } from "domhandler";
import { baseHref, mentionsBase } from "../html/base_href.ts";
import { parseHtml } from "../html/parse.ts";
import { defaultReferrerPolicy, type ReferrerPolicy } from "../model/referrer_policy.ts";
import type { Request, RequestOptions } from "../model/request.ts";
import type { Response } from "../model/response.ts";
import { policyOf } from "../net/follow/referer.ts";
import { Selection } from "../select/selection.ts";
import { decode } from "../text/charset.ts";
import { isHtml, mimeTypeOf } from "../text/mime_type.ts";
import { baseUrl } from "../url/base_url.ts";
import { resolve } from "../url/resolve.ts";
import { shownLink } from "../url/userinfo.ts";
import { type MadeOn, makeRequest } from "./make_request.ts";

/** What the spider keeps between pages; survives pause, resume and kill. */
export type State = Record<string, unknown>;

/** Writes a line to trawl's log, with the page's URL. */
export interface PageLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What `page.follow` may be told besides the options of a request. */
export interface FollowOptions extends RequestOptions {
  /** Only links whose absolute URL one of these matches; a string must be contained. @default {all} */
  readonly allow?: Patterns;
  /** Not the links whose absolute URL one of these matches. @default {none} */
  readonly deny?: Patterns;
}

/** One pattern or several. */
export type Patterns = RegExp | string | readonly (RegExp | string)[];

/** What a page is made of. */
export interface PageParts {
  readonly request: Request;
  readonly response: Response;
  /** The names of the spider's callbacks. */
  readonly callbacks: readonly string[];
  /** Returns the state as the last commit left it. */
  readonly state: () => Readonly<State>;
  readonly log: PageLog;
  /** The most elements that its tree may have. @default {Infinity} */
  readonly maxElements?: number;
  /** How much of its URL goes with the requests made on it, unless its own header says. @default {as browsers do it} */
  readonly referrerPolicy?: ReferrerPolicy | undefined;
}

/** One answer, as a callback sees it. Nothing is decoded or parsed before it is asked for. */
export class Page {
  readonly #parts: PageParts;
  #decoded: { readonly text: string; readonly encoding: string } | undefined;
  #document: Document | undefined;
  #root: Selection | undefined;
  #base: string | undefined;
  #madeOn: MadeOn | undefined;
  #request: (Request & ((url: string | URL, options?: RequestOptions) => Request)) | undefined;
  #updates: ((state: State) => void)[] = [];
  #ended = false;
  /** Made where the spider asked the page for something last; its stack is not written out before somebody asks. */
  #lastAsked: Error | undefined;

  constructor(parts: PageParts) {
    this.#parts = parts;
  }

  /** The URL that answered. */
  get url(): string {
    return this.#parts.response.url;
  }

  get status(): number {
    return this.#parts.response.status;
  }

  get headers(): Headers {
    return this.#parts.response.headers;
  }

  /** The body, decompressed. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#parts.response.body;
  }

  /** The body as text: by its byte order mark, its header, its own declaration, or else as UTF-8. */
  get text(): string {
    this.#lastAsked = new Error();
    return this.#decode().text;
  }

  /** The encoding that `text` was read in. */
  get encoding(): string {
    return this.#decode().encoding;
  }

  /**
   * The type of the body, such as `text/html` or `application/pdf`: by its `Content-Type`, and where that says nothing by
   * how the body begins, as browsers do it.
   */
  get mimeType(): string {
    return mimeTypeOf(this.#contentType, this.bytes);
  }

  /** Whether the body is a page in HTML or XHTML, also where its `Content-Type` does not say so. */
  get isHtml(): boolean {
    return isHtml(this.#contentType, this.bytes);
  }

  /** Returns the body as JSON, or throws a `SyntaxError`. */
  json(): unknown {
    return JSON.parse(this.text);
  }

  /** What the request for this page carried. */
  get meta(): Readonly<Record<string, unknown>> {
    return this.#parts.request.meta;
  }

  /** Links between the start URL (0) and this page. */
  get depth(): number {
    return this.#parts.request.depth;
  }

  /** The spider's state. It cannot be changed here: that is what `update` is for. */
  get state(): Readonly<State> {
    return this.#parts.state();
  }

  get log(): PageLog {
    return this.#parts.log;
  }

  /** Returns what a CSS selector matches; `::text` and `::attr(name)` select strings. */
  css(query: string): Selection {
    this.#lastAsked = new Error();
    return this.#select().css(query);
  }

  /** Returns what an XPath expression matches. */
  xpath(query: string): Selection {
    this.#lastAsked = new Error();
    return this.#select().xpath(query);
  }

  /**
   * The request that led to this page; called as a function, it returns a request for a URL that is resolved against
   * the page, its `<base>` and its encoding included. The URL must be http or https, the callback must exist, and `meta` must be plain data:
   * otherwise it throws.
   */
  get request(): Request & ((url: string | URL, options?: RequestOptions) => Request) {
    this.#request ??= Object.assign(
      (url: string | URL, options: RequestOptions = {}) => {
        this.#lastAsked = new Error();
        const resolved = resolve(String(url).trim(), this.#baseUrl, () => this.encoding);
        if (resolved === undefined) {
          throw new RangeError(
            `Cannot request ${JSON.stringify(shownLink(String(url)))}: it is not an http or https URL`,
          );
        }
        return this.#make(resolved, options);
      },
      this.#parts.request,
    );
    return this.#request;
  }

  /**
   * Returns a request for each distinct link that a CSS selector matches, in document order. An element's link is its
   * `href`, else its `src`; a selector such as `a::attr(data-url)` gives the links itself. Links that are not http or
   * https are passed over.
   */
  follow(selector: string, options: FollowOptions = {}): Request[] {
    const { allow, deny, ...rest } = options;
    const base = this.#baseUrl, encoding = () => this.encoding;
    const seen = new Set<string>(), requests: Request[] = [];
    for (const link of this.css(selector).links()) {
      if (seen.has(link)) continue;
      seen.add(link);
      const url = resolve(link, base, encoding);
      if (url === undefined || (url !== link && seen.has(url))) continue;
      seen.add(url);
      if (allow !== undefined && !matches(allow, url)) continue;
      if (deny !== undefined && matches(deny, url)) continue;
      requests.push(this.#make(url, rest));
    }
    return requests;
  }

  /** Changes the state when this page is committed: once, kill or no kill, and not at all when the page fails. */
  update(change: (state: State) => void): void {
    this.#lastAsked = new Error();
    if (this.#ended) throw new Error(`Cannot update the state: the callback of ${this.url} has ended`);
    this.#updates.push(change);
  }

  /** The stack of the spider when it asked this page for something last; empty when it has not. */
  get lastAsked(): string {
    return this.#lastAsked?.stack ?? "";
  }

  /** Ends the page and returns the changes of the state that it asked for. */
  end(): readonly ((state: State) => void)[] {
    this.#ended = true;
    return this.#updates;
  }

  #make(url: string, options: RequestOptions): Request {
    const { request: { jar, userinfo }, callbacks, referrerPolicy: usual = defaultReferrerPolicy } = this.#parts;
    this.#madeOn ??= { url: this.url, jar, userinfo, referrerPolicy: policyOf(this.headers) ?? usual, usual };
    return makeRequest(url, options, this.depth + 1, callbacks, this.#madeOn);
  }

  #decode(): { readonly text: string; readonly encoding: string } {
    return this.#decoded ??= decode(this.bytes, this.#contentType);
  }

  get #contentType(): string | undefined {
    return this.headers.get("content-type") ?? undefined;
  }

  #parse(): Document {
    return this.#document ??= parseHtml(this.#decode().text, this.#parts.maxElements);
  }

  #select(): Selection {
    return this.#root ??= new Selection([this.#parse()]);
  }

  get #baseUrl(): string {
    return this.#base ??= mentionsBase(this.#decode().text)
      ? baseUrl(baseHref(this.#parse()), this.url, () => this.encoding)
      : this.url;
  }
}

function matches(patterns: Patterns, url: string): boolean {
  if (typeof patterns === "string") return url.includes(patterns);
  if (patterns instanceof RegExp) {
    // A pattern with the flag g or y would go on from its last match.
    patterns.lastIndex = 0;
    return patterns.test(url);
  }
  return patterns.some((pattern) => matches(pattern, url));
}
