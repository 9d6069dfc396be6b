import assert from "node:assert/strict";
import fc from "fast-check";
import { SerializationError } from "../../lib/disk/pack.ts";
import { DiskQueues } from "../../lib/frontier/disk_queues.ts";
import { Frontier, type FrontierOptions, type FrontierSnapshot, hostOf } from "../../lib/frontier/frontier.ts";
import { MemoryQueue } from "../../lib/frontier/memory_queue.ts";
import { TransientError } from "../../lib/frontier/queue.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

const folder = "/c";

function inMemory(options: Omit<FrontierOptions, "seen"> = {}): Frontier {
  return new Frontier({ seen: new Seen(), ...options });
}

function onDisk(disk: FaultyDisk, snapshot?: FrontierSnapshot): Frontier {
  const frontier = new Frontier({
    seen: new Seen({ disk, folder }, snapshot?.seen),
    queues: new DiskQueues({ disk, folder, segmentRecords: 2, window: 3 }, snapshot?.queues),
  });
  if (snapshot !== undefined) frontier.restore(snapshot);
  return frontier;
}

const backends: Readonly<Record<string, () => Frontier>> = {
  "in memory": () => inMemory(),
  "on disk": () => onDisk(new FaultyDisk()),
};

function request(path: string, said: Partial<Request> = {}): Request {
  return createRequest(`http://a.com/${path}`, said);
}

/** Takes everything of a host, in order. */
function drain(frontier: Frontier, host = "a.com"): string[] {
  const paths: string[] = [];
  for (let next = frontier.take(host); next !== undefined; next = frontier.take(host)) {
    paths.push(next.url.slice(next.url.indexOf("/", 7) + 1));
    frontier.done(next);
  }
  return paths;
}

Deno.test("hostOf() gives the host with its port, and neither userinfo nor anything behind it", () => {
  const hosts = {
    "http://a.com/": "a.com",
    "https://a.com:8080/x//y": "a.com:8080",
    "http://user:p@a.com/@b": "a.com",
    "http://a.com?q=http://b.com/": "a.com",
    "http://a.com#x/": "a.com",
    "http://[::1]:81/x": "[::1]:81",
    "http://a.com": "a.com",
  };
  for (const [url, host] of Object.entries(hosts)) assert.equal(hostOf(url), host);
});

const pairs: readonly (readonly [name: string, first: Request, second: Request, isNew: boolean])[] = [
  ["the same URL", request("x"), request("x"), false],
  ["another URL", request("x"), request("y"), true],
  ["a URL with its query in another order", request("x?a=1&b=2"), request("x?b=2&a=1"), false],
  ["a URL with another query", request("x?a=1"), request("x?a=2"), true],
  ["a URL with a fragment", request("x"), request("x#top"), false],
  ["another scheme", createRequest("http://a.com/"), createRequest("https://a.com/"), true],
  ["another method", request("x"), request("x", { method: "HEAD" }), true],
  ["another body", request("x", { method: "POST", body: "1" }), request("x", { method: "POST", body: "2" }), true],
  ["the same body", request("x", { method: "POST", body: "1" }), request("x", { method: "POST", body: "1" }), false],
  ["other meta", request("x"), request("x", { meta: { a: 1 } }), false],
  ["another callback", request("x"), request("x", { callback: "other" }), false],
  ["another priority", request("x"), request("x", { priority: 5 }), false],
  ["other headers", request("x"), request("x", { headers: { a: "1" } }), false],
  ["the same URL with dontFilter", request("x"), request("x", { dontFilter: true }), true],
];

for (const [name, first, second, isNew] of pairs) {
  Deno.test(`add() takes ${name} for ${isNew ? "new" : "known"}`, () => {
    const frontier = inMemory();
    assert.equal(frontier.add(first), true);
    assert.equal(frontier.add(second), isNew);
    assert.equal(frontier.waiting, isNew ? 2 : 1);
  });
}

Deno.test("add() does not forget a request that is done, or that came with dontFilter", () => {
  const frontier = inMemory();
  frontier.add(request("x", { dontFilter: true }));
  assert.equal(frontier.known, 1);
  assert.equal(frontier.add(request("x")), false);
  assert.deepEqual(drain(frontier), ["x"]);
  assert.equal(frontier.add(request("x")), false);
  assert.equal(frontier.known, 1);
});

