import assert from "node:assert/strict";
import fc from "fast-check";
import { fingerprint, identity } from "../../lib/frontier/fingerprint.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";

const hex = (words: Iterable<number>) => Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");

/** The first 96 bits of MurmurHash3_x86_128, computed with two others: murmurhash3js and murmurhash3js-revisited. */
const known: readonly (readonly [text: string, seed: number, print: string])[] = [
  ["", 1, "88c4adec54d201b954d201b9"],
  ["a", 0, "a794933c5556b01b5556b01b"],
  ["hello", 0, "2b2444a0db91def79adb31b6"],
  ["hello, world", 0, "8b21605cb9b98a1e93273a83"],
  ["http://example.com/", 123, "4f56f4a3098986b6cbe49098"],
  ["The quick brown fox jumps over the lazy dog", 0, "2f1583c3ecee2c675d7bf66c"],
  ["The quick brown fox jumps over the lazy dog", 0x9747b28c, "8ad4d55e4cb861718ea73a9c"],
  ["0123456789abcdef", 42, "786271aa342cc4911a291f4c"],
  ["0123456789abcdef0", 42, "722ee8c644099ef1d32a939c"],
  ["https://example.com/a/b/c?d=1&e=2", 0xffffffff, "ad042dbba671cc4dfc57e2df"],
  ["I will not buy this record, it is scratched.", 0, "a0a9683b25ac5e40d9af2895"],
];

for (const [text, seed, print] of known) {
  Deno.test(`fingerprint() of ${JSON.stringify(text)} with the seed ${seed} is that of MurmurHash3`, () => {
    assert.equal(hex(fingerprint(text, seed)), print);
  });
}

Deno.test("fingerprint() is never all zero, as MurmurHash3 of nothing with the seed 0 is", () => {
  assert.deepEqual([...fingerprint("", 0)], [1, 0, 0]);
});

Deno.test("fingerprint() agrees with the algorithm as it is published, for every length and seed", () => {
  const ascii = fc.string({ unit: "binary-ascii", maxLength: 100 });
  fc.assert(
    fc.property(ascii, fc.integer({ min: 1, max: 0xffffffff }), (text, seed) => {
      assert.equal(hex(fingerprint(text, seed)), hex(reference(new TextEncoder().encode(text), seed).slice(0, 3)));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("fingerprint() hands out one array, for the caller to copy", () => {
  const first = fingerprint("a", 1);
  const kept = [...first];
  assert.equal(fingerprint("b", 1), first);
  assert.notDeepEqual([...first], kept);
});

/** MurmurHash3_x86_128, byte by byte in arithmetic that never overflows. */
function reference(bytes: Uint8Array, seed: number): number[] {
  const low = (value: bigint) => value & 0xffffffffn;
  const rotate = (value: bigint, bits: bigint) => low((value << bits) | (value >> (32n - bits)));
  const c = [0x239b961bn, 0xab0e9789n, 0x38b34ae5n, 0xa1e38b93n];
  const before = [15n, 16n, 17n, 18n], after = [19n, 17n, 15n, 13n];
  const plus = [0x561ccd1bn, 0x0bcaa747n, 0x96cd1c35n, 0x32ac3b17n];
  const mixed = (word: bigint, at: number) => low(rotate(low(word * c[at]!), before[at]!) * c[(at + 1) % 4]!);
  const h = Array.from({ length: 4 }, () => BigInt(seed));
  const word = (from: number) => [3, 2, 1, 0].reduce((sum, at) => (sum << 8n) | BigInt(bytes[from + at] ?? 0), 0n);
  const blocks = Math.floor(bytes.length / 16);
  for (let block = 0; block < blocks; block++) {
    for (let at = 0; at < 4; at++) {
      h[at] = rotate(h[at]! ^ mixed(word(block * 16 + at * 4), at), after[at]!);
      h[at] = low(low(h[at]! + h[(at + 1) % 4]!) * 5n + plus[at]!);
    }
  }
  for (let at = 0; at < 4; at++) {
    if (blocks * 16 + at * 4 < bytes.length) h[at]! ^= mixed(word(blocks * 16 + at * 4), at);
    h[at]! ^= BigInt(bytes.length);
  }
  const spread = () => {
    h[0] = low(h[0]! + h[1]! + h[2]! + h[3]!);
    for (const at of [1, 2, 3]) h[at] = low(h[at]! + h[0]!);
  };
  spread();
  for (let at = 0; at < 4; at++) {
    let value = h[at]!;
    value = low((value ^ (value >> 16n)) * 0x85ebca6bn);
    value = low((value ^ (value >> 13n)) * 0xc2b2ae35n);
    h[at] = value ^ (value >> 16n);
  }
  spread();
  return h.map(Number);
}

/** The identity of a request for a URL. */
const of = (said: Partial<Request>, url: string) => identity(createRequest(url, said), url);

Deno.test("identity() of a plain GET is its URL", () => {
  assert.equal(of({ method: "GET", body: undefined }, "http://a.com/?b=1"), "http://a.com/?b=1");
});

Deno.test("identity() tells methods and bodies apart, and not text from the same bytes", () => {
  const texts = [
    of({ method: "GET", body: undefined }, "http://a.com/"),
    of({ method: "HEAD", body: undefined }, "http://a.com/"),
    of({ method: "POST", body: undefined }, "http://a.com/"),
    of({ method: "POST", body: "" }, "http://a.com/"),
    of({ method: "POST", body: "a=1" }, "http://a.com/"),
    of({ method: "POST", body: "a=2" }, "http://a.com/"),
    of({ method: "GET", body: "a=1" }, "http://a.com/"),
    of({ method: "POST", body: "a=1" }, "http://a.com/b"),
  ];
  assert.equal(new Set(texts).size, 8);
  assert.equal(
    of({ method: "POST", body: new Uint8Array([97, 61, 49]) }, "http://a.com/"),
    of({ method: "POST", body: "a=1" }, "http://a.com/"),
  );
});

Deno.test("identity() tells jars and logins apart, and nothing else of what a request says", () => {
  const texts = [
    of({}, "http://a.com/"),
    of({ jar: "alice" }, "http://a.com/"),
    of({ jar: "bob" }, "http://a.com/"),
    of({ userinfo: "alice" }, "http://a.com/"),
    of({ jar: "alice", userinfo: "alice" }, "http://a.com/"),
    of({ jar: 'a","b' }, "http://a.com/"),
    of({ jar: "a", userinfo: "b" }, "http://a.com/"),
    of({ jar: "alice", method: "POST" }, "http://a.com/"),
  ];
  assert.equal(new Set(texts).size, 8);
  const same: Partial<Request> = {
    referer: "http://a.com/list",
    referrerPolicy: "origin",
    cookies: { a: "1" },
    headers: { a: "b" },
    depth: 3,
    callback: "author",
  };
  assert.equal(of(same, "http://a.com/"), "http://a.com/");
  assert.equal(of({ ...same, jar: "alice" }, "http://a.com/"), texts[1]);
  assert.ok(!texts.join().includes("alice"));
});
