/**
 * One download, and what is expected of its outcome.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Failure, Outcome } from "../../lib/model/outcome.ts";
import type { Response as Answer } from "../../lib/model/response.ts";
import { type Downloadable, Downloader, type DownloaderOptions, type Sending } from "../../lib/net/download.ts";

/** A GET, with what is said of it besides. */
export function get(url: string, more: Partial<Downloadable> = {}): Downloadable {
  return { url, method: "GET", headers: {}, body: undefined, ...more };
}

/** Downloads once, over a downloader of its own; `more` is both of the request and of what goes with it. */
export async function once(
  url: string,
  options: Partial<DownloaderOptions> = {},
  more: Partial<Downloadable> & Sending = {},
): Promise<Outcome> {
  using downloader = new Downloader({ userAgent: "test/1", ...options });
  return await downloader.download(get(url, more), more);
}

/** The page that there is; a failure fails the test with its message. */
export function pageOf({ response, failure }: Outcome): Answer {
  assert.ok(response !== undefined, failure?.message);
  return response;
}

/** The text of a page, or of the one that there is as with {@linkcode pageOf}. */
export function textOf(page: Answer | Outcome): string {
  return new TextDecoder().decode("body" in page ? page.body : pageOf(page).body);
}

/** The failure that there is; a page fails the test. With a `url`, its message has HOST in place of that URL's host. */
export function failureOf({ response, failure }: Outcome, url?: string): Failure {
  assert.ok(failure !== undefined, `answered ${response?.status} with ${response?.body.length} bytes`);
  return url === undefined ? failure : { ...failure, message: failure.message.replace(new URL(url).host, "HOST") };
}
