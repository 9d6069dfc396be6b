import assert from "node:assert/strict";
import type { Failure, Outcome } from "../../lib/model/outcome.ts";
import type { Request } from "../../lib/model/request.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { epoch } from "./parts.ts";
import { answer, failed } from "./site.ts";
import { html, summary, url, visited } from "./visited.ts";

Deno.test("every 2xx answer is a page", async () => {
  for (const status of [200, 203, 204, 299]) {
    assert.ok((await visited(answer(url, html, status))).page !== undefined, `${status}`);
  }
});

Deno.test("a status that nobody asked for is a failure", async () => {
  for (const status of [300, 304, 400, 404, 410, 501]) {
    assert.deepEqual(summary(await visited(answer(url, html, status))), {
      kind: "status",
      message: `status ${status}`,
    });
  }
});

Deno.test("a status that the request or the settings ask for is a page, an error that could be tried again included", async () => {
  for (const status of [404, 503, 301]) {
    const outcome = answer(url, html, status, { location: "/x" });
    assert.ok((await visited(outcome, { request: { handleStatuses: [status] } })).page !== undefined);
    assert.ok((await visited(outcome, { handleStatuses: [1, status] })).page !== undefined);
    assert.equal((await visited(outcome, { handleStatuses: [status + 1] })).page, undefined);
  }
});

Deno.test("a redirect goes on as a request of its own, with no attempt counted", async () => {
  const commit = await visited(answer(url, "", 302, { location: "/x" }), {
    request: { callback: "parse", meta: { a: 1 }, attempt: 1, depth: 3, priority: 4 },
  });
  const { url: to, attempt, meta, depth, redirects, priority } = commit.next!.request;
  assert.deepEqual([to, attempt, meta, depth, redirects, priority], ["http://a.com/x", 0, { a: 1 }, 3, [url], 4]);
  assert.deepEqual([commit.next!.failure, commit.next!.seconds], [undefined, 0]);
});

Deno.test("a redirect that leads nowhere is a failure", async () => {
  const commit = await visited(answer(url, "", 302, { location: "mailto:x" }));
  assert.deepEqual(summary(commit), { kind: "redirect", message: 'Redirected to "mailto:x", which is not a web page' });
  assert.equal((await visited(answer(url, "", 302))).failure?.kind, "status");
});

Deno.test("an answer or failure that may pass is tried again later, behind the others, up to retries", async () => {
  for (const outcome of [answer(url, "", 503), answer(url, "", 500), failed("timeout"), failed("reset")]) {
    const commit = await visited(outcome, { request: { priority: 5, attempt: 1, meta: { a: 1 } } });
    const { request, failure, seconds } = commit.next!;
    assert.deepEqual([request.url, request.attempt, request.priority, request.meta], [url, 2, 4, { a: 1 }]);
    assert.ok(seconds >= 1 && seconds <= 2, `${seconds}`);
    assert.equal(request.notBefore, epoch + 1000 * seconds);
    assert.equal(failure?.kind, outcome.failure?.kind ?? "status");
    assert.ok((await visited(outcome, { request: { attempt: 2 } })).failure !== undefined);
    assert.ok((await visited(outcome, { retries: 0 })).failure !== undefined);
  }
});

Deno.test("the priority of another attempt does not leave the range", async () => {
  const commit = await visited(failed("timeout"), { request: { priority: -100 } });
  assert.equal(commit.next?.request.priority, -100);
});

Deno.test("Retry-After says when to ask again, and is no attempt", async () => {
  const commit = await visited(answer(url, "", 429, { "retry-after": "120" }), { retries: 0 });
  assert.deepEqual([commit.next?.seconds, commit.next?.request.notBefore], [120, epoch + 120_000]);
  assert.deepEqual([commit.next?.request.attempt, commit.next?.request.waits], [0, 1]);
  const absurd = await visited(answer(url, "", 429, { "retry-after": "1000000000000" }), { maxRetryAfter: 5 });
  assert.deepEqual([absurd.next?.seconds, absurd.next?.request.notBefore], [5, epoch + 5000]);
});

Deno.test("what another attempt would not change, and what is not safe to repeat, is given up at once", async () => {
  assert.deepEqual(summary(await visited(failed("too-large"))), { kind: "too-large", message: "too-large failed" });
  const final: Outcome = { failure: { kind: "dns", message: "No host is named a.com", final: true } };
  assert.equal((await visited(final)).failure?.kind, "dns");
  const post = { request: { method: "POST" } };
  assert.equal((await visited(failed("timeout"), post)).failure?.kind, "timeout");
  assert.equal((await visited(answer(url, "", 503), post)).failure?.status, 503);
});

Deno.test("in an outage the request waits as if it had not been tried", async () => {
  const asked: unknown[] = [];
  const commit = await visited(failed("connect"), {
    isOutage: (request: Request, failure: Failure, beganAt: number) => {
      asked.push([request.url, failure.kind, beganAt]);
      return Promise.resolve(true);
    },
  });
  assert.deepEqual(summary(commit), { kind: "connect", message: "connect failed" });
  assert.ok(commit.outage !== undefined && commit.next === undefined);
  assert.deepEqual(asked, [[url, "connect", 0]]);
});

Deno.test("in an outage a request that is not safe to repeat waits only where nothing of it can have been sent", async () => {
  const down = { request: { method: "POST" }, isOutage: () => Promise.resolve(true) };
  for (const kind of ["dns", "connect", "proxy", "tls"] as const) {
    assert.equal((await visited(failed(kind), down)).outage?.kind, kind);
  }
  for (const kind of ["timeout", "reset", "cut-short"] as const) {
    const commit = await visited(failed(kind), down);
    assert.deepEqual([commit.outage, commit.failure?.kind], [undefined, kind]);
    const said = { ...down, request: { method: "POST", repeatable: true } };
    assert.equal((await visited(failed(kind), said)).outage?.kind, kind);
  }
});

Deno.test("an answer is never an outage", async () => {
  await visited(answer(url, "", 503), { isOutage: () => assert.fail("it was asked") });
});

Deno.test("a page with too many elements is given up as too large, and one with as many as are allowed is a page", async () => {
  const reading: Spider = {
    name: "test",
    *parse(page: Page) {
      yield { links: page.css("a").length };
    },
  };
  const page = (count: number) => visited(answer(url, "<a>".repeat(count)), { spider: reading, maxElements: 50 });
  assert.deepEqual((await page(50)).page?.items, ['{"links":50}']);
  assert.deepEqual((await page(51)).failure, {
    kind: "too-large",
    message: "The page has more than 50 elements; the setting maxElements allows more",
  });
});
