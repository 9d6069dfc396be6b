/**
 * The checkpoint document: what `checkpoint.msgpack` holds, as FORMAT.md describes it.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { DamageError } from "../disk/damage.ts";
import { pack, unpack } from "../disk/pack.ts";
import { counted } from "../text/count.ts";

/**
 * The format that this version writes, and those that it reads: in format 1 requests say less of themselves, and up to
 * format 2 hosts and cookies are in the document. There is no format 3: one flipped bit would make it 1 or 2.
 */
export const format = 4;
const readable: readonly unknown[] = [1, 2, format];

const mark = "trawl checkpoint";

/** Who made a checkpoint, and when. */
export interface Identity {
  readonly spider: string;
  readonly project: string;
  /** The `--proxy-type` of the crawl. */
  readonly proxyType: string;
  /** A digest of the spider's code. */
  readonly code: string;
  /** The path of the spider's file; empty for one inside the program. @default {not known} */
  readonly source?: string;
  /** When the crawl began, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** One generation of a crawl's state. `crawl` is the engine's. */
export interface Checkpoint {
  readonly generation: number;
  /** In milliseconds since 1970. */
  readonly savedAt: number;
  readonly identity: Identity;
  readonly crawl: unknown;
}

/** The checkpoint was written in another format than this version reads. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

/**
 * Returns the bytes of a checkpoint: MessagePack of `[mark, format, CRC-32, body]`, the body being MessagePack itself.
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const body = pack(checkpoint);
  return pack([mark, format, crc32(body), body]);
}

/**
 * Returns the checkpoint in `bytes`, or throws {@linkcode DamageError} or {@linkcode FormatError}. `path` is for the
 * message.
 */
export function decodeCheckpoint(bytes: Uint8Array<ArrayBuffer>, path: string): Checkpoint {
  const outer = read(bytes, path);
  if (!Array.isArray(outer) || outer[0] !== mark) throw new DamageError(path, 0, "it is not a checkpoint of trawl");
  if (!readable.includes(outer[1])) {
    throw new FormatError(
      `${path} has format ${String(outer[1])}; this version of trawl reads formats ${readable.join(", ")}`,
    );
  }
  const [, , sum, body] = outer;
  const start = bytes.length - (body instanceof Uint8Array ? body.length : 0);
  if (!(body instanceof Uint8Array) || crc32(body) !== sum) {
    throw new DamageError(path, start, "its body does not match its checksum");
  }
  const checkpoint = read(new Uint8Array(body), path, start);
  if (!isCheckpoint(checkpoint)) throw new DamageError(path, start, "its body is not a checkpoint");
  return checkpoint;
}

function read(bytes: Uint8Array<ArrayBuffer>, path: string, offset = 0): unknown {
  try {
    return unpack(bytes);
  } catch (error) {
    const reason = error instanceof RangeError
      ? `it ends after ${counted(bytes.length, "byte")}, too soon`
      : (error as Error).message;
    throw new DamageError(path, offset, reason);
  }
}

function isCheckpoint(value: unknown): value is Checkpoint {
  const it = value as Partial<Checkpoint> | null;
  return typeof it === "object" && it !== null && typeof it.generation === "number" && typeof it.savedAt === "number" &&
    typeof it.identity?.spider === "string" && typeof it.crawl === "object";
}
