/**
 * Plain data as MessagePack, and back.
 *
 * @module
 */

import { Decoder, Encoder } from "@msgpack/msgpack";
import { skim } from "./skim.ts";

const decoder = new Decoder();
const encoder = new Encoder({ ignoreUndefined: true, maxDepth: 200 });

/** A value that MessagePack cannot carry. The message names the key: `meta.page.node is a function`. */
export class SerializationError extends TypeError {
  override readonly name = "SerializationError";
}

/** Returns the value as MessagePack. Check values of other people's making with {@linkcode checkPackable} before. */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  return encoder.encode(value);
}

/**
 * Returns the value that {@linkcode pack} was given. Bytes that are no MessagePack, or claim more than is there, are an
 * error.
 */
export function unpack(bytes: Uint8Array<ArrayBuffer>): unknown {
  skim(bytes);
  return decoder.decode(bytes);
}

/**
 * Throws a {@linkcode SerializationError} that names the first key whose value MessagePack cannot carry. `name` is what
 * the value is called.
 */
export function checkPackable(value: unknown, name: string): void {
  check(value, name, []);
}

function check(value: unknown, key: string, above: object[]): void {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
    case "number":
      return;
    case "object":
      if (value !== null) checkObject(value, key, above);
      return;
    default:
      throw new SerializationError(`${key} is a ${typeof value}, which cannot be stored`);
  }
}

function checkObject(value: object, key: string, above: object[]): void {
  if (value instanceof Uint8Array) return;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) {
      throw new SerializationError(`${key} is an invalid date, which cannot be stored`);
    }
    return;
  }
  if (above.includes(value)) throw new SerializationError(`${key} contains itself, which cannot be stored`);
  if (above.length >= 100) throw new SerializationError(`${key} is nested more than 100 deep, which cannot be stored`);
  above.push(value);
  if (Array.isArray(value)) {
    value.forEach((each, index) => check(each, `${key}[${index}]`, above));
  } else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new SerializationError(
        `${key} is a ${prototype.constructor?.name ?? "class"} object, which cannot be stored`,
      );
    }
    for (const name of Object.keys(value)) {
      if (name === "__proto__") throw new SerializationError(`${key} has a key "__proto__", which cannot be stored`);
      check((value as Record<string, unknown>)[name], `${key}.${name}`, above);
    }
  }
  above.pop();
}
