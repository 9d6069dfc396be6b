import assert from "node:assert/strict";
import fc from "fast-check";
import { CountedText, find, pieceOf } from "../../lib/robots/search.ts";

Deno.test("find() finds a piece where it first stands, from a place on", () => {
  for (const piece of ["ab", `${"a".repeat(40)}b`]) {
    const text = `a${piece}-${piece}`;
    const found = (from: number, within = text) => find(pieceOf(piece), within, from);
    assert.deepEqual([found(0), found(2), found(piece.length + 3), found(0, "")], [1, piece.length + 2, -1, -1]);
    assert.equal(pieceOf(piece).length, piece.length);
  }
});

Deno.test("find() finds long pieces as the platform's own search does", () => {
  const run = (most: number) =>
    fc.array(fc.constantFrom("a", "b"), { minLength: 0, maxLength: most }).map((letters) => letters.join(""));
  const piece = fc.tuple(fc.constantFrom("a", "ab", "aab", "abaab"), run(3)).map(([unit, rest]) =>
    unit.repeat(40).slice(0, 40) + rest
  );
  fc.assert(fc.property(piece, run(30), run(30), fc.nat(60), (piece, before, behind, from) => {
    for (
      const text of [before + piece + behind, before + piece.slice(1) + behind, before + piece.slice(0, -1) + piece]
    ) {
      assert.equal(find(pieceOf(piece), text, from), text.indexOf(piece, from));
    }
  }));
});

Deno.test("CountedText counts the characters it searches, and searches for nothing twice in vain", () => {
  const text = new CountedText(`ab${"-".repeat(98)}`);
  const counts = (piece: string, from: number) => {
    const before = text.searched;
    return [text.find(piece, from), text.searched - before];
  };
  assert.deepEqual(counts("b", 0), [1, 2]);
  assert.deepEqual(counts("b", 90), [-1, 10]);
  assert.deepEqual(counts("b", 95), [-1, 0]);
  assert.deepEqual(counts("b", 80), [-1, 20]);
  assert.deepEqual(counts("b", 90), [-1, 0]);
  assert.deepEqual(counts("b", 1), [1, 1]);
  assert.deepEqual(counts("c", 0), [-1, 100]);
});
