import { resolve as resolvePath } from "node:path";
import { parseHtml } from "../../html/parse.ts";
import { Selection } from "../../select/selection.ts";
import { SelectorError } from "../../select/selector_error.ts";
import type { Settings } from "../../spider/settings.ts";
import { resolve } from "../../url/resolve.ts";
import { createRequest, type Request } from "../../model/request.ts";
import { shownLink } from "../../url/userinfo.ts";
import { type OpenCache, openCache, readCache } from "../cache.ts";
import type { Context } from "../context.ts";
import { OptionReader } from "../options.ts";
import { type ProxyChoice, readProxies } from "../proxy.ts";
import { readTrust, type Trust } from "../trust.ts";
import { readRequest } from "./request_flags.ts";
import { UsageError } from "../usage_error.ts";

/** What `trawl fetch` is asked for. */
export interface FetchAsked extends Trust {
  readonly request: Request;
  readonly settings: Settings;
  /** What is looked for in the page. */
  readonly query: Query | undefined;
  /** Whether the body is wanted as text. */
  readonly body: boolean;
  /** Where the bytes of the body go: a path, or `-`. */
  readonly output: string | undefined;
  readonly json: boolean;
  readonly proxies: ProxyChoice;
  readonly cache: OpenCache | undefined;
}

/** A query that can be asked. */
export interface Query {
  readonly language: "css" | "xpath";
  readonly text: string;
}

/** Reads what is asked for; throws a `UsageError` with every mistake. */
export async function readFetch(context: Context): Promise<FetchAsked> {
  const options = new OptionReader(context.args, context.environment.values);
  const { problems } = options;
  const [text] = context.args.args;
  const url = text === undefined ? undefined : resolve(text.trim(), text.trim());
  if (text !== undefined && url === undefined) {
    problems.push(`fetch ${shownLink(text)}: it is not an http or https URL, such as https://example.com/`);
  }
  const output = options.text("output");
  const printing = ["css", "xpath", "body", ...output === "-" ? ["json", "output"] : []];
  const printed = printing.filter((flag) => options.has(flag)).map((flag) => `--${flag}`);
  if (printed.length > 1) problems.push(`${printed.join(" and ")}: give one of them, there is one standard output`);
  const { proxies } = readProxies(options);
  const said = await readRequest(context, options);
  const asked = {
    settings: options.merged("set", undefined),
    query: readQuery("css", options) ?? readQuery("xpath", options),
    body: options.has("body"),
    output: output === undefined || output === "-" ? output : context.disk.locate(resolvePath(context.folder, output)),
    json: options.has("json"),
    proxies,
    ...readTrust(context, options, proxies),
  };
  const cache = readCache(options, context.folder);
  if (problems.length > 0 || url === undefined) throw new UsageError(problems);
  const { settings: { handleStatuses } } = asked;
  return {
    ...asked,
    request: createRequest(url, { ...said, handleStatuses }),
    cache: await openCache(cache, context),
  };
}

function readQuery(language: Query["language"], options: OptionReader): Query | undefined {
  const text = options.text(language);
  if (text === undefined) return undefined;
  try {
    // It is found out before anybody is asked for a page.
    new Selection([parseHtml("")])[language](text);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    options.problems.push(`--${language}: ${error.message}`);
  }
  return { language, text };
}
