/** Bytes of the length that follows a MessagePack type byte, from 0xc4 (bin 8) to 0xdf (map 32). */
const lengthBytes: Readonly<Record<number, number>> = {
  0xc4: 1,
  0xc5: 2,
  0xc6: 4,
  0xc7: 1,
  0xc8: 2,
  0xc9: 4,
  0xd9: 1,
  0xda: 2,
  0xdb: 4,
  0xdc: 2,
  0xdd: 4,
  0xde: 2,
  0xdf: 4,
};
/** Bytes of the value that follows one of the types of fixed size. */
const valueBytes: Readonly<Record<number, number>> = {
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
  0xd4: 2,
  0xd5: 3,
  0xd6: 5,
  0xd7: 9,
  0xd8: 17,
};

/**
 * Reads through MessagePack without making anything of it, and throws a `RangeError` when it claims more than is there.
 *
 * A decoder makes room for an array before it has seen its elements, so a few bytes that claim millions of elements, in
 * each other, would take all memory. Every element takes a byte at least: that is what is checked here.
 */
export function skim(bytes: Uint8Array<ArrayBuffer>): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (let pending = 1; pending > 0; pending--) {
    if (pending > bytes.length - at) {
      throw new RangeError(`it claims ${pending} values, ${bytes.length - at} bytes are left`);
    }
    const type = bytes[at++]!;
    if (type <= 0x7f || type >= 0xe0 || type === 0xc0 || type === 0xc2 || type === 0xc3) continue;
    if (type <= 0x8f) pending += 2 * (type & 0x0f);
    else if (type <= 0x9f) pending += type & 0x0f;
    else if (type <= 0xbf) at += type & 0x1f;
    else if (type in valueBytes) at += valueBytes[type]!;
    else {
      const size = lengthBytes[type];
      if (size === undefined) throw new RangeError(`0x${type.toString(16)} is no type of MessagePack`);
      if (at + size > bytes.length) throw new RangeError(`it ends after ${bytes.length} bytes, too soon`);
      const length = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
      at += size;
      if (type <= 0xc6 || (type >= 0xd9 && type <= 0xdb)) at += length;
      else if (type <= 0xc9) at += 1 + length;
      else pending += type <= 0xdd ? length : 2 * length;
    }
    if (at > bytes.length) throw new RangeError(`it ends after ${bytes.length} bytes, too soon`);
  }
}
