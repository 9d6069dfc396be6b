import type { Spider } from "../lib/mod.ts";
import books from "./books.ts";
import hackernews from "./hackernews.ts";
import quotes from "./quotes.ts";
import site from "./site.ts";

/** The spiders that a compiled `trawl` brings along. */
export const builtIn: readonly Spider[] = [books, hackernews, quotes, site];
