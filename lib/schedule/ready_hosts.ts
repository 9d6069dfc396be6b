import type { Head } from "../frontier/frontier.ts";
import { HostQueue } from "./host_queue.ts";
import type { Standing } from "./standing.ts";

/** What can be sent just now. */
export interface Room {
  /** Whether all places are taken. */
  readonly isFull: boolean;
  /** Whether one more may be in flight without a place. */
  readonly hasRoomBeside: boolean;
  /** Whether something may be sent that may well stall. */
  readonly takesRisks: boolean;
}

/** The highest priority first, then what came first. */
function byTurn(a: Head, b: Head): number {
  return b.priority - a.priority || a.arrival - b.arrival;
}

/** Hosts that may be asked now, by their standing. */
export class ReadyHosts {
  readonly #queues: Readonly<Record<Standing, HostQueue<Head>>> = {
    new: new HostQueue(byTurn),
    prompt: new HostQueue(byTurn),
    slow: new HostQueue(byTurn),
    silent: new HostQueue(byTurn),
  };

  /** Puts a host among those of its standing, and takes it out of the others. */
  set(host: string, standing: Standing, head: Head): void {
    const own = this.#queues[standing];
    for (const queue of Object.values(this.#queues)) if (queue !== own) queue.delete(host);
    own.set(host, head);
  }

  delete(host: string): void {
    for (const queue of Object.values(this.#queues)) queue.delete(host);
  }

  /** Takes out the host whose turn it is; `isHalfNew` says whether new hosts have half of the places. */
  pop({ isFull, hasRoomBeside, takesRisks }: Room, isHalfNew: () => boolean): string | undefined {
    const { slow, silent } = this.#queues;
    const host = isFull ? undefined : this.#popForPlace(takesRisks, isHalfNew);
    if (host !== undefined) return host;
    return (hasRoomBeside ? slow.pop() : undefined) ?? (takesRisks ? silent.pop() : undefined);
  }

  #popForPlace(takesRisks: boolean, isHalfNew: () => boolean): string | undefined {
    const { prompt, new: untried } = this.#queues;
    const known = prompt.peek(), other = takesRisks ? untried.peek() : undefined;
    if (known === undefined || other === undefined) return known === undefined ? other && untried.pop() : prompt.pop();
    return byTurn(known.key, other.key) < 0 || isHalfNew() ? prompt.pop() : untried.pop();
  }
}
