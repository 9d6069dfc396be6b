/**
 * One request through one of several proxies.
 *
 * A proxy that fails costs the request nothing but time: it goes through another, at once where the host cannot have had
 * it, and otherwise after the host's delay. So that a dead host does not pass for a dead proxy, what may be the fault of
 * either is looked into: another proxy may get through, and the proxy itself is asked.
 *
 * @module
 */

import { unsent } from "../follow/retry.ts";
import type { Failure, FailureKind, Outcome } from "../../model/outcome.ts";
import type { Response } from "../../model/response.ts";
import type { Clock } from "../../time/clock.ts";
import type { ProxyState } from "./ask_proxy.ts";
import type { Downloadable, Downloads, Sending } from "../download.ts";
import type { Proxies } from "./proxies.ts";
import { isSocks, type Proxy } from "./proxy.ts";

export interface ThroughOptions {
  readonly downloader: Pick<Downloads, "download">;
  readonly clock: Clock;
  /** Asks a proxy about the host of a URL. */
  readonly ask: (proxy: Proxy, url: string) => Promise<ProxyState>;
  /** The request may be sent twice. Otherwise another proxy is tried only where nothing can have been sent. */
  readonly repeatable: boolean;
  /** Returns after the delay of the host, which may have had the request already. @default {at once} */
  readonly rest?: () => Promise<void>;
}

/** How many proxies are tried that answer and get no connection to a host: more would say the same. */
const mostUnable = 3;

/** Failures that may be the proxy's fault or the host's. `tls`: a proxy may be reading along. */
const doubtful: ReadonlySet<FailureKind> = new Set([
  "connect",
  "tls",
  "timeout",
  "reset",
  "cut-short",
  "protocol",
]);

/**
 * Downloads a request through the next proxy in turn, or the one after it where that one fails. A failure of the kind
 * `proxy` says that none could be used; any other is the host's, as far as can be known.
 */
export async function downloadThrough(
  request: Downloadable,
  proxies: Proxies,
  how: Omit<Sending, "proxy">,
  options: ThroughOptions,
): Promise<Outcome> {
  const { ask, repeatable, rest } = options;
  const tried = new Set<Proxy>();
  const unable: Unable[] = [];
  let last: Failure | undefined;
  let mayBeSent = false;
  while (unable.length < mostUnable) {
    let proxy = proxies.next(tried);
    if (proxy !== undefined && mayBeSent && rest !== undefined) {
      // There is something to wait for; meanwhile the proxy is there for others.
      proxies.undecided(proxy);
      await rest();
      proxy = proxies.next(tried);
    }
    if (proxy === undefined) break;
    tried.add(proxy);
    const beganAt = options.clock.now();
    const outcome = await options.downloader.download(request, { ...how, proxy });
    const failure = outcome.failure ?? saidByProxy(outcome.response, proxy);
    if (failure === undefined) {
      proxies.worked(proxy);
      for (const each of unable) blame(each, proxies);
      return outcome;
    }
    if (failure.kind !== "proxy" && !doubtful.has(failure.kind)) {
      proxies.undecided(proxy);
      return outcome;
    }
    const isSure = outcome.failure?.kind === "proxy";
    const state = isSure ? sureState(failure) : await stateAfter(failure, proxy, beganAt);
    if (state === "unknown") {
      proxies.undecided(proxy);
      return outcome;
    }
    if (state === "works" || state === "no-host") {
      proxies.worked(proxy);
      return state === "works" ? outcome : { failure: noHost(proxy, request.url) };
    }
    if (state === "denied") {
      last = isSure ? failure : denial(proxy);
      proxies.denied(proxy, last.message);
    } else if (state === "dead") {
      last = isSure ? failure : silence(proxy, failure);
      proxies.failed(proxy, beganAt, last.message);
    } else {
      proxies.undecided(proxy);
      unable.push({ proxy, beganAt, failure });
    }
    mayBeSent = !unsent.has(failure.kind);
    if (!repeatable && mayBeSent) return { failure };
  }
  const [first] = unable;
  return { failure: first?.failure ?? last ?? noneOf(proxies) };

  async function stateAfter({ kind }: Failure, proxy: Proxy, beganAt: number): Promise<ProxyState> {
    const isTls = kind === "tls";
    if (isTls && !proxy.url.startsWith("https:")) return "unable";
    // Of two that were under way together, an answer to one says that it was the other's host that was silent.
    const mayBeSilent = kind !== "connect" && kind !== "proxy" && !isTls;
    if (mayBeSilent && proxies.hasWorkedSince(proxy, beganAt)) return "works";
    const state = await ask(proxy, request.url);
    return state === "works" && isTls ? "unable" : state;
  }
}

/** A proxy that got no connection where another got one. */
interface Unable {
  readonly proxy: Proxy;
  readonly beganAt: number;
  readonly failure: Failure;
}

/** A proxy that has worked so many milliseconds ago is well, and some host will not have it. */
const wellFor = 30_000;

/** Lets a proxy rest where another gets through. */
function blame({ proxy, beganAt, failure }: Unable, proxies: Proxies): void {
  if (!proxies.hasWorkedSince(proxy, beganAt - wellFor)) proxies.failed(proxy, beganAt, failure.message);
}

/**
 * What a proxy says in place of the host, as far as can be seen. Only a page without encryption leaves it the choice;
 * and any host could say the same, so the proxy is asked before it is believed.
 */
function saidByProxy(response: Response, proxy: Proxy): Failure | undefined {
  const { status, url } = response;
  if (status < 401 || response.cached || isSocks(proxy) || !url.startsWith("http:")) return undefined;
  if (status === 407 || (status === 401 && isOfProxy(response))) return denial(proxy);
  if (status < 500 || !isOfProxy(response)) return undefined;
  const message = `The proxy "${proxy.name}" gives no connection to ${new URL(url).host} (status ${status})`;
  return { kind: "connect", message };
}

/** Whether an answer says that a proxy wrote it: Squid, tinyproxy, and all that follow RFC 9209. */
function isOfProxy({ headers }: Response): boolean {
  return headers.has("x-squid-error") || /;\s*error=/i.test(headers.get("proxy-status") ?? "") ||
    /^tinyproxy\b/i.test(headers.get("server") ?? "");
}

function sureState(failure: Failure): ProxyState {
  return failure.final === true ? "denied" : "dead";
}

function noneOf({ name, areDenied }: Proxies): Failure {
  const message = `The proxies of "${name}" ${areDenied ? "refuse the user name and password" : "all rest"}`;
  return { kind: "proxy", message, ...areDenied && { final: true } };
}

function denial({ name }: Proxy): Failure {
  return { kind: "proxy", message: `The proxy "${name}" refuses the user name and password`, final: true };
}

function noHost({ name }: Proxy, url: string): Failure {
  return { kind: "dns", message: `The proxy "${name}" finds no host ${new URL(url).hostname}`, final: true };
}

function silence({ name }: Proxy, { message }: Failure): Failure {
  return { kind: "proxy", message: `The proxy "${name}" does not answer (${message})` };
}
