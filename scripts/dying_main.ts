/**
 * trawl, but it kills itself at the point that `TRAWL_DIE_AT` describes (JSON of a `Point`; `whenPausing`: only after a
 * signal). For the tests: `deno run -A scripts/dying_main.ts crawl ...`
 *
 * @module
 */

import { main } from "../lib/cli/main.ts";
import { localDisk } from "../lib/disk/local.ts";
import { builtIn } from "../spiders/mod.ts";
import { dyingDisk, type Point } from "./dying_disk.ts";

const point: Point & { readonly whenPausing?: boolean } = JSON.parse(Deno.env.get("TRAWL_DIE_AT") ?? "null");
// trawl knows all variables of its own, and this is none.
Deno.env.delete("TRAWL_DIE_AT");
let isPausing = false;
if (point.whenPausing) Deno.addSignalListener("SIGINT", () => isPausing = true);
const disk = dyingDisk(localDisk, point, () => !point.whenPausing || isPausing);
Deno.exit(await main(Deno.args, builtIn, disk));
