/**
 * What every {@link Queue} keeps to. An implementation's test calls `queueContract` with a function that makes a fresh
 * store.
 *
 * @module
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { createRequest, type Request } from "../../lib/model/request.ts";
import type { Queue, QueueFactory } from "../../lib/frontier/queue.ts";

const key = { priority: 0, host: "example.com" };

function requestFor(host: string, number: number): Request {
  return createRequest(`http://${host}/${number}`, { meta: { number } });
}

const request = (number: number) => requestFor(key.host, number);

function taken(queue: Queue): string | undefined {
  const request = queue.pop();
  if (request !== undefined) queue.done?.(request);
  return request?.url;
}

/** Registers the tests of one implementation. `make` opens a new, empty store and returns its factory. */
export function queueContract(name: string, make: () => QueueFactory): void {
  Deno.test(`${name} is empty at first`, () => {
    const queue = make()(key);
    assert.equal(queue.size, 0);
    assert.equal(queue.first, undefined);
    assert.equal(queue.pop(), undefined);
    assert.equal(queue.size, 0);
    queue.close();
  });

  Deno.test(`${name} gives requests in the order they came, and counts them`, () => {
    const queue = make()(key);
    for (let number = 0; number < 10; number++) {
      queue.push(request(number));
      assert.equal(queue.size, number + 1);
    }
    for (let number = 0; number < 10; number++) {
      assert.equal(queue.pop()?.url, `http://example.com/${number}`);
      assert.equal(queue.size, 9 - number);
    }
    assert.equal(queue.pop(), undefined);
    queue.close();
  });

  Deno.test(`${name} gives whole requests`, () => {
    const queue = make()(key);
    const whole = createRequest("http://example.com/a?b=%C3%BC", {
      callback: "author",
      priority: 0,
      meta: { page: 3, nested: { list: [1, "ü", null, true, new Uint8Array([1, 2])] }, date: new Date(12345) },
      method: "POST",
      headers: { "X-One": "1" },
      body: new Uint8Array([0, 255]),
      dontFilter: true,
      handleStatuses: [404, 410],
      depth: 7,
      attempt: 2,
      notBefore: 1_795_253_400_000,
      redirects: ["http://example.com/0"],
    });
    const plain = createRequest("http://example.com/", { body: "text" });
    queue.push(whole);
    queue.push(plain);
    const first = queue.pop();
    assert.deepEqual(first, whole);
    assert.ok(Object.isFrozen(first));
    assert.deepEqual(queue.pop(), plain);
    queue.close();
  });

  Deno.test(`${name} takes requests after it has been emptied, and between others`, () => {
    const queue = make()(key);
    const seen: (string | undefined)[] = [];
    queue.push(request(1));
    seen.push(taken(queue), taken(queue));
    queue.push(request(2));
    queue.push(request(3));
    seen.push(taken(queue));
    queue.push(request(4));
    seen.push(taken(queue), taken(queue), taken(queue));
    queue.push(request(5));
    seen.push(taken(queue));
    assert.deepEqual(seen.map((url) => url?.slice(-1)), ["1", undefined, "2", "3", "4", undefined, "5"]);
    queue.close();
  });

  Deno.test(`${name} lets the queues of one priority be put in the order in which their requests came`, () => {
    const open = make();
    const hosts = ["a.com", "b.com", "c.com"];
    const queues = hosts.map((host) => open({ priority: 5, host }));
    for (const [number, at] of [2, 0, 0, 1, 2, 1, 0, 2].entries()) queues[at]!.push(requestFor(hosts[at]!, number));
    const order: unknown[] = [];
    for (let left = 8; left > 0; left--) {
      const [next] = queues.filter(({ size }) => size > 0).sort((a, b) => a.first! - b.first!);
      order.push(next!.pop()?.meta["number"]);
    }
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7]);
  });

  Deno.test(`${name} keeps priorities and hosts apart`, () => {
    const open = make();
    const keys = [key, { priority: 1, host: key.host }, { priority: -1, host: key.host }, { ...key, host: "b:8080" }];
    const queues = keys.map((each) => open(each));
    queues.forEach((queue, number) => queue.push(requestFor(keys[number]!.host, number)));
    assert.deepEqual(queues.map(({ size }) => size), [1, 1, 1, 1]);
    assert.deepEqual(queues.map((queue) => queue.pop()?.meta["number"]), [0, 1, 2, 3]);
  });

  Deno.test(`${name} behaves as arrays do, whatever the order of pushes, pops and ends`, () => {
    const event = fc.record({
      at: fc.nat({ max: 5 }),
      what: fc.constantFrom("push", "push", "push", "pop", "pop", "done" as const),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 150 }), (events) => {
        const open = make();
        const keys = [0, 1, 2, 3, 4, 5].map((at) => ({ priority: at % 2, host: `h${at >> 1}.com` }));
        const queues = keys.map((each) => open(each));
        const expected = keys.map((): { readonly request: Request; readonly arrival: number }[] => []);
        const out = keys.map((): Request[] => []);
        let arrival = 0;
        for (const { at, what } of events) {
          const queue = queues[at]!;
          if (what === "push") {
            const request = requestFor(keys[at]!.host, arrival);
            queue.push(request);
            expected[at]!.push({ request, arrival: arrival++ });
          } else if (what === "pop") {
            const popped = queue.pop();
            assert.deepEqual(popped, expected[at]!.shift()?.request);
            if (popped !== undefined) out[at]!.push(popped);
          } else {
            const [request] = out[at]!.splice(0, 1);
            // A queue that is empty and has nothing out is over; the frontier does not use it again.
            if (request !== undefined) queue.done?.(request);
            if (queue.size === 0 && out[at]!.length === 0) queues[at] = open(keys[at]!);
          }
          assert.deepEqual(queues.map(({ size }) => size), expected.map(({ length }) => length));
          for (const priority of [0, 1]) {
            const waiting = keys.flatMap((each, at) => each.priority === priority && queues[at]!.size > 0 ? [at] : []);
            assert.deepEqual(
              waiting.toSorted((a, b) => queues[a]!.first! - queues[b]!.first!),
              waiting.toSorted((a, b) => expected[a]![0]!.arrival - expected[b]![0]!.arrival),
            );
          }
        }
      }),
      { numRuns: 100 },
    );
  });
}
