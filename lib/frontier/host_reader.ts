import { hostLength } from "./codec.ts";

/** Reads the hosts' names before encoded requests, each name decoded once: a resume reads millions of them. */
export class HostReader {
  readonly #known = new Map<number, { readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string }>();

  /** Returns the host of a request as `encodeRequest` wrote it. */
  read(payload: Uint8Array<ArrayBuffer>): string {
    const length = hostLength(payload);
    let hash = length;
    for (let at = 2; at < 2 + length; at++) hash = Math.imul(hash ^ payload[at]!, 0x01000193);
    const known = this.#known.get(hash);
    if (known !== undefined && same(known.bytes, payload, length)) return known.name;
    const bytes = payload.slice(0, length + 2);
    const name = String.fromCharCode(...bytes.subarray(2));
    this.#known.set(hash, { bytes, name });
    return name;
  }
}

function same(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>, length: number): boolean {
  for (let at = 0; at < 2 + length; at++) {
    if (a[at] !== b[at]) return false;
  }
  return true;
}
