/**
 * What the end of a crawl says about its tiers, and about hosts that will not serve us.
 *
 * @module
 */

import type { Counters, TierCounters } from "../engine/counters.ts";
import { direct } from "../net/proxy/tiers.ts";
import { counted, formatCount } from "../text/count.ts";
import { formatSize } from "../text/size.ts";
import { configuredProxies, proxyVariable } from "./proxy.ts";
import { commandLine } from "./shell.ts";

/** The proxies that are never used without being named. */
const lastResort = "residential";
/** How many hosts are named. */
const mostNamed = 10;

/** Returns a line for each tier, where more than direct requests were made. Bytes are those of decompressed bodies. */
export function tierLines(tiers: Counters["tiers"]): string[] {
  const rows = Object.entries(tiers);
  if (rows.every(([name]) => name === direct)) return [];
  const width = Math.max(...rows.map(([name]) => name.length)) + 1;
  return rows.map(([name, counts]) => `${`${name}:`.padEnd(width)} ${figuresOf(counts)}`);
}

function figuresOf({ requests, ok, bytes }: TierCounters): string {
  return `${counted(requests, "request")}, ${formatCount(ok)} answered, ${formatSize(bytes)} of bodies`;
}

/** What there is to know for the lines about blocked hosts. */
export interface Blocked {
  readonly blocked: Counters["blocked"];
  readonly proxyType: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The command line; undefined where the pages cannot be tried again. */
  readonly argv: readonly string[] | undefined;
}

/** Returns the hosts that are still blocked, and the command that would try them through what nothing uses by itself. */
export function blockedLines({ blocked, proxyType, variables, argv }: Blocked): string[] {
  const hosts = Object.entries(blocked).filter(([host]) => host !== "").sort(([, a], [, b]) => b - a);
  if (hosts.length === 0) return [];
  const named = hosts.slice(0, mostNamed).map(([host, pages]) => `${host} (${pagesOf(pages)})`);
  const others = hosts.slice(mostNamed).reduce((sum, [, pages]) => sum + pages, blocked[""] ?? 0);
  const lines = [`Still blocked: ${named.join(", ")}${others > 0 ? `, and ${pagesOf(others)} of other hosts` : ""}`];
  if (argv === undefined || proxyType === lastResort) return lines;
  const command = commandLine(["trawl", ...withoutProxy(argv), "--retry-failed", "--proxy-type", lastResort]);
  const isConfigured = configuredProxies(variables).includes(lastResort);
  const first = isConfigured ? "" : `, which is not configured: set ${proxyVariable(lastResort)}, and then`;
  return [...lines, `To try them through "${lastResort}"${first}: ${command}`];
}

/** A command line without what a retry through a proxy says otherwise. */
function withoutProxy(argv: readonly string[]): string[] {
  return argv.filter((word, at) =>
    !/^--(?:fresh|retry-failed|proxy-type(?:=.*)?)$/.test(word) && argv[at - 1] !== "--proxy-type"
  );
}

function pagesOf(count: number): string {
  return counted(count, "page");
}
