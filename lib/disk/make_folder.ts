import { dirname } from "node:path";
import type { Disk } from "./disk.ts";

/**
 * Makes a folder and those above it, and returns when its name, and the names of all that were made, are safe against a
 * loss of power. A `private` one is for the user alone that the process runs as.
 */
export async function makeFolder(disk: Disk, folder: string, access?: "private"): Promise<void> {
  // Its own name is made safe also when it is there: whoever made it may have been killed before that.
  const names = [folder];
  for (let above = dirname(folder); !disk.isFolder(above) && dirname(above) !== above; above = dirname(above)) {
    names.push(above);
  }
  disk.makeFolder(folder, access);
  for (const name of names.reverse()) await disk.syncFolder(dirname(name));
}
