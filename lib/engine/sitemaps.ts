/**
 * Beginning from sitemaps: requests that are ours and not the spider's, and what follows from them.
 *
 * They wait, are sent, tried again, given up and kept in the checkpoint as all others are; their callbacks have names
 * that no spider can use.
 *
 * @module
 */

import { parseSitemap, type Sitemap, type SitemapEntry } from "../html/sitemap.ts";
import type { Failure } from "../model/outcome.ts";
import { createRequest, type Request } from "../model/request.ts";
import type { Response } from "../model/response.ts";
import { unpack } from "../net/body/unpack.ts";
import type { PageLog } from "../spider/page.ts";
import { decode } from "../text/charset.ts";
import { counted, formatCount } from "../text/count.ts";
import { printable } from "../text/safe.ts";
import { formatSize } from "../text/size.ts";
import { originOf } from "../url/origin.ts";
import { resolve } from "../url/resolve.ts";
import { splitUserinfo } from "../url/userinfo.ts";

/** The callback of a request for the sitemaps that a robots.txt names. It is not sent: the robots gate knows them. */
export const namesSitemaps = "(robots.txt)";

/** The callback of a sitemap. */
const readsSitemap = "(sitemap)";

/** The most URLs of one sitemap: the standard allows no more. */
const mostUrls = 50_000;

/** How many indexes may lead from one to the next. */
const mostNested = 3;

/** What reading a sitemap needs besides it. */
export interface SitemapParts {
  /** Bytes, decompressed. */
  readonly maxBodySize: number;
  readonly log: PageLog;
}

/** Returns the request with which a crawl that begins with another learns the sitemaps of its site. */
export function sitemapsOf(start: Request): Request {
  return requestFrom(start, `${originOf(start.url)}/robots.txt`, { callback: namesSitemaps });
}

/**
 * Returns the requests for the sitemaps that a robots.txt names, or for `/sitemap.xml` where it names none; a site that
 * does not have that one either has failed at nothing.
 */
export function namedSitemaps(request: Request, named: readonly string[]): Request[] {
  const urls = named.map((written) => resolve(written, request.url)).filter((url) => url !== undefined);
  const sitemap = { callback: readsSitemap, depth: request.depth + 1, referrer: request.url };
  if (urls.length > 0) return urls.map((url) => requestFrom(request, url, sitemap));
  const guessed = { ...sitemap, referrer: "", meta: { guessed: true }, handleStatuses: [404, 410] };
  return [requestFrom(request, `${originOf(request.url)}/sitemap.xml`, guessed)];
}

/** Whether an answer is for us to read, and not for the spider. */
export function isSitemap({ callback }: Request): boolean {
  return callback === readsSitemap;
}

/**
 * Returns the requests for what a sitemap names, in its order: for the spider's `parse`, one link from the start, with
 * the sitemap's URL and the date of the last change as `sitemap` and `lastmod` in their `meta`; and for further
 * sitemaps. Or why it is none.
 *
 * It may be compressed with gzip. Of one with more than 50,000 URLs the first count; indexes that lead from one to the
 * next are followed three times.
 */
export async function readSitemap(
  request: Request,
  response: Response,
  { maxBodySize, log }: SitemapParts,
): Promise<readonly Request[] | Failure> {
  const { status } = response;
  const isGuessed = request.meta["guessed"] === true;
  if (status < 200 || status > 299) {
    return isGuessed ? [] : { kind: "status", status, message: `status ${status}` };
  }
  const text = await textOf(response, maxBodySize);
  if (typeof text !== "string") return text;
  const sitemap = parseSitemap(text, mostUrls);
  if (sitemap === undefined) {
    const message = `It is not a sitemap; it begins with "${printable(text.trimStart(), 60)}"`;
    if (!isGuessed) return { kind: "protocol", message };
    log.info(message);
    return [];
  }
  if (sitemap.isCut) log.warn(`it names more than ${formatCount(mostUrls)} URLs: the first count`);
  return requestsOf(request, response.url, sitemap, log);
}

function requestsOf(request: Request, base: string, { pages, sitemaps }: Sitemap, log: PageLog): Request[] {
  const { depth, meta } = request;
  const nested = typeof meta["nested"] === "number" ? meta["nested"] + 1 : 1;
  const requests: Request[] = [];
  const add = ({ url }: SitemapEntry, said: Partial<Request>) => {
    const resolved = resolve(url, base);
    if (resolved !== undefined) requests.push(requestFrom(request, resolved, { ...said, depth, referrer: base }));
  };
  for (const page of pages) {
    const { lastmod } = page;
    add(page, { meta: { sitemap: base, ...lastmod !== undefined && { lastmod } } });
  }
  if (nested <= mostNested) {
    for (const sitemap of sitemaps) add(sitemap, { callback: readsSitemap, meta: { nested } });
  } else if (sitemaps.length > 0) {
    const named = counted(sitemaps.length, "sitemap that it names is", "sitemaps that it names are");
    log.warn(`the ${named} not read: ${mostNested} indexes led here`);
  }
  log.debug(`a sitemap of ${counted(pages.length, "page")} and ${counted(sitemaps.length, "sitemap")}`);
  return requests;
}

/** Of the same session as another; and with its password, as long as it goes to the same site. */
function requestFrom({ url: from, jar, userinfo }: Request, target: string, said: Partial<Request>): Request {
  const { url, userinfo: own } = splitUserinfo(target);
  const inherits = own === "" && originOf(url) === originOf(from);
  return createRequest(url, { ...said, jar, userinfo: inherits ? userinfo : own });
}

async function textOf({ body, headers }: Response, maxBodySize: number): Promise<string | Failure> {
  const type = headers.get("content-type") ?? undefined;
  if (body[0] !== 0x1f || body[1] !== 0x8b) return decode(body, type).text;
  try {
    // A file with the ending .gz, say: of this no header tells, and nobody has unpacked it.
    const unpacked = await unpack(body, ["gzip"], maxBodySize, true);
    if (unpacked !== undefined) return decode(unpacked, type).text;
  } catch (error) {
    return { kind: "protocol", message: `Cannot decompress the sitemap: ${printable((error as Error).message, 200)}` };
  }
  return {
    kind: "too-large",
    message: `The sitemap is larger than ${formatSize(maxBodySize)} when it is decompressed`,
  };
}
