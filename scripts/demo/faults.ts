/**
 * What goes wrong on the demo site: slow answers, errors that go away after some tries, slow hosts. Decided by a seed,
 * so it goes wrong in the same places in every run.
 *
 * @module
 */
import { Random } from "./random.ts";

/** Describes what goes wrong. `robots.txt` is never touched. */
export interface Faults {
  /** @default {1} */
  readonly seed?: number;
  /**
   * Milliseconds until a page is answered: a number, or the least and the most between which every page has its own.
   * @default {0}
   */
  readonly latency?: number | readonly [least: number, most: number];
  /** Milliseconds more for the pages of some hosts, by the name of the site: `{ "h1.web": 500 }`. */
  readonly slowHosts?: Readonly<Record<string, number>>;
  /** Share of the pages that fail at first, from 0 to 1. @default {0} */
  readonly errorRate?: number;
  /** How they fail; each failing page has one way. @default {[500, 503, "reset"]} */
  readonly errorKinds?: readonly FaultKind[];
  /** How often a failing page fails before it is answered; `Infinity`: always. @default {1} */
  readonly errorTimes?: number;
}

/** A status, or `reset`: the connection is dropped in the middle of the answer. */
export type FaultKind = number | "reset";

/** Returns how long a page takes, in milliseconds. */
export function latencyOf(faults: Faults, site: string, path: string): number {
  const { seed = 1, latency = 0, slowHosts = {} } = faults;
  const [least, most] = typeof latency === "number" ? [latency, latency] : latency;
  return least + (most - least) * new Random(seed, site, path, "latency").fraction() + (slowHosts[site] ?? 0);
}

/** Returns how a page fails when it was asked for `before` times before; `undefined` when it does not. */
export function errorOf(faults: Faults, site: string, path: string, before: number): FaultKind | undefined {
  const { seed = 1, errorRate = 0, errorKinds = [500, 503, "reset"], errorTimes = 1 } = faults;
  const random = new Random(seed, site, path, "error");
  return random.fraction() < errorRate && before < errorTimes ? random.pick(errorKinds) : undefined;
}

/** Why a connection was dropped on purpose. */
export class Dropped extends Error {
  override name = "Dropped";
}

/** Answers in the way of a fault. */
export function failing(kind: FaultKind): Response {
  if (kind !== "reset") return new Response(`This page fails with ${kind}, as told.\n`, { status: kind });
  const body = new ReadableStream({ pull: (controller) => controller.error(new Dropped("Dropped, as told")) });
  // The length is a promise that is broken: without it some clients would take the end of the connection for the end of
  // the page.
  return new Response(body, { headers: { "content-type": "text/html; charset=utf-8", "content-length": "4096" } });
}