for (const [where, open] of Object.entries(backends)) {
  Deno.test(`take() gives higher priorities first and equal ones in the order they came, ${where}`, () => {
    const frontier = open();
    const priorities = [0, 5, -3, 0, 5, 100, -3, -100, 0];
    priorities.forEach((priority, number) => frontier.add(request(`${number}`, { priority })));
    assert.equal(frontier.waiting, 9);
    assert.deepEqual(drain(frontier), ["5", "1", "4", "0", "3", "8", "2", "6", "7"]);
    assert.equal(frontier.waiting, 0);
    assert.equal(frontier.take("a.com"), undefined);
  });

  Deno.test(`take() gives the requests of the host that is asked for, ${where}`, () => {
    const frontier = open();
    const hosts = ["a.com", "b.com", "a.com", "a.com:8080"];
    hosts.forEach((host, number) => frontier.add(createRequest(`http://${host}/${number}`)));
    assert.deepEqual([...frontier.hosts()], ["a.com", "b.com", "a.com:8080"]);
    assert.deepEqual(drain(frontier, "b.com"), ["1"]);
    assert.deepEqual([...frontier.hosts()], ["a.com", "a.com:8080"]);
    assert.deepEqual(drain(frontier), ["0", "2"]);
    assert.equal(frontier.take("none.com"), undefined);
    assert.equal(frontier.head("none.com"), undefined);
    assert.equal(frontier.waiting, 1);
  });

  Deno.test(`head() tells the order among hosts, and take() gives what it spoke of, ${where}`, () => {
    const frontier = open();
    frontier.add(createRequest("http://b.com/1"));
    frontier.add(createRequest("http://a.com/2"));
    frontier.add(createRequest("http://a.com/3", { priority: 1 }));
    const a = frontier.head("a.com")!, b = frontier.head("b.com")!;
    assert.deepEqual([a.priority, b.priority], [1, 0]);
    frontier.done(frontier.take("a.com")!);
    assert.equal(frontier.head("a.com")!.priority, 0);
    assert.ok(frontier.head("b.com")!.arrival < frontier.head("a.com")!.arrival);
  });

  Deno.test(`a request is waiting, in flight or done, ${where}`, () => {
    const frontier = open();
    for (const path of ["1", "2", "3"]) frontier.add(request(path));
    const counts = () => [frontier.waiting, frontier.inFlight];
    assert.deepEqual(counts(), [3, 0]);
    const first = frontier.take("a.com")!, second = frontier.take("a.com")!;
    assert.deepEqual(counts(), [1, 2]);
    frontier.giveBack(first);
    assert.deepEqual(counts(), [2, 1]);
    frontier.done(second);
    assert.deepEqual(counts(), [2, 0]);
    assert.throws(() => frontier.done(second), { message: "http://a.com/2 is done, and was not in flight" });
    assert.throws(() => frontier.giveBack(second), {
      message: "http://a.com/2 is given back, and was not in flight",
    });
    assert.deepEqual(drain(frontier), ["1", "3"]);
    assert.deepEqual(counts(), [0, 0]);
  });

  Deno.test(`giveBack() puts a request before the others of its priority, in the order of giving back, ${where}`, () => {
    const frontier = open();
    for (const path of ["a", "b", "c", "d"]) frontier.add(request(path));
    frontier.add(request("low", { priority: -1 }));
    frontier.add(request("high", { priority: 1 }));
    const [high, a, b, c] = Array.from({ length: 4 }, () => frontier.take("a.com")!);
    for (const each of [b, a, high, c]) frontier.giveBack(each!);
    frontier.add(request("higher", { priority: 2 }));
    assert.deepEqual(drain(frontier), ["higher", "high", "b", "a", "c", "d", "low"]);
  });

  Deno.test(`addAgain() adds what is known, ${where}`, () => {
    const frontier = open();
    frontier.add(request("x"));
    const first = frontier.take("a.com")!;
    frontier.addAgain(request("x", { attempt: 1, priority: -1 }));
    frontier.done(first);
    assert.equal(frontier.waiting, 1);
    assert.equal(frontier.take("a.com")?.attempt, 1);
  });

  Deno.test(`the same request object with dontFilter is two requests when it is added twice, ${where}`, () => {
    const frontier = open();
    const same = request("x", { dontFilter: true });
    frontier.add(same);
    frontier.add(same);
    const first = frontier.take("a.com")!, second = frontier.take("a.com")!;
    assert.equal(frontier.inFlight, 2);
    frontier.done(first);
    frontier.done(second);
    assert.equal(frontier.inFlight, 0);
  });
}

