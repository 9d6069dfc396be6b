import { relative } from "node:path";
import { knownSpiders } from "../spider/load.ts";
import type { Context } from "./context.ts";
import { OptionReader } from "./options.ts";

/** `trawl list`: the spiders that can be named, and where each is. */
export function list(context: Context): Promise<number> {
  new OptionReader(context.args).check();
  const spiders = knownSpiders(context);
  if (context.args.values.has("json")) {
    context.terminal.json(spiders.map(({ name, path }) => ({ name, path: path ?? null })));
    return Promise.resolve(0);
  }
  const width = Math.max(...spiders.map(({ name }) => name.length));
  for (const { name, path } of spiders) {
    const place = path === undefined ? "built in" : relative(context.folder, path);
    context.terminal.print(`${name.padEnd(width)}  ${place}`);
  }
  return Promise.resolve(0);
}
