/**
 * `trawl fetch`: one page, as the crawler sees it.
 *
 * @module
 */

import { createRequest, type Request } from "../model/request.ts";
import type { Response } from "../model/response.ts";
import { Downloader } from "../net/download.ts";
import { redirectOf } from "../net/redirect.ts";
import { SelectorError } from "../select/selector_error.ts";
import { Page } from "../spider/page.ts";
import { formatSize } from "../text/size.ts";
import { resolve } from "../url/resolve.ts";
import type { Context } from "./context.ts";
import { OptionReader } from "./options.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command: matches, or status and headers, go to standard output, the way there to standard error. */
export async function fetchPage(context: Context): Promise<number> {
  const options = new OptionReader(context.args);
  const [text = ""] = context.args.args;
  const url = resolve(text, text);
  if (url === undefined) {
    options.problems.push(`fetch ${text}: it is not an http or https URL, such as https://example.com/`);
  }
  if (options.has("css") && options.has("xpath")) options.problems.push("--css and --xpath: give one of them");
  const settings = options.merged("set", undefined);
  if (options.problems.length > 0 || url === undefined) throw new UsageError(options.problems);
  const downloader = new Downloader({ ...settings, clock: context.clock });
  try {
    const got = await follow(context, downloader, createRequest(url));
    if (got === undefined) return 1;
    return show(context, options, new Page({ ...got, callbacks: [], state: () => ({}), log: silent }));
  } finally {
    downloader.close();
  }
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function follow(
  { terminal }: Context,
  downloader: Downloader,
  first: Request,
): Promise<{ readonly request: Request; readonly response: Response } | undefined> {
  let request = first;
  while (true) {
    const { response, failure } = await downloader.download(request);
    if (failure !== undefined) {
      terminal.say(`${terminal.paint("red", failure.kind)} ${failure.message}`);
      return undefined;
    }
    const redirect = redirectOf(request, response);
    terminal.say(`${response.status} ${request.url} in ${Math.round(response.latency * 1000)} ms`);
    if (redirect === undefined) return { request, response };
    if (redirect.failure !== undefined) {
      terminal.say(`${terminal.paint("red", "redirect")} ${redirect.failure.message}`);
      return undefined;
    }
    ({ request } = redirect);
  }
}

function show({ terminal }: Context, options: OptionReader, page: Page): number {
  const [css, xpath] = [options.text("css"), options.text("xpath")];
  if (css === undefined && xpath === undefined) {
    terminal.print(`${page.status} ${page.url}`);
    for (const [name, value] of page.headers) terminal.print(`${name}: ${value}`);
    terminal.say(`${formatSize(page.bytes.length)}, read as ${page.encoding}`);
    return page.status <= 299 ? 0 : 1;
  }
  try {
    const found = css === undefined ? page.xpath(xpath!) : page.css(css);
    for (const match of found.getAll()) terminal.print(match);
    terminal.say(`${found.length} matches`);
    return found.length > 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw new UsageError([`${css === undefined ? "--xpath" : "--css"}: ${error.message}`]);
  }
}
