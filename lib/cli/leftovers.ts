import type { Places } from "../checkpoint/places.ts";
import type { Disk } from "../disk/disk.ts";
import { type OutputOwner, ownerOf } from "../feed/owner.ts";
import { wideOf } from "../feed/publish.ts";
import { partOf } from "../feed/snapshot.ts";
import { isForeign } from "./take_output.ts";

/**
 * Puts aside what crawls have left in the data folder whose checkpoint is gone, and removes what holds nothing: a process
 * was killed before its first checkpoint, or in the middle of discarding one. What another crawl has chosen to write
 * there is that crawl's, and stays.
 */
export async function putLeftoversAside(
  disk: Disk,
  { crawls }: Places,
  owner: OutputOwner,
  say: (line: string) => void,
): Promise<void> {
  for (const name of disk.list(crawls)) {
    if (!name.endsWith(partOf(""))) continue;
    const path = `${crawls}/${name.slice(0, -partOf("").length)}`;
    const before = ownerOf(disk, path);
    if (before === undefined || !isForeign(disk, path, before, owner)) await putPartAside(disk, path, say);
  }
}

/** Puts the file in work of an output aside, which no crawl goes on with, or removes it when nothing is in it. */
export async function putPartAside(disk: Disk, path: string, say: (line: string) => void): Promise<void> {
  const part = partOf(path);
  if (disk.size(part) !== undefined && disk.size(part) !== 0) {
    let number = 1;
    while (disk.size(`${part}.damaged-${number}`) !== undefined) number += 1;
    await disk.rename(part, `${part}.damaged-${number}`);
    say(`No crawl goes on with ${part} any more; what is in it is kept in ${part}.damaged-${number}`);
  }
  // Also where there is none: a link that leads nowhere may have its name.
  await disk.remove(part);
  await disk.remove(wideOf(path));
}
