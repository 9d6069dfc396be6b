import assert from "node:assert/strict";
import { endsWell } from "./programs.ts";

Deno.test("a program that is missing, or may not be run, is told from one that ends well", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/plain`, "no program");
    await Deno.chmod(`${folder}/plain`, 0o600);
    assert.equal(await endsWell(`${folder}/missing`, []), false);
    assert.equal(await endsWell("a-program-that-nobody-has", ["-v"]), false);
    assert.equal(await endsWell(`${folder}/plain`, []), false);
    assert.equal(await endsWell(Deno.execPath(), ["--version"]), true);
    assert.equal(await endsWell(Deno.execPath(), ["eval", "Deno.exit(3)"]), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
