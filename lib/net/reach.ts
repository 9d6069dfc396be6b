import type { Clock } from "../time/clock.ts";
import { loopbackOf } from "./address/lookup.ts";

/** Returns whether the host of a URL takes a connection within `seconds`. Nothing is sent. */
export async function reach(url: string, clock: Clock, seconds = 5): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url);
  const to = Number(port) || (protocol === "https:" ? 443 : 80);
  const timeout = new AbortController();
  const cancel = clock.after(1000 * seconds, () => timeout.abort());
  try {
    for (const host of loopbackOf(hostname) ?? [hostname.replace(/^\[|\]$/g, "")]) {
      if (await takesConnection(host, to, timeout.signal)) return true;
    }
    return false;
  } finally {
    cancel();
  }
}

async function takesConnection(hostname: string, port: number, signal: AbortSignal): Promise<boolean> {
  try {
    const connection = await Deno.connect({ hostname, port, signal });
    connection.close();
    return true;
  } catch {
    // Whatever the reason, the host was not reached: that is the answer.
    return false;
  }
}
