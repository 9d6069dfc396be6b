import assert from "node:assert/strict";
import fc from "fast-check";
import { HostQueue } from "../../lib/schedule/host_queue.ts";

Deno.test("HostQueue gives the host with the first key, and each host once", () => {
  const queue = new HostQueue<number>((a, b) => a - b);
  queue.set("c", 3);
  queue.set("a", 1);
  queue.set("b", 2);
  queue.set("a", 5);
  queue.set("c", 3);
  assert.deepEqual(queue.peek(), { host: "b", key: 2 });
  assert.deepEqual([queue.pop(), queue.pop(), queue.pop(), queue.pop()], ["b", "c", "a", undefined]);
  assert.equal(queue.peek(), undefined);
});

Deno.test("HostQueue forgets a host that is deleted, until it is set again", () => {
  const queue = new HostQueue<number>((a, b) => a - b);
  queue.set("a", 1);
  queue.set("b", 2);
  queue.delete("a");
  queue.delete("never there");
  assert.equal(queue.pop(), "b");
  queue.set("a", 1);
  assert.equal(queue.pop(), "a");
  assert.equal(queue.pop(), undefined);
});

Deno.test("HostQueue keeps nothing of hosts that are deleted, however many come after one that stays", () => {
  let compared = 0;
  const queue = new HostQueue<number>((a, b) => {
    compared += 1;
    return a - b;
  });
  queue.set("stays", 0);
  for (let number = 1; number <= 100_000; number++) {
    queue.set(`h${number}`, number);
    queue.delete(`h${number}`);
  }
  queue.delete("stays");
  compared = 0;
  assert.equal(queue.peek(), undefined);
  assert.ok(compared < 20_000, `${compared} comparisons to drop what does not count`);
});

Deno.test("HostQueue behaves as a sorted map does", () => {
  const event = fc.record({
    what: fc.constantFrom("set", "set", "delete", "pop"),
    host: fc.constantFrom("a", "b", "c", "d"),
    key: fc.nat({ max: 1000 }),
  });
  fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (events) => {
    const queue = new HostQueue<number>((a, b) => a - b), model = new Map<string, number>();
    for (const { what, host, key } of events) {
      if (what === "set") {
        // Two hosts with one key may come in any order.
        if ([...model.values()].includes(key)) continue;
        queue.set(host, key);
        model.set(host, key);
      } else if (what === "delete") {
        queue.delete(host);
        model.delete(host);
      } else {
        const [first] = [...model].sort((a, b) => a[1] - b[1]);
        assert.equal(queue.pop(), first?.[0]);
        if (first !== undefined) model.delete(first[0]);
      }
      const [first] = [...model].sort((a, b) => a[1] - b[1]);
      assert.equal(queue.peek()?.key, first?.[1]);
    }
  }));
});
