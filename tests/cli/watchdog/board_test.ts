import assert from "node:assert/strict";
import { SharedBoard } from "../../../lib/cli/watchdog/board.ts";

Deno.test("the board shows to the other thread what runs, the oldest first", () => {
  const board = new SharedBoard(), seen = new SharedBoard(board.buffer);
  assert.deepEqual([seen.read(), seen.beats], [[], 0]);
  board.begin("detail", "http://a.com/ü", 2000);
  board.begin("onStart", "", 1000);
  board.beat();
  board.beat();
  assert.deepEqual(seen.read(), [
    { name: "onStart", url: "", since: 1000 },
    { name: "detail", url: "http://a.com/ü", since: 2000 },
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
  assert.equal(board.read()[0]!.url.length, 1024 - 16 - "parse\n".length);
  for (const place of places) {
    board.enter(place);
    board.end(place);
  }
  board.begin("late", "", 1);
  assert.deepEqual(board.read(), [{ name: "late", url: "", since: 1 }]);
});
