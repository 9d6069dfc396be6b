/**
 * What robots.txt forbade a finished crawl stays listed when its failed pages are tried again.
 *
 * @module
 */

import { dirname } from "node:path";
import type { Disk } from "../disk/disk.ts";
import { type FeedSnapshot, partOf } from "../feed/snapshot.ts";
import { Tail } from "../feed/tail.ts";
import { forbids } from "./robots_gate.ts";

const newline = 10;

/**
 * Begins the failures' file of a retry with the lines of the finished crawl that robots.txt is to blame for, and returns
 * the snapshot to open it with. The file is safe against a loss of power then.
 *
 * People read that file and may have changed it, or deleted it: what is no such line is left out. `chunk` is how many
 * bytes are in memory at a time, and a line.
 */
export async function carryForbidden(disk: Disk, failures: FeedSnapshot, chunk = 1 << 20): Promise<FeedSnapshot> {
  const { path, format } = failures;
  const tail = new Tail();
  const file = disk.append(partOf(path), 0);
  try {
    for (const line of linesOf(disk, path, chunk)) {
      if (!isForbidden(line)) continue;
      file.write(line);
      tail.append(line);
    }
    await file.sync();
    await disk.syncFolder(dirname(path));
    return { path, format, length: file.length, tail: tail.checksum, finished: false };
  } finally {
    file.close();
  }
}

/** The lines of a file, each with its end; none where there is no file. A last line without an end is left out. */
function* linesOf(disk: Disk, path: string, chunk: number): Generator<Uint8Array<ArrayBuffer>> {
  if (disk.size(path) === undefined) return;
  const file = disk.open(path);
  try {
    let rest = new Uint8Array(0);
    for (let offset = 0; offset < file.length; offset += chunk) {
      const read = file.readAt(offset, Math.min(chunk, file.length - offset));
      let from = 0;
      for (let end = read.indexOf(newline); end >= 0; end = read.indexOf(newline, from)) {
        yield joined(rest, read.subarray(from, end + 1));
        rest = new Uint8Array(0);
        from = end + 1;
      }
      rest = joined(rest, read.subarray(from));
    }
  } finally {
    file.close();
  }
}

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function isForbidden(line: Uint8Array<ArrayBuffer>): boolean {
  try {
    const listed: unknown = JSON.parse(new TextDecoder().decode(line));
    return typeof listed === "object" && listed !== null && forbids(listed);
  } catch {
    // Somebody has written something else into the file.
    return false;
  }
}
