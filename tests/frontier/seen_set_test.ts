import assert from "node:assert/strict";
import { fingerprint } from "../../lib/frontier/fingerprint.ts";
import { SeenSet } from "../../lib/frontier/seen_set.ts";

Deno.test("SeenSet adds a fingerprint once", () => {
  const set = new SeenSet();
  assert.equal(set.has(fingerprint("a", 1)), false);
  assert.equal(set.add(fingerprint("a", 1)), true);
  assert.equal(set.add(fingerprint("a", 1)), false);
  assert.equal(set.has(fingerprint("a", 1)), true);
  assert.equal(set.has(fingerprint("b", 1)), false);
  assert.equal(set.size, 1);
});

Deno.test("SeenSet tells apart fingerprints that differ in one word, zeros among them", () => {
  const set = new SeenSet();
  const prints = [
    ...[[1, 0, 0], [0, 1, 0], [0, 0, 1], [4096, 0, 0], [8192, 0, 0], [1, 0xffffffff, 0], [1, 0xffffffff, 0xffffffff]],
    ...[[1, 0xfffffffe, 0xffffffff], [0xffffffff, 0xffffffff, 0xffffffff]],
  ].map((words) => new Uint32Array(words));
  for (const print of prints) assert.equal(set.add(print), true);
  for (const print of prints) assert.equal(set.add(print), false);
  assert.equal(set.size, prints.length);
});

Deno.test("SeenSet finds room when all fingerprints belong to the same slot of the same table", () => {
  const set = new SeenSet();
  for (const b of [0, 0xffffffff]) {
    for (let c = 1; c <= 500; c++) assert.equal(set.add(new Uint32Array([4096, b, c])), true);
    for (let c = 1; c <= 500; c++) assert.equal(set.has(new Uint32Array([4096, b, c])), true);
    assert.equal(set.has(new Uint32Array([4096, b, 501])), false);
  }
  assert.equal(set.size, 1000);
});

Deno.test("SeenSet answers as a Set does over 200,000 texts, in at most 20 bytes each", () => {
  const set = new SeenSet(), model = new Set<string>();
  let random = 1;
  let most = 0;
  for (let asked = 0; asked < 300_000; asked++) {
    random = Math.imul(random ^ (random >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    // Of 900,000 texts, so that many come again.
    const text = `http://example.com/${(random >>> 0) % 900_000}`;
    if (set.has(fingerprint(text, 7)) !== model.has(text)) assert.fail(`has() is wrong about ${text}`);
    if (set.add(fingerprint(text, 7)) === model.has(text)) assert.fail(`add() is wrong about ${text}`);
    model.add(text);
    if (model.size > 100_000 && model.size % 1000 === 0) most = Math.max(most, set.bytes / set.size);
  }
  assert.ok(model.size > 200_000, `${model.size} texts`);
  assert.equal(set.size, model.size);
  assert.ok(most > 12 && most <= 20, `${most} bytes each`);
});

Deno.test("SeenSet that is told how many to expect has room for them, and for more", () => {
  for (const expected of [0, 1, 120_000]) {
    const set = new SeenSet(expected);
    const words = new Uint32Array(3 * 120_000);
    for (let at = 0; at < words.length; at += 3) words.set(fingerprint(`http://example.com/${at}`, 7), at);
    for (let at = 0; at < words.length; at += 3) assert.equal(set.add(words, at), true);
    for (let at = 0; at < words.length; at += 3) assert.equal(set.has(words.subarray(at, at + 3)), true);
    assert.equal(set.size, 120_000);
    assert.ok(set.bytes / set.size <= 20, `${set.bytes / set.size} bytes each`);
  }
});