Deno.test("a request that its queue refuses waits in memory, is told of, and comes back from the snapshot", () => {
  for (const error of [new TransientError("the store is away"), new SerializationError("meta.x is odd")]) {
    let failing = false;
    const refused: string[] = [];
    const frontier = inMemory({
      queues: () => {
        const queue = new MemoryQueue();
        const push = queue.push.bind(queue);
        queue.push = (request) => {
          if (failing) throw error;
          push(request);
        };
        return queue;
      },
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
  const frontier = inMemory({
    queues: () => {
      const queue = new MemoryQueue();
      queue.push = () => {
        throw new TransientError("the store is away");
      };
      return queue;
    },
  });
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
  const frontier = inMemory({
    queues: () => {
      const queue = new MemoryQueue();
      queue.push = () => {
        throw new RangeError("the disk is full");
      };
      return queue;
    },
  });
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

Deno.test("requests in flight from queues that do not keep them are held by the snapshot", () => {
  const frontier = inMemory();
  for (const path of ["1", "2", "3"]) frontier.add(request(path));
  const first = frontier.take("a.com")!;
  frontier.take("a.com");
  frontier.done(first);
  const again = inMemory();
  again.restore(frontier.snapshot());
  assert.deepEqual(drain(again), ["2"]);
});

Deno.test("a snapshot on disk holds nothing that its queues keep", () => {
  const frontier = onDisk(new FaultyDisk());
  frontier.add(request("1"));
  frontier.take("a.com");
  assert.deepEqual(frontier.snapshot().held, []);
});

Deno.test("any story of adding, taking, giving back, ends, checkpoints, kills and losses of power keeps each request in one place", async () => {
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.record({ add: fc.nat({ max: 30 }), again: fc.boolean() }) },
    { weight: 5, arbitrary: fc.record({ take: fc.nat({ max: 1 }) }) },
    { weight: 3, arbitrary: fc.record({ done: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ giveBack: fc.nat() }) },
    { weight: 1, arbitrary: fc.constantFrom("save" as const, "kill" as const, "power" as const) },
  );
  const numbers = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  interface Known {
    readonly request: Request;
    state: "waiting" | "returned" | "out" | "done";
  }
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 80 }), numbers, async (events, random) => {
      let disk = new FaultyDisk();
      let frontier = onDisk(disk);
      let seen = new Set<string>(), known: Known[] = [], returned: Known[] = [];
      let out = new Map<Known, Request>();
      let saved: { snapshot: FrontierSnapshot | undefined; seen: Set<string>; known: Known[] } = {
        snapshot: undefined,
        seen: new Set(),
        known: [],
      };
      for (const event of events) {
        if (event === "save") {
          frontier.flush();
          const snapshot = frontier.snapshot();
          disk.makeFolder(folder);
          await frontier.sync();
          await disk.syncFolder(folder);
          await disk.syncFolder("/");
          saved = { snapshot, seen: new Set(seen), known: known.map((each) => ({ ...each })) };
        } else if (event === "kill" || event === "power") {
          disk = event === "kill" ? disk.kill() : disk.crash(() => random.next().value);
          frontier = onDisk(disk, saved.snapshot);
          seen = new Set(saved.seen);
          known = saved.known.map(({ request, state }) => ({ request, state: state === "done" ? state : "waiting" }));
          returned = [];
          out = new Map();
        } else if ("add" in event) {
          const { add, again } = event;
          const host = add % 2 === 0 ? "a.com" : "b.com";
          const request = createRequest(`http://${host}/${add}`, { priority: (add % 3) - 1, dontFilter: again });
          const isNew = !seen.has(request.url) || again;
          assert.equal(frontier.add(request), isNew);
          seen.add(request.url);
          if (isNew) known.push({ request, state: "waiting" });
        } else if ("take" in event) {
          const host = event.take === 0 ? "a.com" : "b.com";
          const expected = [...returned, ...known.filter(({ state }) => state === "waiting")]
            .filter(({ request }) => hostOf(request.url) === host)
            .sort((a, b) => b.request.priority - a.request.priority)[0];
          const taken = frontier.take(host);
          assert.deepEqual(taken, expected?.request);
          if (expected === undefined || taken === undefined) continue;
          if (expected.state === "returned") returned.splice(returned.indexOf(expected), 1);
          expected.state = "out";
          out.set(expected, taken);
        } else if (out.size > 0) {
          const at = "done" in event ? event.done : event.giveBack;
          const [each, request] = [...out][at % out.size]!;
          out.delete(each);
          if ("done" in event) {
            frontier.done(request);
            each.state = "done";
          } else {
            frontier.giveBack(request);
            each.state = "returned";
            returned.push(each);
          }
        }
        assert.equal(frontier.waiting, known.filter(({ state }) => state === "waiting" || state === "returned").length);
        assert.equal(frontier.inFlight, out.size);
        assert.equal(frontier.known, seen.size);
      }
    }),
    { numRuns: 200 },
  );
});
