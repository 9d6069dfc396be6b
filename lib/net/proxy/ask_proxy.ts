/**
 * Asking a proxy itself what is wrong, by its own protocol and without a page.
 *
 * `fetch` says only that there is no connection. Whether that is the proxy's fault or the host's decides what follows:
 * another proxy, or another attempt later.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { authorizationOf, isSocks, type Proxy } from "./proxy.ts";
import { type Line, talk, type TalkOptions } from "./talk.ts";

/**
 * What a proxy says: `works`, it is well, and what failed was the host's fault; `no-host`, it knows no such host;
 * `unable`, it answers and gives no connection to the host, whoever is to blame; `denied`, it refuses our user name and
 * password; `dead`, it does not answer as a proxy; `unknown`, this machine has nothing left to ask it with.
 */
export type ProxyState = "works" | "no-host" | "unable" | "denied" | "dead" | "unknown";

/**
 * Asks a proxy for a connection to the host of a URL, and does not use it. Never throws for what a proxy does.
 *
 * An http proxy may refuse that for a page without encryption, which needs none: that is no fault. One that fails at it
 * is asked for the page's head, as it is for pages.
 */
export async function askProxy(proxy: Proxy, url: string, options: TalkOptions): Promise<ProxyState> {
  const target = new URL(url);
  if (isSocks(proxy)) {
    let greeted = false;
    const state = await talk(proxy, options, (line) => askSocks(line, proxy, target, () => greeted = true));
    return state ?? (greeted ? "works" : "dead");
  }
  const isPlain = target.protocol !== "https:";
  const to = `${target.hostname}:${portOf(target)}`;
  const judge = isPlain ? plainState : tunnelState;
  let state = await talk(proxy, options, (line) => askHttp(line, proxy, `CONNECT ${to}`, to, judge));
  if (isPlain && (state === "unable" || state === "dead")) {
    const page = `${target.origin}${target.pathname}${target.search}`;
    const heard = await talk(proxy, options, (line) => askHttp(line, proxy, `HEAD ${page}`, target.host, pageState));
    if (heard !== undefined && heard !== "dead") state = heard;
  }
  if (state !== undefined) return state;
  // A proxy that is silent may be waiting for the host: what it can answer alone it still does.
  const host = new URL(proxy.url).host;
  return await talk(proxy, options, (line) => askHttp(line, proxy, "OPTIONS *", host, anyState)) ?? "dead";
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === "https:" ? 443 : 80);
}

async function askHttp(
  line: Line,
  proxy: Proxy,
  what: string,
  host: string,
  judge: (status: number, head: string) => ProxyState,
): Promise<ProxyState> {
  const credentials = authorizationOf(proxy);
  const authorization = credentials === undefined ? "" : `Proxy-Authorization: ${credentials}\r\n`;
  await line.write(Buffer.from(`${what} HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\n`));
  const head = await line.readHead();
  const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(head)?.[1];
  return status === undefined ? "dead" : judge(Number(status), head);
}

function tunnelState(status: number, head: string): ProxyState {
  if (isDenial(status)) return "denied";
  if (status >= 200 && status <= 299) return "works";
  return knowsNoHost(head) ? "no-host" : "unable";
}

function plainState(status: number, head: string): ProxyState {
  return status < 500 && !isDenial(status) ? "works" : tunnelState(status, head);
}

/** What an answer to a request for a page says of the proxy: a 401 is the page's, but for the proxy that says it itself. */
function pageState(status: number, head: string): ProxyState {
  const isPages = status === 401 && !/^server:\s*tinyproxy\b/im.test(head);
  return isPages ? "works" : plainState(status, head);
}

function anyState(status: number): ProxyState {
  return isDenial(status) ? "denied" : "works";
}

/** What a proxy says to a wrong user name or password; tinyproxy says 401 to those, and 407 where there are none. */
function isDenial(status: number): boolean {
  return status === 407 || status === 401;
}

/** Whether the head of an answer says that a name does not exist: in Squid's words, or in those of RFC 9209. */
function knowsNoHost(head: string): boolean {
  return /^x-squid-error:\s*ERR_DNS_FAIL|^proxy-status:.*;\s*error=dns_error/im.test(head);
}

/** The ways to sign in that SOCKS knows by number (RFC 1928). */
const noSignIn = 0, byPassword = 2;

async function askSocks(
  line: Line,
  { username, password = "" }: Proxy,
  target: URL,
  onGreeting: () => void,
): Promise<ProxyState> {
  const ways = username === undefined ? [noSignIn] : [noSignIn, byPassword];
  await line.write(new Uint8Array([5, ways.length, ...ways]));
  const [version, way] = await line.read(2);
  if (version !== 5) return "dead";
  onGreeting();
  if (way === byPassword && username !== undefined) {
    const [user, word] = [Buffer.from(username), Buffer.from(password)];
    await line.write(new Uint8Array([1, user.length, ...user, word.length, ...word]));
    if ((await line.read(2))[1] !== 0) return "denied";
  } else if (way !== noSignIn) {
    return "denied";
  }
  const name = Buffer.from(target.hostname.replace(/^\[|\]$/g, ""));
  const port = portOf(target);
  await line.write(new Uint8Array([5, 1, 0, 3, name.length, ...name, port >> 8, port & 255]));
  return replies[(await line.read(2))[1] ?? -1] ?? "unable";
}

/** What the replies of SOCKS mean (RFC 1928, section 6): connected, host unreachable, and refused by the host. */
const replies: Readonly<Record<number, ProxyState>> = { 0: "works", 4: "no-host", 5: "works" };
