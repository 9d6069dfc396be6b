/**
 * Where in a spider's own code something happened.
 *
 * @module
 */

import { relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A spider's file: where it is, and as its user named it. */
export interface SpiderFile {
  readonly path: string;
  readonly given: string;
}

/** What is trawl's and not a spider's: our code, and packages. A compiled program has its spiders inside as well. */
const root = new URL("../../", import.meta.url).href;
const ours = Deno.build.standalone ? [root] : [`${root}lib/`, `${root}main.ts`];

/**
 * Returns a function that finds in a stack the innermost line of the spider's own code: `./spider.ts:12:9`. The file is
 * named as its user did, another one from the current folder.
 */
export function locatorOf(file: SpiderFile | undefined, folder: string): (stack: string) => string | undefined {
  return (stack) => {
    for (const [, url, line, column] of stack.matchAll(/^ +at .*?(file:[^\s()]+?):(\d+):(\d+)\)?$/gm)) {
      if (url === undefined || url.includes("/node_modules/") || ours.some((each) => url.startsWith(each))) continue;
      return `${shown(url, file, folder)}:${line}:${column}`;
    }
    return undefined;
  };
}

/** Returns a text in which a spider's file is named as its user did, and not by its URL. */
export function asGiven(text: string, { path, given }: SpiderFile): string {
  return text.replaceAll(pathToFileURL(path).href, given);
}

function shown(url: string, file: SpiderFile | undefined, folder: string): string {
  const path = pathOf(url);
  if (path === file?.path) return file.given;
  const short = relative(folder, path);
  return short.startsWith(`..${sep}`) ? path : short;
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    // A URL that is no path here says as much as it can.
    return url;
  }
}
