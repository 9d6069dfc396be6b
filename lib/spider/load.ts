/**
 * From a spider's name or file to a spider.
 *
 * @module
 */

import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "sucrase";
import type { Disk } from "../disk/disk.ts";
import { suggest } from "../text/nearest.ts";
import { checkSpider, SpiderError } from "./check.ts";
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

/** Returns the spider that `which` names: a path to a file when it has a slash or an ending, else a known spider. */
export async function loadSpider(which: string, sources: SpiderSources): Promise<Spider> {
  if (isPath(which)) {
    return await loadFile(resolve(sources.folder, which), sources.disk);
  }
  const known = knownSpiders(sources);
  const found = known.find(({ name }) => name === which);
  if (found === undefined) {
    const names = known.map(({ name }) => name);
    throw new UnknownSpiderError(
      `there is no spider "${which}"; ${suggest(which, names)} (see trawl list). ` +
        `A spider in a file is named by its path: ./${which}.ts`,
    );
  }
  if (found.path !== undefined) return await loadFile(found.path, sources.disk);
  return checkSpider(sources.builtIn.find((spider) => (spider as Spider).name === which), which);
}

/** Returns the path of the spider that `which` names, without loading it; undefined for one inside the program. */
export function pathOfSpider(which: string, sources: SpiderSources): string | undefined {
  if (isPath(which)) return resolve(sources.folder, which);
  return knownSpiders(sources).find(({ name }) => name === which)?.path;
}

function isPath(which: string): boolean {
  return which.includes("/") || which.includes("\\") || ending.test(which);
}

async function loadFile(path: string, disk: Disk): Promise<Spider> {
  const bytes = disk.read(path);
  if (bytes === undefined) throw new UnknownSpiderError(`there is no file ${path}`);
  let module: { readonly default?: unknown };
  // A compiled program has no TypeScript compiler: the types are taken out here.
  const isStripped = Deno.build.standalone && /ts$/.test(path);
  try {
    module = await import(isStripped ? stripped(bytes, path) : pathToFileURL(path).href);
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    if (isStripped && /import map|Relative import|relative URL/i.test(message)) {
      throw new SpiderError(path, [
        `in the compiled trawl a .ts spider may import types only; one that imports other files must be .js: ${message}`,
      ]);
    }
    throw new SpiderError(path, [message.replaceAll(/data:text\/javascript[^\s]*/g, basename(path))]);
  }
  return checkSpider(module.default, path);
}

function stripped(bytes: Uint8Array<ArrayBuffer>, path: string): string {
  const source = new TextDecoder().decode(bytes);
  const { code } = transform(source, { transforms: ["typescript"], disableESTransforms: true, filePath: path });
  const named = `${code}\n//# sourceURL=${pathToFileURL(path).href}`;
  return `data:text/javascript;charset=utf-8,${encodeURIComponent(named)}`;
}
