import type { Clock } from "../time/clock.ts";

/** Returns whether the host of a URL takes a connection within `seconds`. Nothing is sent. */
export async function reach(url: string, clock: Clock, seconds = 5): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url);
  const address = {
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (protocol === "https:" ? 443 : 80),
  };
  const timeout = new AbortController();
  const cancel = clock.after(1000 * seconds, () => timeout.abort());
  try {
    const connection = await Deno.connect({ ...address, signal: timeout.signal });
    connection.close();
    return true;
  } catch {
    // Whatever the reason, the host was not reached: that is the answer.
    return false;
  } finally {
    cancel();
  }
}
