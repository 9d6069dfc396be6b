/**
 * Records: bytes with their checksum and length before them.
 *
 * A record is a CRC-32 of all that follows it, the length of the payload (4 bytes each, little-endian), and the
 * payload. The length is under the checksum, so that a record cut out of a longer one is not taken for whole.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { DamageError } from "./damage.ts";

/** Bytes before a record's payload. */
export const headerSize = 8;

const sumSize = 4;

/** Writes the header of the payload that stands at `at + headerSize` of `bytes` and is `length` bytes long. */
export function seal(bytes: Uint8Array<ArrayBuffer>, at: number, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, headerSize);
  view.setUint32(sumSize, length, true);
  view.setUint32(0, crc32(bytes.subarray(at + sumSize, at + headerSize + length)), true);
}

/** Checks records in bytes that begin at `offset` of the file `path`: the errors name the place. */
export class Unsealer {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  readonly #path: string;
  readonly #offset: number;

  constructor(bytes: Uint8Array<ArrayBuffer>, path: string, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#path = path;
    this.#offset = offset;
  }

  /** Whether the whole record that begins at `at` is in the bytes. */
  holds(at: number): boolean {
    const start = at + headerSize;
    return start <= this.#bytes.length && start + this.#view.getUint32(at + sumSize, true) <= this.#bytes.length;
  }

  /** Returns the payload of the record at `at`, or throws a `DamageError`. */
  payload(at: number): Uint8Array<ArrayBuffer> {
    const start = at + headerSize, left = this.#bytes.length - start;
    if (left < 0) throw this.#damage(at, `a record's header needs ${headerSize} bytes, ${left + headerSize} are left`);
    const length = this.#view.getUint32(at + sumSize, true);
    if (length > left) throw this.#damage(at, `a record of ${length} bytes, ${left} are left`);
    if (crc32(this.#bytes.subarray(at + sumSize, start + length)) !== this.#view.getUint32(at, true)) {
      throw this.#damage(at, "a record does not match its checksum");
    }
    return this.#bytes.subarray(start, start + length);
  }

  #damage(at: number, reason: string): DamageError {
    return new DamageError(this.#path, this.#offset + at, reason);
  }
}
