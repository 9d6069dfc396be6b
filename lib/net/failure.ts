/**
 * What an error of the network means.
 *
 * @module
 */

import type { Failure, FailureKind, Lacking } from "../model/outcome.ts";
import { printable } from "../text/safe.ts";
import { certificateWords } from "./tls/certificate_words.ts";
import type { Proxy } from "./proxy/proxy.ts";
import { shortageIn } from "./shortage.ts";

/** When an error came: before the answer's headers, or while its body was read. */
export type Phase = "answer" | "body";

interface Meaning {
  readonly kind: FailureKind;
  /** In plain words, where HOST stands for the host and "the PROXY" for the proxy. */
  readonly words: string;
  /** Shows the error's own words as well, where they say more. */
  readonly quoting?: boolean;
  /** Another attempt would end the same way. */
  readonly final?: boolean;
}

/**
 * The first that matches counts. Deno passes on the words of its transport (hyper, rustls) and of the operating system;
 * the numbers are the errors of Linux, macOS and Windows.
 */
const meanings: readonly (Meaning & { readonly pattern: RegExp })[] = [
  // Only Linux tells a name that does not exist from a resolver that cannot be asked; macOS and Windows say the same of
  // both.
  {
    pattern: /Name or service not known|No address associated with hostname/,
    kind: "dns",
    words: "No host is named HOST",
    final: true,
  },
  { pattern: /dns error|failed to lookup/i, kind: "dns", words: "Cannot look up the address of HOST", quoting: true },
  {
    pattern: /proxy authentication required|unsuccessful tunnel|while tunneling/i,
    kind: "connect",
    words: "The proxy of the environment (HTTPS_PROXY) gives no connection to HOST",
    quoting: true,
  },
  {
    pattern: /handshake eof/i,
    kind: "reset",
    words: "HOST closed the connection while encryption was being agreed on",
  },
  // Before the words about TLS: the line was cut, whatever it was that noticed.
  { pattern: /close_notify/i, kind: "cut-short", words: "The answer of HOST ends too early" },
  {
    pattern: /certificate/i,
    kind: "tls",
    words: "Cannot trust the certificate of HOST",
    quoting: true,
    final: true,
  },
  { pattern: /InvalidContentType/, kind: "tls", words: "HOST does not speak TLS on this port" },
  {
    pattern: /\btls\b|handshake|received fatal alert|corrupt message/i,
    kind: "tls",
    words: "Cannot agree on encryption with HOST",
    quoting: true,
  },
  { pattern: /connection refused|os error (?:111|61|10061)\b/i, kind: "connect", words: "HOST refused the connection" },
  {
    pattern: /timed out|os error (?:110|60|10060)\b/i,
    kind: "timeout",
    words: "HOST did not take the connection in time",
  },
  { pattern: /unreachable|os error (?:101|113|10051|10065)\b/i, kind: "connect", words: "HOST cannot be reached" },
  {
    pattern: /connection reset|broken pipe|connection aborted|os error (?:104|32|54|103|10053|10054)\b/i,
    kind: "reset",
    words: "HOST broke the connection off",
  },
  {
    pattern: /before message completed|connection closed|channel closed/i,
    kind: "reset",
    words: "HOST closed the connection without an answer",
  },
  {
    pattern: /refused stream|GOAWAY|not a result of an error|stream no longer needed/i,
    kind: "reset",
    words: "HOST gave the request back unanswered",
  },
  {
    pattern: /message head is too large|headers? overflow|too_many_continuations|header compression context/i,
    kind: "protocol",
    words: "The headers of HOST are too many or too large",
  },
  {
    pattern: /stream error detected|connection error detected/i,
    kind: "protocol",
    words: "The answer of HOST is not valid HTTP/2, or its headers are too large",
    quoting: true,
  },
  {
    pattern: /error reading a body|unexpected end of file|unexpected eof/i,
    kind: "cut-short",
    words: "The answer of HOST ends too early",
  },
  {
    pattern:
      /gzip|deflate|brotli|zstd|corrupt|decompress|incorrect \w+ check|invalid (?:block|stored|distance|code|bit|literal)/i,
    kind: "protocol",
    words: "Cannot decompress the answer of HOST",
    quoting: true,
  },
  {
    pattern: /ports? \d+ (?:is|are) blocked/i,
    kind: "address",
    words: "The port of HOST is not one for web pages",
    quoting: true,
  },
  { pattern: /invalid url|url scheme|not supported/i, kind: "address", words: "Cannot ask HOST", quoting: true },
  { pattern: /client error \(Connect\)/i, kind: "connect", words: "Cannot connect to HOST", quoting: true },
  {
    pattern: /client error|http2 error|error sending request/i,
    kind: "protocol",
    words: "The answer of HOST is not valid HTTP",
    quoting: true,
  },
];

