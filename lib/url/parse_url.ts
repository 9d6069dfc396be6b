/** Two slashes and more, either way round, with what the parser passes over before them and in between. */
const manySlashes = /^[\0-\x20]*(?:[\t\n\r]*[/\\]){3,}/;

/** Schemes in which a URL has a host, and so what follows two slashes is one. */
const hasHost = /^(?:https?|wss?|ftp):/i;

/**
 * Returns the URL that a link means relative to `base`, or `null` where it is none, as the WHATWG parser says.
 *
 * The runtime's own parser gives up on more slashes than two before a host (`///host/path`); the standard, and so every
 * browser, passes over the rest of them.
 */
export function parseUrl(link: string, base: string): URL | null {
  return URL.parse(hasHost.test(base) ? link.replace(manySlashes, "//") : link, base);
}
