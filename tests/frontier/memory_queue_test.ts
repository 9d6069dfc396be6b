import assert from "node:assert/strict";
import { MemoryQueue } from "../../lib/frontier/memory_queue.ts";
import { createRequest } from "../../lib/model/request.ts";
import { queueContract } from "./queue_contract.ts";

queueContract("MemoryQueue", () => () => new MemoryQueue());

Deno.test("MemoryQueue keeps the order over thousands of requests, some taken in between", () => {
  const queue = new MemoryQueue();
  const order: unknown[] = [];
  for (let number = 0; number < 5000; number++) {
    queue.push(createRequest("http://a.com/", { depth: number }));
    if (number % 3 !== 0) order.push(queue.pop()?.depth);
  }
  while (queue.size > 0) order.push(queue.pop()?.depth);
  assert.deepEqual(order, Array.from({ length: 5000 }, (_, number) => number));
});

Deno.test("MemoryQueue has nothing after close()", () => {
  const queue = new MemoryQueue();
  queue.push(createRequest("http://a.com/"));
  queue.close();
  assert.equal(queue.size, 0);
  assert.equal(queue.pop(), undefined);
});
