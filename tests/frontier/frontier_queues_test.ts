import assert from "node:assert/strict";
import { SerializationError } from "../../lib/disk/pack.ts";
import { MemoryQueue } from "../../lib/frontier/memory_queue.ts";
import { type QueueFactory, TransientError } from "../../lib/frontier/queue.ts";
import { createRequest } from "../../lib/model/request.ts";
import { drain, inMemory, request } from "./open_frontier.ts";

/** Queues in memory that refuse a request while there is a reason to. */
function refusing(reason: () => Error | undefined): QueueFactory {
  return () => {
    const queue = new MemoryQueue();
    const push = queue.push.bind(queue);
    queue.push = (request) => {
      const error = reason();
      if (error !== undefined) throw error;
      push(request);
    };
    return queue;
  };
}

Deno.test("a request that its queue refuses waits in memory, is told of, and comes back from the snapshot", () => {
  for (const error of [new TransientError("the store is away"), new SerializationError("meta.x is odd")]) {
    let failing = false;
    const refused: string[] = [];
    const frontier = inMemory({
      queues: refusing(() => failing ? error : undefined),
      onRefused: ({ url }, reason) => refused.push(`${url}: ${reason.message}`),
    });
    frontier.add(request("1"));
    failing = true;
    assert.equal(frontier.add(request("2", { meta: { a: 1 } })), true);
    assert.equal(frontier.add(request("3", { priority: 1 })), true);
    assert.equal(frontier.add(request("2")), false);
    assert.deepEqual(refused, [`http://a.com/2: ${error.message}`, `http://a.com/3: ${error.message}`]);
    assert.deepEqual([frontier.waiting, frontier.inFlight], [3, 0]);
    assert.deepEqual([...frontier.hosts()], ["a.com"]);
    const { held } = frontier.snapshot();
    assert.equal(held.length, 2);

    const again = inMemory();
    again.restore({ held });
    assert.equal(again.waiting, 2);
    assert.equal(again.take("a.com")?.priority, 1);
    assert.deepEqual(again.take("a.com")?.meta, { a: 1 });

    failing = false;
    assert.deepEqual(drain(frontier).sort(), ["1", "2", "3"]);
    assert.deepEqual(frontier.snapshot().held, []);
  }
});

Deno.test("the same request object with dontFilter is two requests, also where its queue refuses it", () => {
  const frontier = inMemory({ queues: refusing(() => new TransientError("the store is away")) });
  const same = request("x", { dontFilter: true });
  frontier.add(same);
  frontier.add(same);
  assert.equal(frontier.waiting, 2);
  const first = frontier.take("a.com")!, second = frontier.take("a.com")!;
  assert.equal(frontier.inFlight, 2);
  frontier.done(first);
  frontier.done(second);
  assert.deepEqual([frontier.waiting, frontier.inFlight], [0, 0]);
});

Deno.test("any other error of a queue is passed on", () => {
  const frontier = inMemory({ queues: refusing(() => new RangeError("the disk is full")) });
  assert.throws(() => frontier.add(request("1")), { name: "RangeError", message: "the disk is full" });
});

Deno.test("a queue factory gets the key of priority and host, and its queues are closed when they are empty", () => {
  const log: string[] = [];
  const frontier = inMemory({
    queues: ({ priority, host }) => {
      log.push(`open ${priority} ${host}`);
      const queue = new MemoryQueue();
      const close = queue.close.bind(queue);
      queue.close = () => {
        log.push(`close ${priority} ${host}`);
        close();
      };
      return queue;
    },
  });
  frontier.add(request("1"));
  frontier.add(request("2"));
  frontier.add(createRequest("http://b.com:81/", { priority: 3 }));
  assert.deepEqual(drain(frontier), ["1", "2"]);
  assert.deepEqual(log, ["open 0 a.com", "open 3 b.com:81", "close 0 a.com"]);
  frontier.add(request("3"));
  assert.deepEqual(log.slice(3), ["open 0 a.com"]);
});

Deno.test("take() gives nothing while a queue cannot, and the request is not lost", () => {
  let away = true;
  const frontier = inMemory({
    queues: () => {
      const queue = new MemoryQueue();
      const pop = queue.pop.bind(queue);
      queue.pop = () => away ? undefined : pop();
      return queue;
    },
  });
  frontier.add(request("1"));
  assert.equal(frontier.take("a.com"), undefined);
  assert.deepEqual([frontier.waiting, frontier.inFlight], [1, 0]);
  assert.notEqual(frontier.head("a.com"), undefined);
  away = false;
  assert.deepEqual(drain(frontier), ["1"]);
});
