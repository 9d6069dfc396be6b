import assert from "node:assert/strict";
import fc from "fast-check";
import { harmless, printable, printableJson } from "../../lib/text/safe.ts";

Deno.test("printable() leaves ordinary text of any language as it is", () => {
  assert.equal(printable("Grüße, 日本語, 👩‍👩‍👧, a\\b"), "Grüße, 日本語, 👩‍👩‍👧, a\\b");
});

Deno.test("printable() writes out line breaks, escape sequences and control characters", () => {
  assert.equal(printable("a\r\nb\tc"), "a\\r\\nb\\tc");
  assert.equal(printable("\x1b[31mred\x07"), "\\e[31mred\\u{7}");
  assert.equal(printable("\x9b31m\x7f\0"), "\\u{9b}31m\\u{7f}\\u{0}");
  assert.equal(printable("a\u2028b\u0085c"), "a\\u{2028}b\\u{85}c");
});

Deno.test("printable() writes out what turns text around or hides it", () => {
  assert.equal(printable("gpj.\u202eexe"), "gpj.\\u{202e}exe");
  assert.equal(
    printable("\u2066a\u2069\u200f\u061c\ufeff\u{e0041}"),
    "\\u{2066}a\\u{2069}\\u{200f}\\u{61c}\\u{feff}\\u{e0041}",
  );
  assert.equal(printable("half \ud83d pair"), "half \\u{d83d} pair");
});

Deno.test("printable() cuts what is too long and shows that it did", () => {
  assert.equal(printable("abcdef", 6), "abcdef");
  assert.equal(printable("abcdefg", 6), "abcde…");
  assert.equal(printable("ab👍cd", 4), "ab…");
  assert.equal(printable("\n\n\n\n", 4), "\\n\\…");
  assert.equal(printable("abc", 0), "…");
});

Deno.test("printable() never gives more than was asked for, nor anything unsafe", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (text, length) => {
      const shown = printable(text, length);
      assert.ok(shown.length <= length);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(shown, /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\p{Cs}]/u);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("printableJson() is read as the same value, and has nothing in it that moves a terminal", () => {
  assert.equal(printableJson('{"a":"\x9b31m"}\n'), '{"a":"\\u009b31m"}\n');
  assert.equal(printableJson(JSON.stringify("\u{e0041}\u202e")), '"\\udb40\\udc41\\u202e"');
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const shown = printableJson(JSON.stringify([text]));
      assert.deepEqual(JSON.parse(shown), [text]);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(shown, /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/u);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("harmless() leaves colours, tabs and line breaks, and writes out all else that moves a terminal", () => {
  assert.equal(harmless("\x1b[31mred\x1b[0m\n\tnext"), "\x1b[31mred\x1b[0m\n\tnext");
  assert.equal(harmless("a\x9b2Jb\rc\x1b[2Jd\x1b]0;title\x07"), "a\\u{9b}2Jb\\rc\\e[2Jd\\e]0;title\\u{7}");
});
