import assert from "node:assert/strict";
import { formatDuration, parseDuration } from "../../lib/text/duration.ts";

Deno.test("parseDuration() reads a bare number as seconds", () => {
  assert.equal(parseDuration(1.5), 1.5);
  assert.equal(parseDuration("1.5"), 1.5);
  assert.equal(parseDuration(".5"), 0.5);
  assert.equal(parseDuration("0"), 0);
});

Deno.test("parseDuration() reads units", () => {
  assert.equal(parseDuration("200ms"), 0.2);
  assert.equal(parseDuration("30s"), 30);
  assert.equal(parseDuration("5m"), 300);
  assert.equal(parseDuration("1h"), 3600);
  assert.equal(parseDuration("2d"), 172800);
  assert.equal(parseDuration(" 1.5 H "), 5400);
  assert.equal(parseDuration("1h30m"), 5400);
  assert.equal(parseDuration("1m 30s 500ms"), 90.5);
});

Deno.test("parseDuration() throws a RangeError that says what is accepted", () => {
  assert.throws(
    () => parseDuration("5 parsecs"),
    new RangeError(
      'Cannot read "5 parsecs" as a time: give seconds (1.5) or numbers with ms, s, m, h or d ("200ms", "1h30m")',
    ),
  );
  for (const value of ["", "s", "-1", "-5m", "1,5", "1e3", "5min", "h1", "1..5", -1, NaN, Infinity]) {
    assert.throws(() => parseDuration(value), RangeError, String(value));
  }
});

Deno.test("formatDuration() uses one or two units", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [0.2, "200 ms"],
    [0.9999, "1 s"],
    [1.54, "1.5 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [59.6, "1 min"],
    [300, "5 min"],
    [3599.7, "1 h"],
    [5400, "1 h 30 min"],
    [86399, "1 d"],
    [183600, "2 d 3 h"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
});
