import type { Disk, ReadFile } from "../disk/disk.ts";
import { csvRow } from "./csv.ts";

const [quote, comma, carriageReturn] = [0x22, 0x2c, 0x0d];
const encoder = new TextEncoder();

/**
 * Copies a CSV file under a new header, with empty cells at the end of each row that is shorter than it; returns when
 * the copy is safe against a loss of power.
 *
 * It reads only what `csv.ts` writes: there a line break or a comma inside a cell stands between quotes, and a quote
 * inside a cell is doubled, so an odd number of quotes before a byte says that it is inside. `chunk` is how many bytes
 * are in memory at a time.
 */
export async function widen(
  disk: Disk,
  from: string,
  to: string,
  columns: readonly string[],
  chunk = 1 << 20,
): Promise<void> {
  const source = disk.open(from);
  try {
    const target = disk.append(to, 0);
    try {
      for (const bytes of widened(source, columns, chunk)) target.write(bytes);
      await target.sync();
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}

function* widened(source: ReadFile, columns: readonly string[], chunk: number): Generator<Uint8Array<ArrayBuffer>> {
  yield encoder.encode(csvRow(columns).slice(0, -"\r\n".length));
  const out = new Uint8Array(chunk + columns.length);
  let filled = 0;
  let [inHeader, inQuotes, cells] = [true, false, 1];
  for (let offset = 0; offset < source.length; offset += chunk) {
    const bytes = source.readAt(offset, Math.min(chunk, source.length - offset));
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === quote) {
        inQuotes = !inQuotes;
      } else if (byte === comma && !inQuotes) {
        cells++;
      } else if (byte === carriageReturn && !inQuotes) {
        if (!inHeader) { for (; cells < columns.length; cells++) out[filled++] = comma; }
        [inHeader, cells] = [false, 1];
      }
      if (!inHeader) out[filled++] = byte;
      if (filled >= chunk) {
        yield out.slice(0, filled);
        filled = 0;
      }
    }
  }
  yield out.slice(0, filled);
}
