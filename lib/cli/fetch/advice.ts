import type { Failure, FailureKind } from "../../model/outcome.ts";

/** What to do about a page that could not be fetched; nothing where the message says it, or nothing can be done. */
const advice: Readonly<Partial<Record<FailureKind, string>>> = {
  dns: "Check the spelling of the host, and the network",
  connect: "Check that the server runs, and the port of the URL",
  timeout: "Try again, or give it more time: -s timeout=5m -s connectTimeout=5m -s idleTimeout=5m",
  reset: "Try again: a crawl does so by itself",
  "cut-short": "Try again: a crawl does so by itself",
  "too-large": "Allow more: -s maxBodySize=200MB -s maxElements=1000000",
  tls: "To look at it all the same, without any trust: --insecure",
  proxy: "Check the proxies that --proxy-type names",
  redirect: "Ask for the page that it should lead to",
};

/** Returns what a user can do about a failure on the way from a URL; undefined where there is nothing to say. */
export function adviceFor({ kind, message }: Pick<Failure, "kind" | "message">, url: string): string | undefined {
  if (kind === "protocol" && url.startsWith("http:") && / is not valid HTTP/.test(message)) {
    return "Perhaps the server wants encryption: ask for https://";
  }
  if (kind !== "tls") return advice[kind];
  if (/ does not speak TLS /.test(message)) return "Ask for http://, or on another port";
  // Where it is not about a certificate, no trust in one helps.
  return /certificate/.test(message) ? advice[kind] : undefined;
}
