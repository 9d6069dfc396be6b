/**
 * Calls of the spider's functions in which a process was ended: the next one takes their requests last, and gives them
 * up when that has happened too often.
 *
 * The file changes the order of requests and this count, nothing else: what is damaged in it is left out.
 *
 * @module
 */

import { dirname } from "node:path";
import type { Disk } from "../disk/disk.ts";

/** A call that had not ended when the process was ended. */
export interface Interrupted {
  /** The function's name. */
  readonly name: string;
  readonly url: string;
  /** A request's `keyOf`; empty for a hook that has none. */
  readonly key: string;
}

/** The file in which such calls are written down, and the digest of the spider whose they are. */
export interface InterruptedFile {
  readonly path: string;
  readonly code: string;
}

/** Appends calls in one write; those that belong to no request are left out. */
export function noteInterrupted(
  disk: Pick<Disk, "append" | "isFolder" | "size">,
  { path, code }: InterruptedFile,
  calls: readonly Interrupted[],
  now: number,
): void {
  const time = new Date(now).toISOString();
  const lines = calls.filter(({ key }) => key !== "").map(({ name, url, key }) =>
    `${JSON.stringify({ time, code, key, callback: name, url })}\n`
  );
  // A folder that was moved away is not made again.
  if (lines.length === 0 || !disk.isFolder(dirname(path))) return;
  const file = disk.append(path, disk.size(path) ?? 0, "private");
  try {
    file.write(new TextEncoder().encode(lines.join("")));
  } finally {
    file.close();
  }
}

/** Returns how often a process was ended in a call of each request, by its key. Another code of the spider's may not hang. */
export function readInterrupted(disk: Pick<Disk, "read">, { path, code }: InterruptedFile): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of new TextDecoder().decode(disk.read(path)).split("\n")) {
    const key = keyIn(line, code);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function keyIn(line: string, code: string): string | undefined {
  try {
    const value = JSON.parse(line);
    return value?.code === code && typeof value.key === "string" ? value.key : undefined;
  } catch {
    // A line that was cut off, or the end of the file.
    return undefined;
  }
}
