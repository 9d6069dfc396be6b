/**
 * From a spider's name or file to a spider.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { transform } from "sucrase";
import type { Disk } from "../disk/disk.ts";
import { suggest } from "../text/nearest.ts";
import { readThrown } from "../text/thrown.ts";
import { checkSpider, SpiderError } from "./check.ts";
import { asGiven, locatorOf, type SpiderFile } from "./locate.ts";
import type { Spider } from "./spider.ts";

/** Where spiders come from. */
export interface SpiderSources {
  /** The spiders inside the program. */
  readonly builtIn: readonly unknown[];
  readonly disk: Disk;
  /** The folder whose `spiders` folder is looked into. */
  readonly folder: string;
}

/** A spider that can be named, and where it is: a path, or undefined for one inside the program. */
export interface KnownSpider {
  readonly name: string;
  readonly path: string | undefined;
}

/** There is no spider of that name. */
export class UnknownSpiderError extends Error {
  override readonly name = "UnknownSpiderError";
}

const ending = /\.(ts|mts|js|mjs)$/;

/** Returns the spiders that can be named: the files in `./spiders` first, as they win over those inside the program. */
export function knownSpiders({ builtIn, disk, folder }: SpiderSources): KnownSpider[] {
  const files = disk.list(`${folder}/spiders`)
    .filter((file) => ending.test(file) && !file.startsWith("mod."))
    .map((file) => ({ name: file.replace(ending, ""), path: `${folder}/spiders/${file}` }));
  const names = new Set(files.map(({ name }) => name));
  const inside = builtIn.map((spider) => (spider as Spider).name).filter((name) => !names.has(name));
  return [...files, ...inside.map((name) => ({ name, path: undefined }))]
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Returns the file of the spider that `which` names, whether it exists or not; undefined for one inside the program. */
export function spiderFile(which: string, sources: SpiderSources): SpiderFile | undefined {
  if (which.includes("/") || which.includes("\\") || ending.test(which)) {
    return { path: resolve(sources.folder, which), given: which };
  }
  const path = knownSpiders(sources).find(({ name }) => name === which)?.path;
  return path === undefined ? undefined : { path, given: relative(sources.folder, path) };
}

/** Returns the spider that `which` names: a path to a file when it has a slash or an ending, else a known spider. */
export async function loadSpider(which: string, sources: SpiderSources): Promise<Spider> {
  const file = spiderFile(which, sources);
  if (file !== undefined) return await loadFile(file, sources);
  const found = sources.builtIn.find((spider) => (spider as Spider).name === which);
  if (found !== undefined) return checkSpider(found, which);
  const names = knownSpiders(sources).map(({ name }) => name);
  throw new UnknownSpiderError(
    `there is no spider "${which}"; ${suggest(which, names)} (see trawl list). ` +
      `A spider in a file is named by its path: ./${which}.ts`,
  );
}

async function loadFile(file: SpiderFile, { disk, folder }: SpiderSources): Promise<Spider> {
  const { path } = file;
  const bytes = disk.read(path);
  if (bytes === undefined) throw new UnknownSpiderError(`there is no file ${path}`);
  let module: { readonly default?: unknown };
  // A compiled program has no TypeScript compiler: the types are taken out here.
  const isStripped = Deno.build.standalone && /ts$/.test(path);
  try {
    module = await import(isStripped ? stripped(bytes, file) : pathToFileURL(path).href);
  } catch (thrown) {
    const { message, stack } = readThrown(thrown);
    if (isStripped && /import map|Relative import|relative URL/i.test(message)) {
      throw new SpiderError(path, [
        `in the compiled trawl a .ts spider may import types only; one that imports other files must be .js: ${message}`,
      ]);
    }
    const words = plainWords(message, file);
    const at = locatorOf(file, folder)(stack);
    throw new SpiderError(path, [at === undefined || words.includes(at) ? words : `${words} (${at})`]);
  }
  return checkSpider(module.default, path);
}

/** Returns why a file cannot be loaded, the file named as its user did. */
function plainWords(message: string, file: SpiderFile): string {
  const plain = stripVTControlCharacters(message).replaceAll(
    /data:text\/javascript\S*?(?=(?::\d+:\d+)?(?:\s|$))/g,
    file.given,
  );
  // How sucrase says where a mistake is.
  return asGiven(plain, file).replace(/^Error transforming (.+?): (.+) \((\d+:\d+)\)$/s, "$2 ($1:$3)");
}

/** Returns a spider's code without its types as a module that says of each place where it is in the file. */
function stripped(bytes: Uint8Array<ArrayBuffer>, { path }: SpiderFile): string {
  const source = new TextDecoder().decode(bytes);
  const url = pathToFileURL(path).href;
  const { code, sourceMap } = transform(source, {
    transforms: ["typescript"],
    disableESTransforms: true,
    filePath: url,
    sourceMapOptions: { compiledFilename: url },
  });
  const map = Buffer.from(JSON.stringify(sourceMap)).toString("base64");
  const mapped = `${code}\n//# sourceMappingURL=data:application/json;base64,${map}`;
  return `data:text/javascript;charset=utf-8,${encodeURIComponent(mapped)}`;
}
