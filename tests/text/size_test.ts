import assert from "node:assert/strict";
import { formatSize, parseSize } from "../../lib/text/size.ts";

Deno.test("parseSize() reads a bare number as bytes", () => {
  assert.equal(parseSize(512), 512);
  assert.equal(parseSize("512"), 512);
  assert.equal(parseSize(0), 0);
});

Deno.test("parseSize() reads units of 1,000 and of 1,024", () => {
  assert.equal(parseSize("512KB"), 512_000);
  assert.equal(parseSize("5MB"), 5_000_000);
  assert.equal(parseSize(" 5 mb "), 5_000_000);
  assert.equal(parseSize("1.5GB"), 1_500_000_000);
  assert.equal(parseSize("1KiB"), 1024);
  assert.equal(parseSize("1GiB"), 1_073_741_824);
  assert.equal(parseSize("12B"), 12);
});

Deno.test("parseSize() throws a RangeError that says what is accepted", () => {
  assert.throws(
    () => parseSize("5 meg"),
    new RangeError(
      'Cannot read "5 meg" as a size: give bytes (512) or a number with KB, MB, GB, KiB, MiB or GiB ("5MB")',
    ),
  );
  for (const value of ["", "MB", "-1", "5M", "5iB", "1e3", "9999999TB", -1, NaN, Infinity]) {
    assert.throws(() => parseSize(value), RangeError, String(value));
  }
});

Deno.test("formatSize() keeps two or three digits", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [512, "512 B"],
    [999, "999 B"],
    [1000, "1 KB"],
    [1234, "1.2 KB"],
    [999_499, "999 KB"],
    [999_500, "1 MB"],
    [32_000_000, "32 MB"],
    [5e12, "5 TB"],
    [5e15, "5000 TB"],
  ];
  for (const [bytes, text] of cases) assert.equal(formatSize(bytes), text);
});
