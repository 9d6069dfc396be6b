import assert from "node:assert/strict";
import { SharedBoard } from "../../../lib/cli/watchdog/board.ts";

Deno.test("the board shows to the other thread what runs, the oldest first", () => {
  const board = new SharedBoard(), seen = new SharedBoard(board.buffer);
  assert.deepEqual([seen.read(), seen.beats], [[], 0]);
  board.begin("detail", "http://a.com/ü", 2000, "k");
  board.begin("onStart", "", 1000);
  board.beat();
  board.beat();
  assert.deepEqual(seen.read(), [
    { name: "onStart", url: "", key: "", since: 1000 },
    { name: "detail", url: "http://a.com/ü", key: "k", since: 2000 },
  ]);
  assert.equal(seen.beats, 2);
});

Deno.test("the call that has the thread comes first, and what has ended is not shown", () => {
  const board = new SharedBoard();
  const first = board.begin("first", "", 1), second = board.begin("second", "", 2);
  board.enter(second);
  assert.deepEqual(board.read().map(({ name }) => name), ["second", "first"]);
  board.enter(undefined);
  assert.deepEqual(board.read().map(({ name }) => name), ["first", "second"]);
  board.end(first);
  assert.deepEqual(board.read().map(({ name }) => name), ["second"]);
});

Deno.test("more calls than there are places, and longer URLs, do no harm", () => {
  const board = new SharedBoard();
  const places = Array.from({ length: 200 }, (_, at) => board.begin("parse", `http://a.com/${"x".repeat(5000)}`, at));
  assert.equal(board.read().length, 64);
  assert.equal(board.read()[0]!.url.length, 1024 - 16 - "parse\n\n".length);
  for (const place of places) {
    board.enter(place);
    board.end(place);
  }
  board.begin("late", "", 1);
  assert.deepEqual(board.read(), [{ name: "late", url: "", key: "", since: 1 }]);
});

Deno.test("the call that ended last is kept, and the one that has the thread is known", () => {
  const board = new SharedBoard(), seen = new SharedBoard(board.buffer);
  assert.deepEqual([seen.holder, seen.lastEnded], [undefined, undefined]);
  const place = board.begin("parse", "http://a.com/", 1, "k");
  board.enter(place);
  assert.equal(seen.holder?.key, "k");
  board.enter(undefined);
  board.end(place);
  board.begin("detail", "http://a.com/2", 2, "l");
  assert.equal(seen.holder, undefined);
  assert.deepEqual(seen.lastEnded, { name: "parse", url: "http://a.com/", key: "k", since: 1 });
});
