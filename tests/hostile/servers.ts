/**
 * All hostile cases, and how to serve them.
 *
 * @module
 */
import { absent } from "./absent.ts";
import { bodies } from "./bodies.ts";
import type { Case, Scale } from "./case.ts";
import { Certificates } from "../net/tls/certificates.ts";
import { charsets } from "./charsets.ts";
import { cuts } from "./cuts.ts";
import { framing } from "./framing.ts";
import { heads } from "./heads.ts";
import { type Host, serve } from "./host.ts";
import { markup } from "./markup.ts";
import { redirects } from "./redirects.ts";
import { retryAfter } from "./retry_after.ts";
import { robotsFiles } from "./robots_files.ts";
import { sitemapFiles } from "./sitemap_files.ts";
import { stalls } from "./stalls.ts";
import { tls } from "./tls.ts";
import { traps } from "./traps.ts";

/** The cases that a crawl with `sitemaps=true` meets. */
export { sitemapFiles };

/** Every other case, by its topic. */
export const topics = {
  // First, because nobody has answered yet: whether the network is there is not known.
  absent,
  stalls,
  cuts,
  framing,
  heads,
  redirects,
  bodies,
  markup,
  charsets,
  robots: robotsFiles,
  traps,
  retryAfter,
  tls,
} as const satisfies Record<string, readonly Case[]>;

/** Every case there is. */
export const allCases: readonly Case[] = [...Object.values(topics).flat(), ...sitemapFiles];

/** What misbehaves, while it is served. */
export interface Hostile extends AsyncDisposable {
  readonly hosts: readonly Host[];
  /** The certificate, as text, of the authority that signed those of the servers. */
  readonly authority: string;
}

/** Serves these cases, or all of the topics, each on a port of its own. */
export async function startHostile(
  scale: Scale,
  cases: readonly Case[] = Object.values(topics).flat(),
): Promise<Hostile> {
  await using certificates = await Certificates.make();
  for (const { prepare } of cases) prepare?.(scale);
  const hosts = cases.map((each) => serve(each, scale, certificates));
  return {
    hosts,
    authority: certificates.authority,
    async [Symbol.asyncDispose]() {
      await Promise.all(hosts.map((host) => host[Symbol.asyncDispose]()));
    },
  };
}
