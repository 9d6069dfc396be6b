import assert from "node:assert/strict";
import { type Frontier, hostOf } from "../../lib/frontier/frontier.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { drain, inMemory, onDisk, request } from "./open_frontier.ts";

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

const backends: Readonly<Record<string, () => Frontier>> = {
  "in memory": () => inMemory(),
  "on disk": () => onDisk(new FaultyDisk()),
};

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
