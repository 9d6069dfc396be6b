import { dirname } from "node:path";
import type { Disk } from "./disk.ts";

/** Makes a folder and those above it, and returns when their names are safe against a loss of power. */
export async function makeFolder(disk: Disk, folder: string): Promise<void> {
  const made: string[] = [];
  for (let above = folder; !disk.isFolder(above) && dirname(above) !== above; above = dirname(above)) made.push(above);
  disk.makeFolder(folder);
  for (const name of made.reverse()) await disk.syncFolder(dirname(name));
}
