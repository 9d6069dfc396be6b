import assert from "node:assert/strict";
import { retryAfterSeconds } from "../../../lib/net/follow/retry_after.ts";

const now = Date.UTC(1994, 10, 6, 8, 49, 0);

const each = (texts: readonly string[], wanted: number | undefined, at = now) => {
  for (const text of texts) assert.equal(retryAfterSeconds(text, at), wanted, text);
};

Deno.test("retryAfterSeconds() reads seconds", () => {
  each(["120", " 120\t", "120.", "120.0"], 120);
  each(["0", " 0 ", "00", "0.0"], 0);
  each(["1.5"], 1.5);
  each([".5"], 0.5);
  each(["99999999999999999999"], 1e20);
});

Deno.test("retryAfterSeconds() reads an HTTP date as the time until then", () => {
  each(["Sun, 06 Nov 1994 08:49:37 GMT", "sun, 6 nov 1994 08:49:37 gmt", "Sun, 06 Nov 1994 08:49:37 UTC"], 37);
  each(["Sun,06 Nov 1994  08:49:37 GMT", "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 +0000"], 37);
  each(["Sun, 06 Nov 1994 08:48:00 GMT"], 0);
  each(["Sat, 31 Dec 1994 23:59:60 GMT"], 4_806_660);
});

Deno.test("retryAfterSeconds() reads the date of RFC 850, of which two digits mean the year", () => {
  each(["Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT"], 37);
  each(["Sunday, 06-Nov-94 08:49:37 GMT"], 37, Date.UTC(2094, 10, 6, 8, 49, 0));
  // More than fifty years ahead is a century ago.
  each(["Sunday, 06-Nov-94 08:49:37 GMT"], 0, Date.UTC(2026, 0, 1));
  each(["Friday, 01-Jan-27 00:00:00 GMT"], 31_536_000, Date.UTC(2026, 0, 1));
});

Deno.test("retryAfterSeconds() reads the date of asctime", () => {
  each(["Sun Nov  6 08:49:37 1994", "Sun Nov 06 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT"], 37);
  each(["Sun Nov  6 08:48:00 1994"], 0);
});

Deno.test("retryAfterSeconds() takes the longest of several, and passes over what says nothing", () => {
  each(["5, 120", "120,5", "120, 120", "soon, 120", ", 120", "-5, 120"], 120);
  const date = "Sun, 06 Nov 1994 08:49:37 GMT";
  each(
    [`${date}, ${date}`, `10, ${date}`, `${date}, 10`, `Sunday, 06-Nov-94 08:49:37 GMT, Sun Nov  6 08:49:10 1994`],
    37,
  );
  const headers = new Headers([["retry-after", "3"], ["retry-after", date]]);
  assert.equal(retryAfterSeconds(headers.get("retry-after"), now), 37);
});

Deno.test("retryAfterSeconds() is undefined for what says nothing", () => {
  assert.equal(retryAfterSeconds(null, now), undefined);
  each(["", " ", ",", "soon", "-5", "+5", ".", "1e3", "0x10", "5 s", "5;6", "2026-01-01", "9".repeat(400)], undefined);
  each(["Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT"], undefined);
  each(["Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:37 PST"], undefined);
  each(["Sun, 06 Nov 1994", "Sun Nov 6 1994", "GMT"], undefined);
});

Deno.test("retryAfterSeconds() takes no longer for a header that is long", () => {
  each(
    [
      `Sun${" ".repeat(100_000)}`,
      `${"mon ".repeat(50_000)},`,
      "1".repeat(100_000),
      `sun,${" ".repeat(100_000)}x`,
      `sun${" ".repeat(100_000)}x`,
    ],
    undefined,
  );
});
