import assert from "node:assert/strict";
import type { FailureKind } from "../../../lib/model/outcome.ts";
import { type Attempt, nextAttempt, wantsRepeatable } from "../../../lib/net/follow/retry.ts";

const now = Date.UTC(2026, 0, 1);

const next = (tried: Partial<Attempt>) =>
  nextAttempt({ method: "GET", attempt: 0, retries: 20, maxRetryAfter: 600, random: 0, now, ...tried });

const delay = (tried: Partial<Attempt>) => next(tried)?.seconds;

const failed = (kind: FailureKind) => ({ failure: { kind, message: kind } });

Deno.test("nextAttempt() repeats what may pass and gives up on the rest", () => {
  for (const status of [408, 429, 500, 502, 503, 504, 522, 524]) assert.equal(delay({ status }), 1, String(status));
  for (const status of [200, 301, 400, 401, 403, 404, 410, 501, 505]) {
    assert.equal(delay({ status }), undefined, String(status));
  }
  for (const kind of ["dns", "connect", "timeout", "reset", "cut-short"] as const) {
    assert.equal(delay(failed(kind)), 1, kind);
  }
  for (const kind of ["tls", "too-large", "protocol", "address", "redirect", "robots", "callback"] as const) {
    assert.equal(delay(failed(kind)), undefined, kind);
  }
});

Deno.test("nextAttempt() gives up on a failure that is final", () => {
  assert.equal(delay({ failure: { kind: "dns", message: "no such host", final: true } }), undefined);
});

Deno.test("nextAttempt() reads the status of a failure that is one", () => {
  assert.equal(delay({ failure: { kind: "status", message: "status 503", status: 503 } }), 1);
  assert.equal(delay({ failure: { kind: "status", message: "status 404", status: 404 } }), undefined);
});

Deno.test("nextAttempt() gives up after as many attempts as are allowed", () => {
  assert.equal(delay({ status: 503, retries: 2, attempt: 1 }), 2);
  assert.equal(delay({ status: 503, retries: 2, attempt: 2 }), undefined);
  assert.equal(delay({ status: 503, retries: 0, attempt: 0 }), undefined);
});

Deno.test("nextAttempt() doubles up to a minute, less a random part of up to a half", () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 19].map((attempt) => delay({ status: 503, attempt }));
  assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
  assert.equal(delay({ status: 503, attempt: 3, random: 0.5 }), 6);
  assert.equal(delay({ status: 503, attempt: 6, random: 1 }), 30);
});

Deno.test("nextAttempt() lets Retry-After decide, up to maxRetryAfter", () => {
  const asked = (text: string) => delay({ status: 503, attempt: 3, headers: new Headers({ "retry-after": text }) });
  assert.equal(asked("120"), 120);
  assert.equal(asked("0"), 0);
  assert.equal(asked("86400"), 600);
  assert.equal(asked("Thu, 01 Jan 2026 00:01:30 GMT"), 90);
  assert.equal(asked("soon"), 8);
});

Deno.test("nextAttempt() costs no attempt where a kept connection was closed under the request, twice", () => {
  const stale = { failure: { kind: "reset", message: "closed", stale: true }, retries: 0 } as const;
  assert.deepEqual(next({ ...stale, waits: 1 }), { seconds: 0, free: true });
  assert.equal(next({ ...stale, waits: 2 }), undefined);
  assert.equal(next({ ...stale, method: "POST" }), undefined);
});

Deno.test("nextAttempt() does not repeat what is not safe to repeat", () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "get"]) {
    assert.equal(delay({ status: 503, method }), 1, method);
  }
  for (const method of ["POST", "PATCH"]) assert.equal(delay({ status: 503, method }), undefined, method);
});

Deno.test("nextAttempt() repeats a POST when the spider says that it may arrive twice", () => {
  assert.equal(delay({ status: 503, method: "POST", repeatable: true }), 1);
  assert.equal(delay({ status: 404, method: "POST", repeatable: true }), undefined);
});

Deno.test("nextAttempt() repeats a POST that the server turned away and asks for again", () => {
  for (const method of ["POST", "PATCH"]) {
    const asked = { method, headers: new Headers({ "retry-after": "30" }) };
    for (const status of [429, 503]) {
      assert.deepEqual(next({ ...asked, status, retries: 0 }), { seconds: 30, free: true });
      assert.deepEqual(next({ ...asked, status, retries: 1, waits: 5 }), { seconds: 30, free: false });
      assert.equal(next({ ...asked, status, retries: 0, waits: 5 }), undefined);
      const failure = { kind: "status", status, message: "", busy: true } as const;
      assert.deepEqual(next({ ...asked, status, failure }), { seconds: 30, free: true });
      assert.equal(next({ method, status, headers: new Headers({ "retry-after": "soon" }) }), undefined);
    }
    // Others may have done what was asked for before they broke down.
    for (const status of [408, 500, 502, 504]) assert.equal(next({ ...asked, status }), undefined, String(status));
  }
});

Deno.test("nextAttempt() repeats a POST of which nothing was sent", () => {
  for (const kind of ["dns", "connect", "proxy"] as const) {
    assert.equal(delay({ ...failed(kind), method: "POST" }), 1, kind);
  }
  for (const kind of ["timeout", "reset", "cut-short"] as const) {
    assert.equal(delay({ ...failed(kind), method: "POST" }), undefined, kind);
  }
});

Deno.test("wantsRepeatable() says for which failures of a POST it is only that it may not be sent twice", () => {
  const wants = (tried: Partial<Attempt>) =>
    wantsRepeatable({ method: "POST", attempt: 0, retries: 2, maxRetryAfter: 600, now, ...tried });
  assert.equal(wants({ status: 500 }), true);
  assert.equal(wants({ status: 503 }), true);
  assert.equal(wants(failed("reset")), true);
  assert.equal(wants({ status: 500, method: "GET" }), false);
  assert.equal(wants({ status: 500, repeatable: true }), false);
  assert.equal(wants({ status: 500, attempt: 2 }), false);
  assert.equal(wants({ status: 404 }), false);
  assert.equal(wants(failed("connect")), false);
});

Deno.test("nextAttempt() does not count a 429 or 503 with Retry-After as an attempt, five times", () => {
  const headers = new Headers({ "retry-after": "30" });
  for (const status of [429, 503]) {
    assert.deepEqual(next({ status, headers, retries: 0 }), { seconds: 30, free: true });
    assert.deepEqual(next({ status, headers, retries: 0, waits: 4 }), { seconds: 30, free: true });
    assert.equal(next({ status, headers, retries: 0, waits: 5 }), undefined);
    assert.deepEqual(next({ status, headers, retries: 1, waits: 5 }), { seconds: 30, free: false });
  }
  assert.deepEqual(next({ status: 500, headers }), { seconds: 30, free: false });
  assert.deepEqual(next({ status: 429 }), { seconds: 1, free: false });
  assert.equal(next({ status: 404, headers }), undefined);
});
