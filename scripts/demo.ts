/**
 * Shows trawl at work: starts the demo site, crawls its quotes with the real command, and looks at what came.
 *
 * What it names at its end stays, in a temporary folder of its own. Ends with the exit code of the crawl, or with 1 when the crawl says it has finished and the items are not all there.
 *
 * @module
 */
import { quotes, startDemo } from "./demo/mod.ts";
import { counted } from "../lib/text/count.ts";

const root = new URL("..", import.meta.url);
const folder = await Deno.makeTempDir({ prefix: "trawl-demo-" });
// Ctrl+C reaches the crawl as well, which then ends in its own way: this process waits for that.
const waits = () => {};
Deno.addSignalListener("SIGINT", waits);
try {
  await using demo = await startDemo();
  const command = ["crawl", "quotes", "--start-url", demo.quotes, "--data-dir", folder];
  console.log(`$ trawl ${command.join(" ")}`);
  const crawl = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("main.ts", root).href, ...command],
    // A proxy of the machine is not asked for what is on the machine.
    env: { NO_PROXY: "127.0.0.1,localhost" },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const { code } = await crawl.spawn().status;
  Deno.exitCode = code === 0 ? await check() : code;
} finally {
  Deno.removeSignalListener("SIGINT", waits);
}

/** Prints where the items are and the first two of them; returns the exit code. */
async function check(): Promise<number> {
  const crawls = `${folder}/default/quotes/crawls`;
  const files = [...Deno.readDirSync(crawls)].map(({ name }) => name)
    .filter((name) => name.endsWith(".jsonl") && !name.endsWith(".failed.jsonl"));
  const [file] = files;
  if (file === undefined) {
    console.error(`The crawl has finished, but ${crawls} holds no file of items`);
    return 1;
  }
  const lines = (await Deno.readTextFile(`${crawls}/${file}`)).trimEnd().split("\n");
  const texts = new Set(lines.map((line) => (JSON.parse(line) as { text: string }).text));
  console.log(`\n${counted(lines.length, "item")} in ${crawls}/${file}, for example:`);
  for (const line of lines.slice(0, 2)) console.log(line);
  console.log(`The folder ${folder} stays until you remove it.`);
  if (lines.length === quotes.length && quotes.every(({ text }) => texts.has(text))) return 0;
  console.error(
    `The crawl has finished with ${
      counted(lines.length, "item")
    }, ${texts.size} of them different; ${quotes.length} were to come`,
  );
  return 1;
}