/** As above: elsewhere than on Linux the resolver may just not be there to be asked. */
const noSuchName = Deno.build.os === "linux" ? /getaddrinfo E(?:NOTFOUND|NODATA)/ : /(?!)/;

/**
 * What the errors of Node mean: those of its resolver, which addresses are looked up with, and of connections whose
 * certificates are not checked.
 */
const nodeMeanings: readonly (Meaning & { readonly pattern: RegExp })[] = [
  { pattern: noSuchName, kind: "dns", words: "No host is named HOST", final: true },
  { pattern: /getaddrinfo /, kind: "dns", words: "Cannot look up the address of HOST", quoting: true },
  {
    pattern: /before secure TLS connection/,
    kind: "reset",
    words: "HOST closed the connection while encryption was being agreed on",
  },
  { pattern: /ECONNREFUSED/, kind: "connect", words: "HOST refused the connection" },
  { pattern: /ENETUNREACH|EHOSTUNREACH/, kind: "connect", words: "HOST cannot be reached" },
  { pattern: /ETIMEDOUT|Connect Timeout/, kind: "timeout", words: "HOST did not take the connection in time" },
  { pattern: /ECONNRESET|ECONNABORTED|EPIPE/, kind: "reset", words: "HOST broke the connection off" },
  { pattern: /other side closed/, kind: "reset", words: "HOST closed the connection without an answer" },
  {
    pattern: /does not match the HTTP|bad upgrade/,
    kind: "protocol",
    words: "The answer of HOST is not valid HTTP",
    quoting: true,
  },
];

/**
 * What the same errors, and some more, mean behind a proxy: there Deno itself connects to nothing else. The words of
 * SOCKS are its replies, which are about the host; `os error` is in none of them.
 */
