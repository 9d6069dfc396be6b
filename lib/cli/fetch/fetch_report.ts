/**
 * A page that was fetched, for people.
 *
 * @module
 */

import type { Response } from "../../model/response.ts";
import type { EncodingSource } from "../../text/charset.ts";
import { readContentType } from "../../text/content_type.ts";
import { formatDuration } from "../../text/duration.ts";
import { printable } from "../../text/safe.ts";
import { formatSize } from "../../text/size.ts";
import type { Fetched, Times } from "./fetched.ts";
import type { Hop } from "./follow.ts";
import type { Terminal } from "../terminal.ts";

type Paint = Terminal["paint"];

const sources: Readonly<Record<EncodingSource, string>> = {
  bom: "by its byte order mark",
  header: "by the Content-Type header",
  meta: "by the page's own declaration",
  guess: "a guess: nothing declares it",
};

/** Returns the line of an answer that leads on to another. */
export function hopLine({ response, isRefresh }: Hop, paint: Paint): string {
  const { status, url, headers, latency, cached } = response;
  const time = cached ? "from the cache" : `in ${formatDuration(latency)}`;
  const by = !isRefresh ? "" : headers.has("refresh") ? ", goes on by its Refresh header" : ", goes on by meta refresh";
  return `${paint("yellow", String(status))} ${printable(url)} ${time}${by}`;
}

/** Returns the line of the page itself. */
export function statusLine({ status, url }: Response, isPage: boolean, paint: Paint): string {
  return `${paint(isPage ? "green" : "red", String(status))} ${printable(url)}`;
}

/** Returns what else there is to say, as lines. `now` is in milliseconds since 1970. */
export function reportLines(fetched: Fetched, now: number, paint: Paint): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ["time", timeOf(fetched, now)],
    ["size", sizeOf(fetched)],
    ["type", typeOf(fetched)],
    ["encoding", `${fetched.encoding}, ${sources[fetched.encodingFrom]}`],
    ["robots", robotsOf(fetched, paint)],
    ["steps", stepsOf(fetched)],
    ...fetched.blocked === null ? [] : [["blocked", paint("red", fetched.blocked)] as const],
  ];
  return rows.map(([name, value]) => `${paint("dim", name.padEnd(8))} ${value}`);
}

/** Returns the headers, each on a line. */
export function headerLines(headers: Headers, paint: Paint): readonly string[] {
  return [...headers].map(([name, value]) => `${paint("dim", `${name}:`)} ${printable(value)}`);
}

function typeOf({ contentType, mimeType }: Fetched): string {
  const said = contentType === null ? "none" : printable(contentType);
  return readContentType(contentType).type === mimeType ? said : `${said === "" ? "empty" : said}, read as ${mimeType}`;
}

function timeOf({ latency, bodyTime, cached, storedAt }: Fetched, now: number): string {
  const headers = `headers after ${formatDuration(latency)}`;
  if (storedAt === null) return `${headers}, body ${laterBy(bodyTime ?? 0)}`;
  const age = formatDuration(Math.max(0, Math.round((now - Date.parse(storedAt)) / 1000)));
  return cached
    ? `from the cache, stored ${age} ago; ${headers} then`
    : `${headers}: nothing has changed; body from the cache, stored ${age} ago`;
}

const steps: Readonly<Record<keyof Times, string>> = {
  lookup: "lookup",
  answer: "connect and wait",
  body: "body",
  robots: "robots.txt",
  decode: "decode",
  parse: "parse",
  select: "select",
};

function stepsOf({ times }: Fetched): string {
  const names = Object.keys(steps) as (keyof Times)[];
  return names.filter((name) => times[name] !== null).map((name) => `${steps[name]} ${shortly(times[name]!)}`).join(
    " · ",
  );
}

function shortly(seconds: number): string {
  return seconds < 0.0005 ? "under 1 ms" : formatDuration(seconds);
}

function laterBy(seconds: number): string {
  return seconds < 0.0005 ? "at once" : `${formatDuration(seconds)} later`;
}

function sizeOf({ bytes, transferred, headers }: Fetched): string {
  const encoding = headers["content-encoding"];
  if (typeof encoding !== "string") return formatSize(bytes);
  const sent = transferred === null ? "" : ` as ${formatSize(transferred)}`;
  return `${formatSize(bytes)}, sent${sent} with ${printable(encoding, 60)}`;
}

function robotsOf({ robots }: Fetched, paint: Paint): string {
  if (robots === null) return "not obeyed (robots=false)";
  if (robots.allowed) return "allows it";
  return paint("yellow", `a crawl would not fetch it: ${printable(robots.reason ?? "")}`);
}
