/**
 * A web of any size, made from a seed: what a page holds depends on its number and the web's description alone, so that
 * the pages and the items a crawl must bring are known without a crawl.
 *
 * The pages are a tree (page n leads to pages k·n + 1 to k·n + k), so each can be reached from page 0, and links to
 * random pages on top. One page is linked in many spellings that mean the same URL.
 *
 * @module
 */
import { type Markup, markup, page } from "./markup.ts";
import { hash, Random } from "./random.ts";
import { paragraph, title } from "./words.ts";

/** Describes a web. */
export interface WebSpec {
  readonly seed: number;
  /** Number of pages, at least 1. */
  readonly pages: number;
  /** Number of hosts that share the pages. @default {1} */
  readonly hosts?: number;
  /** Links on a page, at most; half of them lead down the tree. @default {10} */
  readonly links?: number;
}

/** What `web_spider.ts` yields for a page. */
export interface WebItem {
  /** The one spelling that the page itself calls its own. */
  readonly url: string;
  readonly n: number;
  readonly title: string;
}

/**
 * Returns the URL of page `n`; `origins` are the web's hosts, as in `http://127.0.0.1:8000`, and there may be more than
 * are used.
 */
export function pageUrl(spec: WebSpec, n: number, origins: readonly string[]): string {
  return `${originOf(spec, n, origins)}${folder(spec)}${n}${query(spec, n)}`;
}

/** Returns the URL of every page, in the order of their numbers. */
export function expectedPages(spec: WebSpec, origins: readonly string[]): string[] {
  return Array.from({ length: checked(spec).pages }, (_, n) => pageUrl(spec, n, origins));
}

/** Returns the item of every page, in the order of their numbers. */
export function expectedItems(spec: WebSpec, origins: readonly string[]): WebItem[] {
  return expectedPages(spec, origins).map((url, n) => ({ url, n, title: titleOf(spec, n) }));
}

const address = /^\/web\/(\d+)\/(\d+)(?:\/(\d+)\/(\d+))?\/p\/(\d+)$/;

/**
 * Answers for a path of a web on the host `origins[host]`; `undefined` where it has no page, or has it on another host.
 */
export function webSite(url: URL, origins: readonly string[], host: number): Response | undefined {
  const [, seed, pages, hosts, links, number] = address.exec(url.pathname) ?? [];
  if (seed === undefined || number === undefined) return undefined;
  const spec = {
    seed: Number(seed),
    pages: Number(pages),
    hosts: Number(hosts ?? defaults.hosts),
    links: Number(links ?? defaults.links),
  };
  const n = Number(number);
  if (mistakeIn(spec) !== undefined || spec.hosts > origins.length) return undefined;
  if (n >= spec.pages || n % spec.hosts !== host) return undefined;
  // A page with a query has none without it, so that a crawler that drops queries is found out; their order is free.
  const asked = new URLSearchParams(url.search);
  asked.sort();
  return query(spec, n) === (asked.size === 0 ? "" : `?${asked}`) ? page(render(spec, n, origins)) : undefined;
}

/** Returns the number of the page that a path of a web names; `undefined` for any other path. */
export function pageNumber(path: string): number | undefined {
  const number = address.exec(path.split("?")[0] ?? "")?.[5];
  return number === undefined ? undefined : Number(number);
}

const defaults = { hosts: 1, links: 10 };

/** Returns the description with its defaults, or throws. */
function checked(spec: WebSpec): Required<WebSpec> {
  const mistake = mistakeIn(spec);
  if (mistake !== undefined) throw new RangeError(`Cannot make a web: ${mistake}`);
  return { ...defaults, ...spec };
}

function mistakeIn(spec: WebSpec): string | undefined {
  const whole = { ...defaults, ...spec };
  for (const key of ["seed", "pages", "hosts", "links"] as const) {
    const least = key === "seed" ? 0 : 1;
    if (!Number.isSafeInteger(whole[key]) || whole[key] < least) {
      return `${key} must be a whole number of at least ${least}, not ${whole[key]}`;
    }
  }
  return undefined;
}

function folder(spec: WebSpec): string {
  const { seed, pages, hosts, links } = checked(spec);
  const shape = hosts === defaults.hosts && links === defaults.links ? "" : `/${hosts}/${links}`;
  return `/web/${seed}/${pages}${shape}/p/`;
}

function originOf(spec: WebSpec, n: number, origins: readonly string[]): string {
  const origin = origins[n % (spec.hosts ?? defaults.hosts)];
  if (origin === undefined) {
    throw new RangeError(`Cannot place a web on ${spec.hosts} hosts: there are ${origins.length}`);
  }
  return origin;
}

/** One page in five has a query. Its parts stand in the order of their names in the page's own spelling. */
function query({ seed }: WebSpec, n: number): string {
  return hash(seed, n, "query") % 5 === 0 && n > 0 ? `?n=${n}&view=full` : "";
}

function titleOf({ seed }: WebSpec, n: number): string {
  return `${title(new Random(seed, n, "title"))}, page ${n}`;
}

/** Returns the numbers of the pages that page `n` leads to: its children in the tree, then random ones. */
function targets(spec: WebSpec, n: number): number[] {
  const { seed, pages, links } = checked(spec);
  const width = Math.ceil(links / 2);
  const children = Array.from({ length: width }, (_, at) => width * n + 1 + at).filter((child) => child < pages);
  const others = Array.from({ length: links - width }, (_, at) => hash(seed, n, at, "link") % pages);
  return [...children, ...others];
}

/** Returns a link's `href`, in one of several spellings of the target's URL. */
function spelled(spec: WebSpec, from: number, to: number, at: number, origins: readonly string[]): string {
  const style = hash(spec.seed, from, at, "spelling");
  const asked = query(spec, to);
  const end = asked !== "" && style % 2 === 0 ? `?view=full&n=${to}` : asked;
  const origin = originOf(spec, to, origins);
  // Where the host is an address of digits, the scheme in capitals is what is left of this spelling.
  const loud = `${origin.toUpperCase()}${folder(spec)}${to}${end}`;
  if (origin !== originOf(spec, from, origins)) return style % 3 === 0 ? loud : `${origin}${folder(spec)}${to}${end}`;
  const spellings = [
    `${to}${end}`,
    `./${to}${end}`,
    `../p/${to}${end}`,
    `${folder(spec)}${to}${end}`,
    `${to}${end}#part-${at}`,
    `${origin}${folder(spec)}${to}${end}`,
    loud,
  ];
  return spellings[(style >>> 1) % spellings.length] ?? "";
}

function render(spec: WebSpec, n: number, origins: readonly string[]): Markup {
  const random = new Random(spec.seed, n, "text");
  const paragraphs = Array.from({ length: 1 + random.below(6) }, () => paragraph(random, 1 + random.below(5)));
  const links = targets(spec, n).map((to, at) => ({ to, href: spelled(spec, n, to, at, origins) }));
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${titleOf(spec, n)}</title>
<link rel="canonical" href="${pageUrl(spec, n, origins)}">
</head>
<body>
<h1>${titleOf(spec, n)}</h1>
${paragraphs.map((text) => markup`<p>${text}</p>\n`)}
<ul class="links">
${links.map(({ to, href }) => markup`<li><a href="${href}">Page ${to}</a></li>\n`)}
</ul>
</body>
</html>
`;
}
