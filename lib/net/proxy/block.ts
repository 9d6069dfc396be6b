/**
 * Whether an answer is a block: the server, or a guard in front of it, will not serve us.
 *
 * @module
 */

import type { Response } from "../../model/response.ts";
import { isHtml } from "../../text/mime_type.ts";

/** What counts as a block. */
export interface BlockRules {
  /** Answers with these statuses are blocks. */
  readonly statuses: readonly number[];
  /** An HTML page whose beginning, read as UTF-8, it matches is a challenge. */
  readonly pattern?: RegExp | undefined;
  /** The spider wants to see answers with these statuses: they are no blocks, whatever they say. @default {[]} */
  readonly handled?: readonly number[];
}

/** A block, and how it was known. */
export interface Block {
  /** Whose challenge page it is; undefined where nothing but the status tells. */
  readonly by: string | undefined;
  /** For people, to go behind the name of the host. */
  readonly words: string;
}

interface Mark {
  readonly by: string;
  readonly pattern: RegExp;
}

/** Headers that only a challenge has. They are looked at in every answer, so they are few. */
const headerMarks: readonly (Mark & { readonly header: string })[] = [
  { header: "cf-mitigated", by: "Cloudflare", pattern: /challenge/i },
  { header: "x-amzn-waf-action", by: "AWS WAF", pattern: /challenge|captcha/i },
  { header: "x-vercel-mitigated", by: "Vercel", pattern: /challenge|deny/i },
];

/**
 * What only the page of a challenge says; pages that the same guards let through do not.
 *
 * A page may be written to take long: what repeats must not read over a place where the same mark could begin again.
 */
const bodyMarks: readonly Mark[] = [
  { by: "Cloudflare", pattern: /<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare)/i },
  { by: "DataDome", pattern: /captcha-delivery\.com/i },
  { by: "HUMAN", pattern: /\bpx-captcha\b|_pxAppId/ },
  {
    by: "Imperva",
    pattern:
      /Incapsula incident ID|<iframe[^<>]*_Incapsula_Resource|<head>\s*<meta[^>]*>\s*<script[^>]*_Incapsula_Resource/i,
  },
  { by: "Akamai", pattern: /Reference(?:&#32;|\s)(?:&#35;|#)\d|errors\.edgesuite\.net|sec-if-cpt-container/i },
  { by: "AWS WAF", pattern: /awsWafCookieDomainList|\bgokuProps\b/ },
  { by: "Kasada", pattern: /\bKPSDK\b|ips\.js\?KP_UIDz/i },
];

/** Guards that send challenges as if they were pages, by a header that all of their answers have. */
const disguising = ["x-iinfo", "x-datadome", "x-kpsdk-ct"] as const;

/** A challenge in disguise is a page with hardly anything in it: no larger one is looked into, in bytes. */
const smallPage = 8 * 1024;
/** How much of a page is looked into, in bytes. */
const lookedInto = 16 * 1024;

const decoder = new TextDecoder();

/**
 * Returns what makes an answer a block, or `undefined` where it is none.
 *
 * An ordinary page costs a look at a few headers. A body is looked into where the status is no success, where the page
 * is small and its headers name a guard that sends challenges with a 200, and, up to 16 KB, for a pattern.
 */
export function blockOf(
  { status, headers, body }: Pick<Response, "status" | "headers" | "body">,
  { statuses, pattern, handled = [] }: BlockRules,
): Block | undefined {
  if (handled.includes(status)) return undefined;
  for (const mark of headerMarks) {
    const value = headers.get(mark.header);
    if (value !== null && mark.pattern.test(value)) return challenge(mark.by, status);
  }
  const suspicious = isSuspicious(status, headers, body.length);
  if (suspicious || pattern !== undefined) {
    const by = isHtml(headers.get("content-type"), body)
      ? readBlock(body, suspicious ? bodyMarks : [], pattern)
      : undefined;
    if (by !== undefined) return challenge(by, status);
  }
  return statuses.includes(status) ? { by: undefined, words: `blocks us with status ${status}` } : undefined;
}

function isSuspicious(status: number, headers: Headers, size: number): boolean {
  if (status >= 400) return status !== 404 && status !== 410;
  if (status === 202) return true;
  return status === 200 && size <= smallPage && disguising.some((name) => headers.has(name));
}

function readBlock(body: Uint8Array, marks: readonly Mark[], pattern: RegExp | undefined): string | undefined {
  const text = decoder.decode(body.subarray(0, lookedInto));
  return marks.find((mark) => mark.pattern.test(text))?.by ?? (pattern?.test(text) ? "blockPattern" : undefined);
}

function challenge(by: string, status: number): Block {
  const words = by === "blockPattern"
    ? `sends a page that blockPattern takes for a block (status ${status})`
    : `wants proof that we are a browser (${by}, status ${status})`;
  return { by, words };
}
