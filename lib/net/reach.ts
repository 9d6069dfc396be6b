import type { Clock } from "../time/clock.ts";
import { loopbackOf } from "./address/lookup.ts";
import { shortageIn } from "./shortage.ts";

/**
 * Returns whether the host of a URL takes a connection within `seconds`; undefined where this machine has nothing left to
 * connect with. Nothing is sent.
 */
export async function reach(url: string, clock: Clock, seconds = 5): Promise<boolean | undefined> {
  const { protocol, hostname, port } = new URL(url);
  const to = Number(port) || (protocol === "https:" ? 443 : 80);
  const timeout = new AbortController();
  const cancel = clock.after(1000 * seconds, () => timeout.abort());
  try {
    let isReached: boolean | undefined = false;
    for (const host of loopbackOf(hostname) ?? [hostname.replace(/^\[|\]$/g, "")]) {
      isReached = await takesConnection(host, to, timeout.signal);
      if (isReached) break;
    }
    return isReached;
  } finally {
    cancel();
  }
}

async function takesConnection(hostname: string, port: number, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    const connection = await Deno.connect({ hostname, port, signal });
    connection.close();
    return true;
  } catch (error) {
    // Any other reason says that the host was not reached, which is the answer.
    return shortageIn(String(error)) === undefined ? false : undefined;
  }
}
