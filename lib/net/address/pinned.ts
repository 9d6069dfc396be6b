/**
 * Asking at addresses that were looked up and checked before, whatever the name resolves to by now.
 *
 * @module
 */

import type { Failure } from "../../model/outcome.ts";
import { failureOf } from "../failure.ts";
import type { Answer, Ask, Transport } from "../transport.ts";

/** Of a name with more addresses the others are not tried. */
const mostTried = 4;

/**
 * Asks at the first of some addresses that takes the connection; nothing has been sent to those before it. Where none
 * does, it fails as the first did, which was thought the best.
 *
 * `onTry` is told the URL that is asked, which has the address for its host; the name is in the header.
 */
export async function askPinned(
  transport: Transport,
  url: string,
  ask: Ask,
  addresses: readonly string[],
  onTry: (url: string) => void,
): Promise<Answer> {
  const named = new URL(url);
  const headers = { host: named.host, ...ask.headers };
  let first: { readonly error: unknown } | undefined;
  for (let at = 0;; at++) {
    const pinned = urlAt(named, addresses[at]!);
    onTry(pinned);
    try {
      return await transport.ask(pinned, { ...ask, headers });
    } catch (error) {
      if (ask.signal.aborted || !isUnreachable(failureOf(error, url, "answer", pinned))) throw error;
      first ??= { error };
      if (at + 1 >= Math.min(addresses.length, mostTried)) throw first.error;
    }
  }
}

/** Whether another address may do: this one takes no connection, or this machine has none to connect to it from. */
function isUnreachable({ kind, lacking }: Failure): boolean {
  return kind === "connect" || lacking === "ports";
}

function urlAt(named: URL, address: string): string {
  const url = new URL(named);
  url.hostname = address.includes(":") ? `[${address}]` : address;
  return url.href;
}
