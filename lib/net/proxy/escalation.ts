/**
 * Which hosts are asked through a paid proxy, because they block us otherwise.
 *
 * A host that blocks a direct request is sent to the paid tier, where it stays for half an hour. Then one request, the
 * probe, goes direct: when it is answered the host comes back, and when it is blocked it stays away twice as long, up to
 * a day. A host that blocks the paid tier as well comes back, since paying buys nothing there, until the time of its
 * probe.
 *
 * Pure bookkeeping on times of a clock: it neither sends nor waits.
 *
 * @module
 */

import type { KeyedLog } from "../../disk/keyed_log.ts";
import type { Clock } from "../../time/clock.ts";

/** How a request goes: as anybody's, or through what costs money. */
export type Tier = "direct" | "paid";

/** A host that is away, or came back because nothing helps. Times in milliseconds since 1970. */
export interface ExileRecord {
  readonly host: string;
  /** When a probe goes direct. */
  readonly until: number;
  /** For how long it was sent away, in seconds. */
  readonly seconds: number;
  /** Blocks in the paid tier since its last answer there. */
  readonly misses: number;
}

interface Exile {
  until: number;
  seconds: number;
  misses: number;
  probing: boolean;
}

const firstExile = 1800, longestExile = 86_400;
/** Blocks in a row, in the paid tier, after which a host comes back. */
const mostMisses = 5;
/** Hosts that are remembered; the one that was sent away first is forgotten first. */
const mostHosts = 10_000;

export interface EscalationOptions {
  readonly clock: Clock;
  /** Keeps the hosts that are away for the next process. @default {nothing is kept} */
  readonly log?: KeyedLog | undefined;
  /** Hosts that are away already. */
  readonly exiles?: readonly ExileRecord[] | undefined;
}

/** Remembers the hosts that are away. */
export class Escalation {
  readonly #clock: Clock;
  readonly #log: KeyedLog | undefined;
  readonly #exiles = new Map<string, Exile>();

  /** Begins with the hosts that an earlier process has left in the log, or gave as a list. */
  constructor({ clock, log, exiles = [] }: EscalationOptions) {
    this.#clock = clock;
    this.#log = log;
    log?.each((_, record) => this.#restore(record as ExileRecord));
    for (const record of exiles) {
      this.#restore(record);
      this.#keep(record.host);
    }
  }

  /** How a request to a host goes when it is not the probe. */
  tierOf(host: string): Tier {
    const exile = this.#exiles.get(host);
    return exile === undefined || exile.misses >= mostMisses ? "direct" : "paid";
  }

  /** How the next request to a host goes. It may be the probe, so `blocked`, `answered` or `undecided` must follow. */
  choose(host: string): Tier {
    const exile = this.#exiles.get(host);
    if (exile === undefined) return "direct";
    if (!exile.probing && exile.until <= this.#clock.wall()) {
      exile.probing = true;
      return "direct";
    }
    return this.tierOf(host);
  }

  /** A host has blocked a request; returns whether it may be sent again through the paid tier. */
  blocked(host: string, tier: Tier): boolean {
    const exile = this.#exiles.get(host);
    if (tier === "paid") {
      if (exile !== undefined) exile.misses += 1;
      this.#keep(host);
      return false;
    }
    if (exile === undefined) {
      this.#send(host, firstExile);
    } else if (exile.probing) {
      this.#exiles.delete(host);
      this.#send(host, Math.min(longestExile, exile.seconds * 2));
    }
    return this.tierOf(host) === "paid";
  }

  /** A host has answered with something else than a block. */
  answered(host: string, tier: Tier): void {
    const exile = this.#exiles.get(host);
    if (exile === undefined) return;
    if (tier === "paid") {
      if (exile.misses === 0) return;
      exile.misses = 0;
    } else if (exile.probing) this.#exiles.delete(host);
    this.#keep(host);
  }

  /** A request has ended without any word from the host: a probe is put off. */
  undecided(host: string, tier: Tier): void {
    const exile = this.#exiles.get(host);
    if (exile === undefined || tier === "paid" || !exile.probing) return;
    exile.probing = false;
    exile.until = this.#clock.wall() + 1000 * exile.seconds;
    this.#keep(host);
  }

  /** Returns the hosts that are away. */
  snapshot(): readonly ExileRecord[] {
    return Array.from(this.#exiles, ([host, exile]) => recordOf(host, exile));
  }

  #restore({ host, until, seconds, misses }: ExileRecord): void {
    // However the calendar was set since, no longer than it was sent away for.
    const end = Math.min(until, this.#clock.wall() + 1000 * seconds);
    this.#exiles.set(host, { until: end, seconds, misses, probing: false });
  }

  /** Has a host that is away written down at the next save, or that it is back. */
  #keep(host: string): void {
    this.#log?.setLater(host, () => {
      const exile = this.#exiles.get(host);
      return exile && recordOf(host, exile);
    });
  }

  #send(host: string, seconds: number): void {
    this.#exiles.set(host, { until: this.#clock.wall() + 1000 * seconds, seconds, misses: 0, probing: false });
    this.#keep(host);
    if (this.#exiles.size <= mostHosts) return;
    const [oldest] = this.#exiles.keys();
    this.#exiles.delete(oldest!);
    this.#keep(oldest!);
  }
}

function recordOf(host: string, { until, seconds, misses }: Exile): ExileRecord {
  return { host, until, seconds, misses };
}
