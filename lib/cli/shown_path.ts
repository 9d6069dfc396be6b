import { relative } from "node:path";

/** Returns a path as people write it: relative to the folder they are in when it is below it. */
export function shownPath(path: string, folder: string): string {
  const below = relative(folder, path);
  return below === "" || below.startsWith("..") ? path : below;
}
