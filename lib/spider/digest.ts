import { createHash } from "node:crypto";
import type { Spider } from "./spider.ts";

/** Returns a digest of a spider's code: it changes when a function, a URL or a setting does. */
export function digestOf(spider: Spider): string {
  const hash = createHash("sha256");
  for (const key of Object.keys(spider).sort()) {
    const value = spider[key];
    hash.update(`${key}\0${typeof value === "function" ? String(value) : JSON.stringify(value)}\0`);
  }
  return hash.digest("hex").slice(0, 16);
}