const proxyMeanings: readonly (Meaning & { readonly pattern: RegExp })[] = [
  {
    pattern: /proxy authentication required|password auth failure|no acceptable auth methods|proxy response \(407\)/i,
    kind: "proxy",
    words: "The PROXY refuses the user name and password",
    final: true,
  },
  { pattern: /tcp connect error.*refused|ECONNREFUSED/i, kind: "proxy", words: "The PROXY refused the connection" },
  {
    pattern: /tcp connect error|proxy server unreachable|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/i,
    kind: "proxy",
    words: "The PROXY cannot be reached",
  },
  {
    pattern: /dns error|failed to lookup|ENOTFOUND|EAI_AGAIN/i,
    kind: "proxy",
    words: "Cannot look up the address of the PROXY",
  },
  { pattern: /invalid response version/i, kind: "proxy", words: "The PROXY does not speak SOCKS5" },
  {
    pattern: /unsuccessful tunnel|while tunneling|proxy response \(/i,
    kind: "connect",
    words: "The PROXY gives no connection to HOST",
  },
  {
    pattern:
      /\(Connect\): (?:general socks|connection not allowed|network unreach|host unreach|connection refused$|ttl expired|command not|address type)/i,
    kind: "connect",
    words: "The PROXY gives no connection to HOST",
    quoting: true,
  },
];

/**
 * Returns what an error of `fetch`, or of reading its body, means for the page at a URL. `asked` is the URL that the
 * transport was given where that is another, `proxy` what the request went through.
 *
 * `fromEnvironment`: it is the one of `HTTP_PROXY` and its kin. Nothing else leads out of this machine, so what is wrong
 * with it is a failure to connect, and no fault of a proxy that others could take the place of.
 *
 * What cannot be recognised is a `reset` before the answer and `cut-short` within it, so that it is tried again; a
 * request that was never sent because it is not a valid one is `protocol`.
 */
export function failureOf(
  error: unknown,
  url: string,
  phase: Phase,
  asked = url,
  proxy?: Proxy,
  fromEnvironment = false,
): Failure {
  const reason = reasonOf(error, [url, asked]);
  const host = URL.parse(url)?.host ?? url;
  // A request that has been sent has its connection: what fails then is that.
  const lacking = phase === "answer" && !/SendRequest/.test(reason) ? shortageIn(reason) : undefined;
  if (lacking !== undefined) return shortageOf(lacking, host);
  const matching = ({ pattern }: { readonly pattern: RegExp }) => pattern.test(reason);
  const behind = proxy && proxyMeanings.find(matching);
  if (fromEnvironment && behind?.kind === "proxy" && behind.final !== true) {
    const name = `The proxy of the environment (${proxy?.name})`;
    return { kind: "connect", message: behind.words.replace(/[Tt]he PROXY/, (word) => word[0] + name.slice(1)) };
  }
  const meaning = (fromEnvironment ? undefined : behind) ?? nodeMeanings.find(matching) ?? meanings.find(matching) ??
    unknown(error, phase);
  const quoted = certificateWords(reason) ?? reason.replace(/^client error \(\w+\): /, "");
  const said = meaning.quoting === true ? `: ${printable(quoted, 200)}` : "";
  const names = { HOST: host, "the PROXY": `the proxy "${proxy?.name}"`, "The PROXY": `The proxy "${proxy?.name}"` };
  const words = meaning.words.replace(/HOST|[Tt]he PROXY/g, (name) => names[name as keyof typeof names]);
  const failure: Failure = { kind: meaning.kind, message: words + said };
  return meaning.final === true ? { ...failure, final: true } : failure;
}

const shortages: Readonly<Record<Lacking, string>> = {
  files: "This machine has no descriptor left for a connection to HOST (too many open files)",
  memory: "This machine has no memory left for a connection to HOST",
  ports: "This machine has no port or address left for a connection to HOST",
};

function shortageOf(lacking: Lacking, host: string): Failure {
  return { kind: "shortage", lacking, message: shortages[lacking].replace("HOST", host) };
}

/** The failure of a request to a host for which there was no descriptor. */
export function outOfFiles(host: string): Failure {
  return shortageOf("files", host);
}

function unknown(error: unknown, phase: Phase): Meaning {
  if (phase === "body") {
    return { kind: "cut-short", words: "The answer of HOST cannot be read to its end", quoting: true };
  }
  return error instanceof TypeError
    ? { kind: "protocol", words: "Cannot send this request to HOST", quoting: true }
    : { kind: "reset", words: "HOST did not answer", quoting: true };
}

/**
 * The words of an error and of its causes, from where they say what happened; which of them does depends on the version
 * of Deno.
 *
 * Never with the URLs that were asked for, which may hold any word, nor with a header.
 */
function reasonOf(error: unknown, urls: readonly string[]): string {
  const words: string[] = [];
  for (let at = error; at instanceof Error && words.length < 8; at = at.cause) words.push(at.message);
  let all = words.length > 0 ? words.join(": ") : String(error);
  for (const url of urls) all = all.replaceAll(url, "");
  // The value of a header may be a secret.
  all = all.replace(/(invalid header (?:name|value)).*/is, "$1");
  const from = all.lastIndexOf("client error (");
  return from < 0 ? all : all.slice(from);
}
