/**
 * Decides whether an item can be written as it is.
 *
 * `JSON.stringify` alone would lose data without a word: it writes NaN as `null`, a Map or a Promise as `{}`, and
 * leaves functions out. So a value has to be one of these, at any depth: a string, a finite number, a boolean, `null`,
 * an array, a plain object, or an object with a `toJSON` method (a Date, a URL) whose answer is one of these.
 * `undefined` is left out of an object and is `null` in an array. Bytes are refused: base64 or hex is the spider's
 * choice.
 *
 * @module
 */

import type { Item } from "../model/item.ts";

/** An item cannot be written. The message and `key` say which value is in the way, for example `tags[2].price`. */
export class ItemError extends Error {
  override readonly name = "ItemError";
  /** Where the value is; empty for the item itself. */
  readonly key: string;

  constructor(key: string, reason: string) {
    super(`Cannot write the item: ${key === "" ? "it" : key} ${reason}`);
    this.key = key;
  }
}

/** Levels of arrays and objects inside each other; the engine's own limit lies a few thousand levels higher. */
const deepest = 1000;

/** Returns when the item can be written; throws {@linkcode ItemError} otherwise. */
export function checkItem(item: Item): void {
  // The quick look says no to some values that are fine, such as dates; the slow one has the last word.
  if (typeof item !== "object" || item === null || !isSimple(item, 0)) examineItem(item);
}

function isSimple(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth === deepest) return false;
  if ("toJSON" in value) return depth > 0 && value instanceof Date && !Number.isNaN(value.getTime());
  if (Array.isArray(value)) {
    if (depth === 0) return false;
    for (const element of value) if (!isSimple(element, depth + 1)) return false;
    return true;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) if (!isSimple((value as Item)[key], depth + 1)) return false;
  return true;
}

function examineItem(item: Item): void {
  if (typeof item !== "object" || item === null || !isPlain(item)) {
    throw new ItemError("", `is ${nameOf(item)}, not a plain object`);
  }
  examineFields(item, "", [item]);
}

function examine(value: unknown, key: string, path: string, above: readonly object[]): void {
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (typeof value !== "object" || (value instanceof Date && Number.isNaN(value.getTime()))) {
    throw new ItemError(path, `is ${nameOf(value)}, which JSON cannot hold`);
  }
  if (above.includes(value)) throw new ItemError(path, "is an object that holds itself, which JSON cannot do");
  if (above.length > deepest) throw new ItemError(path, `is more than ${deepest} levels deep`);
  const inside = [...above, value];
  if ("toJSON" in value && typeof value.toJSON === "function") {
    examine(replacement(value.toJSON.bind(value), key, path), key, path, inside);
  } else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) examine(element, String(index), `${path}[${index}]`, inside);
  } else if (isPlain(value)) {
    examineFields(value, path, inside);
  } else {
    throw new ItemError(path, `is ${nameOf(value)}, which JSON cannot hold`);
  }
}

function examineFields(fields: object, path: string, above: readonly object[]): void {
  for (const [key, value] of Object.entries(fields)) examine(value, key, extended(path, key), above);
}

function replacement(toJSON: (key: string) => unknown, key: string, path: string): unknown {
  try {
    return toJSON(key);
  } catch (error) {
    throw new ItemError(path, `fails in toJSON(): ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Whether an object has no class. One that comes from another realm has that realm's `Object.prototype`, whose
 * prototype is null too.
 */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function extended(path: string, key: string): string {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function nameOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (value === null || value === undefined) return String(value);
  if (value instanceof Date && Number.isNaN(value.getTime())) return "an invalid Date";
  const name = typeof value === "object" ? value.constructor?.name || "object" : typeof value;
  return `${/^[aeio]/i.test(name) ? "an" : "a"} ${name}`;
}
