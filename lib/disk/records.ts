/**
 * Records: bytes with their length and checksum before them.
 *
 * A record is a length (4 bytes, little-endian, of the payload), a CRC-32 of those 4 bytes and the payload (4 bytes,
 * little-endian), and the payload. The length is under the checksum, so that a record cut out of a longer one is not
 * taken for whole.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { DamageError } from "./damage.ts";

/** Bytes before a record's payload. */
export const headerSize = 8;

/** Writes the header of the payload that stands at `at + headerSize` of `bytes` and is `length` bytes long. */
export function seal(bytes: Uint8Array<ArrayBuffer>, at: number, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(at, length, true);
  view.setUint32(at + 4, checksum(bytes, at, length), true);
}

/**
 * Returns the length of the payload of the record at `at`, after checking it.
 *
 * `offset` is where `bytes` begin in the file `path`: the error names the place.
 */
export function unseal(bytes: Uint8Array<ArrayBuffer>, at: number, path: string, offset = 0): number {
  if (at + headerSize > bytes.length) {
    throw new DamageError(
      path,
      offset + at,
      `a record's header needs ${headerSize} bytes, ${bytes.length - at} are left`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = view.getUint32(at, true);
  if (at + headerSize + length > bytes.length) {
    throw new DamageError(path, offset + at, `a record of ${length} bytes, ${bytes.length - at - headerSize} are left`);
  }
  if (checksum(bytes, at, length) !== view.getUint32(at + 4, true)) {
    throw new DamageError(path, offset + at, "a record does not match its checksum");
  }
  return length;
}

function checksum(bytes: Uint8Array<ArrayBuffer>, at: number, length: number): number {
  const start = at + headerSize;
  return crc32(bytes.subarray(start, start + length), crc32(bytes.subarray(at, at + 4)));
}
