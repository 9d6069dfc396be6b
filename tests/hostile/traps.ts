/**
 * Sites without end: every page leads to pages that nobody has seen before.
 *
 * @module
 */
import type { Case, Scale } from "./case.ts";
import type { Peer } from "./peer.ts";

/** A site whose pages each have these links; a crawl takes as many of its pages as `depthLimit` lets it. */
function trap(
  name: string,
  path: string,
  links: (peer: Peer) => readonly string[],
  pages: (scale: Scale) => number,
): Case {
  return {
    name,
    path,
    serving: {
      answer: (peer) =>
        peer.sendPage(`<title>on and on</title>${links(peer).map((href) => `<a href="${href}">on</a>`).join("")}`),
    },
    wanted: (scale) => ({ pages: pages(scale) }),
  };
}

let sessions = 0;

export const traps: readonly Case[] = [
  trap("a calendar", "/calendar?month=0", ({ path }) => {
    const month = Number(path.split("=")[1]);
    return [`?month=${month + 1}`, `?month=${month - 1}`];
  }, ({ depth }) => 2 * depth + 1),
  trap("a new session for every visit", "/", () => [`/?session=${++sessions}`], ({ depth }) => depth + 1),
  trap("folders that repeat", "/a/", () => ["a/", "b/"], ({ depth }) => 2 ** (depth + 1) - 1),
  trap("a query that grows", "/?q=0", ({ path }) => [`${path}&f=${path.length}`], ({ depth }) => depth + 1),
  // The same page in another order of its query: it counts once, whatever the order.
  trap("a query in every order", "/?a=1&b=2&c=3&d=4&e=5", ({ path }) => {
    const parts = path.slice(2).split("&");
    return parts.map((_, at) => `?${[...parts.slice(at), ...parts.slice(0, at)].join("&")}`);
  }, () => 1),
  trap("a page that is not there, and says so with 200", "/", ({ path }) => [`${path}x`], ({ depth }) => depth + 1),
];
