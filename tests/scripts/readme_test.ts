import assert from "node:assert/strict";
import { withTables } from "../../scripts/readme.ts";

Deno.test("README.md has the commands and settings that the code has", () => {
  const readme = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));
  assert.equal(withTables(readme), readme);
});

Deno.test("withTables() writes every flag and every setting", () => {
  const written = withTables(
    "<!-- begin commands -->\n<!-- end commands -->\n<!-- begin settings -->\n<!-- end settings -->",
  );
  for (
    const part of ["--checkpoint-interval TIME", "-s, --set KEY=VALUE", "| `maxActiveSize` | 5MB |", "trawl new <name>"]
  ) {
    assert.ok(written.includes(part), part);
  }
});
