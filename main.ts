import { main } from "./lib/cli/main.ts";
import { builtIn } from "./spiders/mod.ts";

Deno.exit(await main(Deno.args, builtIn));
