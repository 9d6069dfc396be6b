import assert from "node:assert/strict";
import { ends, programLine, run } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const canRun = await new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" }).output()
  .then(({ success }) => success, () => false);
const skipped = canRun ? "" : " (skipped: there is no `script` here)";

/** What would move a terminal, besides trawl's own colours, its live line and the line ends that the terminal makes. */
// deno-lint-ignore no-control-regex
const moving = /[\x80-\x9f\u202e]|\x1b(?!\[\d+m|\[2K)|[\x00-\x08\x0b\x0c\x0e-\x1a]/;

const evil = "\\u009b2J\\u009d0;title\\u009c\\u202e";

Deno.test({
  name: `what a spider and a site say moves no terminal, and reaches a file as it is${skipped}`,
  ignore: !canRun,
  fn: async () => {
    await using place = await Workplace.open();
    const path = place.write(
      "evil.js",
      `export default { name: "evil", startUrls: ["${place.demo.quotes}"],
        *parse(page) {
          page.log.warn("log ${evil}");
          page.update((state) => { state.text = "state ${evil}"; });
          yield { text: "item ${evil}" };
          yield* page.follow("li.next a");
        } };`,
    );
    const shown = async (args: readonly string[], code: number) => {
      const command = `TERM=xterm exec ${programLine(args)}`;
      const ended = await run(["-qec", command, "/dev/null"], {
        cwd: place.folder,
        env: { DATA_DIR: place.dataDir, SHELL: "/bin/sh" },
        program: ["script"],
      });
      ends(ended, code);
      assert.doesNotMatch(ended.stdout, moving, args.join(" "));
      return ended.stdout;
    };
    const name = `-o=\u009b2J.jsonl`;
    const items = await shown(["crawl", path, "--limit", "2"], 0);
    assert.ok(items.includes('{"text":"item \\u009b2J\\u009d0;title\\u009c\\u202e"}'), items);
    assert.ok(items.includes("log \\u{9b}2J"), items);
    await shown(["crawl", path, "--limit", "2", "--json"], 0);
    place.demo.faults = { latency: 20 };
    ends(await place.pause(["crawl", path, name], { requests: 4 }), 130);
    const table = await shown(["checkpoint", "show", "evil"], 0);
    assert.ok(table.includes('{"text":"state \\u009b2J'), table);
    assert.ok(table.includes("\\u{9b}2J.jsonl"), table);
    await shown(["checkpoint", "show", "evil", "--json"], 0);
    await shown(["checkpoint", "verify", "evil"], 0);
    Deno.mkdirSync(`${place.dataDir}/default/\u009b2J/crawls`, { recursive: true });
    Deno.writeTextFileSync(`${place.dataDir}/default/\u009b2J/crawls/1.summary.json`, "{");
    await shown(["status"], 0);
    await shown(["status", "--json"], 0);
    await shown(["crawl", "./\u009b2J.ts"], 2);
    await shown(["fetch", "\u009b2J"], 2);

    const piped = await place.run(["crawl", path, "--limit", "1"]);
    assert.equal(piped.stdout, '{"text":"item \u009b2J\u009d0;title\u009c\u202e"}\n');
    const json = await place.run(["checkpoint", "show", "evil", "--json"]);
    assert.equal(JSON.parse(json.stdout).crawl.state.text, "state \u009b2J\u009d0;title\u009c\u202e");
    const status = await place.run(["status"]);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(status.stdout, /\x1b/);
  },
});
