import type { Context } from "./context.ts";
import { OptionReader } from "./options.ts";
import { UsageError } from "./usage_error.ts";

/** `trawl new <name>`: writes a spider to begin with. */
export function newSpider({ args, disk, folder, terminal }: Context): Promise<number> {
  const [name = ""] = args.args;
  new OptionReader(args).check();
  const path = `${folder}/spiders/${name}.ts`;
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) {
    throw new UsageError([`new ${name}: use letters, digits, ".", "_" and "-"`]);
  }
  if (disk.size(path) !== undefined) throw new UsageError([`new ${name}: ${path} is there already`]);
  const file = disk.append(path, 0);
  file.write(new TextEncoder().encode(starter(name)));
  file.close();
  terminal.say(`Wrote ${path}`);
  terminal.say(`Try it: trawl crawl ${name} --limit 10`);
  return Promise.resolve(0);
}

function starter(name: string): string {
  return `export default {
  name: "${name}",
  startUrls: ["https://quotes.toscrape.com/"],
  settings: { delay: "500ms" },

  // deno-lint-ignore no-explicit-any
  *parse(page: any) {
    for (const quote of page.css("div.quote")) {
      yield {
        text: quote.css("span.text::text").get(),
        author: quote.css("small.author::text").get(),
      };
    }
    yield* page.follow("li.next a");
  },
};
`;
}
