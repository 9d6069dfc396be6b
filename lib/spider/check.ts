import { suggest } from "../text/nearest.ts";
import { canonicalHost } from "../url/canonical_host.ts";
import { resolve } from "../url/resolve.ts";
import { shownLink } from "../url/userinfo.ts";
import { misspelt } from "./misspelt.ts";
import { mergeSettings, settingNames, type SettingsInput } from "./settings.ts";
import type { Spider } from "./spider.ts";

/** A spider that cannot be run. The message lists every mistake. */
export class SpiderError extends Error {
  override readonly name = "SpiderError";
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    super(`Cannot use the spider ${source}:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

const hooks = ["onStart", "onItem", "onError", "onClose", "start"];
const notCallbacks = new Set(hooks);

/**
 * Returns the value as a spider, or throws a {@linkcode SpiderError} with every mistake in it. `source` says where it
 * came from.
 */
export function checkSpider(value: unknown, source: string): Spider {
  if (typeof value !== "object" || value === null) {
    throw new SpiderError(source, [
      "it has no default export that is an object: write `export default { name: ..., ... }`",
    ]);
  }
  const spider = value as Record<string, unknown>;
  const problems = [
    ...checkName(spider.name),
    ...checkStart(spider),
    ...checkDomains(spider.allowedDomains),
    ...checkSettings(spider.settings),
    ...hooks.filter((hook) => spider[hook] !== undefined && typeof spider[hook] !== "function")
      .map((hook) => `${hook} is not a function`),
    ...misspelt(spider),
  ];
  if (callbacksOf(spider as unknown as Spider).length === 0) {
    problems.push("it has no callback: write `*parse(page) { ... }`");
  } else if (typeof spider.parse !== "function") {
    problems.push("it has no `parse`, the callback of requests that name no other");
  }
  if (problems.length > 0) throw new SpiderError(source, problems);
  return value as Spider;
}

/** Returns the names of a spider's callbacks. */
export function callbacksOf(spider: Spider): readonly string[] {
  // What is in parentheses is a callback of trawl's own.
  return Object.keys(spider).filter((key) =>
    typeof spider[key] === "function" && !notCallbacks.has(key) && !key.startsWith("(")
  );
}

function checkName(name: unknown): string[] {
  if (typeof name !== "string" || name === "") return ['it has no name: write `name: "..."`'];
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)
    ? []
    : [`name ${JSON.stringify(name)} has other characters than letters, digits, ".", "_" and "-"`];
}

function checkStart({ start, startUrls }: Record<string, unknown>): string[] {
  if (startUrls === undefined) return [];
  if (!Array.isArray(startUrls)) return ["startUrls is not an array of URLs"];
  if (start !== undefined) return ["it has both start and startUrls: leave one out"];
  return startUrls.filter((url) => typeof url !== "string" || resolve(url, url) === undefined)
    .map((url) =>
      `start URL ${JSON.stringify(typeof url === "string" ? shownLink(url) : url)} is not an http or https URL`
    );
}

function checkDomains(domains: unknown): string[] {
  if (domains === undefined) return [];
  if (!Array.isArray(domains)) return ["allowedDomains is not an array of domains"];
  return domains.filter((domain) => typeof domain !== "string" || canonicalHost(domain) === undefined)
    .map((domain) => `allowed domain ${JSON.stringify(domain)} is not a domain such as ${exampleFor(domain)}`);
}

/** An address that lacks its brackets has a right spelling of its own. */
function exampleFor(domain: unknown): string {
  const address = typeof domain === "string" && domain.includes(":") ? canonicalHost(`[${domain}]`) : undefined;
  return JSON.stringify(address ?? "example.com");
}

function checkSettings(settings: unknown): string[] {
  if (settings === undefined) return [];
  if (typeof settings !== "object" || settings === null) return ["settings is not an object"];
  const problems = Object.keys(settings).flatMap(unknownSetting);
  mergeSettings([settings as SettingsInput], (message) => problems.push(`setting ${message}`));
  return problems;
}

/** Returns what is wrong with a setting's name: nothing, or that there is none, with the nearest that there is. */
export function unknownSetting(name: string): string[] {
  if ((settingNames as readonly string[]).includes(name)) return [];
  return [`there is no setting ${JSON.stringify(name)}; ${suggest(name, settingNames)}`];
}
