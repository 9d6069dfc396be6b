import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

Deno.test("the demo ends with 100 items, and every file that it names is there", async () => {
  const folder = await Deno.makeTempDir({ prefix: "trawl-demo-test-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", fileURLToPath(new URL("../../scripts/demo.ts", import.meta.url))],
      env: { TMPDIR: folder, NO_COLOR: "1", HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "" },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    assert.match(said, /^100 items in /m);
    const named = said.split(/[\s:,]+/).filter((word) => word.startsWith(folder));
    assert.equal(named.length, 5, said);
    for (const path of named) assert.ok((await Deno.stat(path)).size > 0, path);
    const items = await Deno.readTextFile(named.find((path) => path.endsWith(".jsonl"))!);
    assert.equal(items.trimEnd().split("\n").length, 100);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
