import assert from "node:assert/strict";
import { BodyRoom } from "../../../lib/net/body/body_room.ts";
import { ManualClock } from "../../../lib/time/clock.ts";

const kb = 1024;

/** Whether a promise has come to its end. */
async function isDone(promise: Promise<void> | undefined): Promise<boolean> {
  let done = promise === undefined;
  void promise?.then(() => done = true);
  await new Promise((resolve) => setTimeout(resolve, 2));
  return done;
}

Deno.test("BodyRoom counts open pages by their bytes, a kilobyte at least", () => {
  const room = new BodyRoom(1000 * kb);
  const [page, other] = [{}, {}];
  room.open(page, 5000);
  room.open(other, 0);
  assert.deepEqual([room.openSize, room.openCount, room.hasRoom], [6024, 2, true]);
  room.close(page);
  room.close(page);
  room.close({});
  assert.deepEqual([room.openSize, room.openCount], [1024, 1]);
});

Deno.test("BodyRoom is full when open pages hold more than the limit", () => {
  const room = new BodyRoom(10 * kb);
  room.open({}, 10 * kb);
  assert.ok(room.hasRoom);
  room.open({}, 1);
  assert.ok(!room.hasRoom);
});

Deno.test("a body waits when there is no room, and one that is longer goes on", async () => {
  const room = new BodyRoom(1000 * kb);
  const [long, short] = [room.arrive(), room.arrive()];
  assert.equal(long.grow(900 * kb), undefined);
  const waiting = short.grow(200 * kb);
  assert.ok(!await isDone(waiting));
  assert.equal(long.grow(30_000 * kb), undefined);
  long.end();
  assert.ok(await isDone(waiting));
  assert.equal(short.grow(900 * kb), undefined);
  short.end();
});

Deno.test("the first 64 KB of a body wait for nobody", () => {
  const room = new BodyRoom(1);
  room.open({}, 1_000_000);
  assert.equal(room.arrive().grow(64 * kb), undefined);
  assert.notEqual(room.arrive().grow(64 * kb + 1), undefined);
});

Deno.test("a body that is alone goes on, unless open pages fill the room", async () => {
  const room = new BodyRoom(100 * kb);
  const page = {};
  const body = room.arrive();
  assert.equal(body.grow(5000 * kb), undefined);
  room.open(page, 101 * kb);
  const waiting = body.grow(5001 * kb);
  assert.ok(!await isDone(waiting));
  room.close(page);
  assert.ok(await isDone(waiting));
});

Deno.test("of bodies that wait, the longest goes on when the one before them has ended, and the others wait on", async () => {
  const room = new BodyRoom(100 * kb);
  const [first, second, third] = [room.arrive(), room.arrive(), room.arrive()];
  assert.equal(first.grow(500 * kb), undefined);
  const waiting = [second.grow(200 * kb), third.grow(300 * kb)];
  first.end();
  assert.deepEqual(await Promise.all(waiting.map(isDone)), [false, true]);
  third.end();
  assert.ok(await isDone(waiting[0]));
});

Deno.test("end() lets a body go on that waits, and gives its room to others", async () => {
  const room = new BodyRoom(100 * kb);
  const [first, second] = [room.arrive(), room.arrive()];
  assert.equal(first.grow(500 * kb), undefined);
  const waiting = second.grow(200 * kb);
  second.end();
  second.end();
  assert.ok(await isDone(waiting));
  first.end();
  const next = room.arrive();
  assert.equal(next.grow(90 * kb), undefined);
});

Deno.test("of bodies that grow alike one goes on at a time", async () => {
  const room = new BodyRoom(100 * kb);
  const bodies = Array.from({ length: 4 }, () => room.arrive());
  const waits = bodies.map((body) => body.grow(90 * kb)).concat(bodies.map((body) => body.grow(500 * kb)));
  assert.deepEqual(await Promise.all(waits.slice(4).map(isDone)), [true, false, false, false]);
  bodies[0]!.end();
  await waits[5];
  assert.deepEqual(await Promise.all(waits.slice(6).map(isDone)), [false, false]);
  for (const body of bodies) body.end();
});

Deno.test("when a body has come the next goes on only after it can have been counted as an open page", async () => {
  const clock = new ManualClock();
  const room = new BodyRoom(100 * kb, { clock });
  const [first, second] = [room.arrive(), room.arrive()];
  assert.equal(first.grow(500 * kb), undefined);
  const waiting = second.grow(200 * kb);
  first.end();
  assert.ok(!await isDone(waiting));
  const page = {};
  room.open(page, 500 * kb);
  clock.advance(0);
  assert.ok(!await isDone(waiting));
  room.close(page);
  assert.ok(await isDone(waiting));
  second.end();
});
