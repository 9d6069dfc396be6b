import assert from "node:assert/strict";
import fc from "fast-check";
import { searchFor } from "../../lib/robots/search.ts";

Deno.test("searchFor() finds a piece where it first stands, from a place on", () => {
  for (const piece of ["ab", `${"a".repeat(40)}b`]) {
    const search = searchFor(piece);
    const text = `a${piece}-${piece}`;
    assert.equal(search(text, 0), 1);
    assert.equal(search(text, 2), piece.length + 2);
    assert.equal(search(text, piece.length + 3), -1);
    assert.equal(search("", 0), -1);
  }
});

Deno.test("searchFor() finds long pieces as the platform's own search does", () => {
  const run = (most: number) =>
    fc.array(fc.constantFrom("a", "b"), { minLength: 0, maxLength: most }).map((letters) => letters.join(""));
  const piece = fc.tuple(fc.constantFrom("a", "ab", "aab", "abaab"), run(3)).map(([unit, rest]) =>
    unit.repeat(40).slice(0, 40) + rest
  );
  fc.assert(fc.property(piece, run(30), run(30), fc.nat(60), (piece, before, behind, from) => {
    for (
      const text of [before + piece + behind, before + piece.slice(1) + behind, before + piece.slice(0, -1) + piece]
    ) {
      assert.equal(searchFor(piece)(text, from), text.indexOf(piece, from));
    }
  }));
});
