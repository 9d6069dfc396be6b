import assert from "node:assert/strict";
import { retryAfterSeconds } from "../../../lib/net/follow/retry_after.ts";

const now = Date.UTC(1994, 10, 6, 8, 49, 0);

Deno.test("retryAfterSeconds() reads seconds", () => {
  assert.equal(retryAfterSeconds("120", now), 120);
  assert.equal(retryAfterSeconds(" 0 ", now), 0);
  assert.equal(retryAfterSeconds("1.5", now), 1.5);
});

Deno.test("retryAfterSeconds() reads an HTTP date as the time until then", () => {
  assert.equal(retryAfterSeconds("Sun, 06 Nov 1994 08:49:37 GMT", now), 37);
  assert.equal(retryAfterSeconds("Sunday, 06-Nov-94 08:49:37 GMT", Date.UTC(2094, 10, 6, 8, 49, 0)), 37);
  assert.equal(retryAfterSeconds("Sun, 06 Nov 1994 08:48:00 GMT", now), 0);
});

Deno.test("retryAfterSeconds() is undefined for what says nothing", () => {
  for (
    const text of [
      null,
      "",
      "soon",
      "-5",
      "1e3",
      "0x10",
      "Sun, 06 Foo 1994 08:49:37 GMT",
      "2026-01-01",
      "9".repeat(400),
    ]
  ) {
    assert.equal(retryAfterSeconds(text, now), undefined, String(text));
  }
});
