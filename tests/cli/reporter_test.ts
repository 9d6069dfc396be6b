import assert from "node:assert/strict";
import { Reporter, type ReporterOptions } from "../../lib/cli/reporter.ts";
import type { Terminal } from "../../lib/cli/terminal.ts";
import { LineLog } from "../../lib/disk/line_log.ts";
import { createCounters } from "../../lib/engine/counters.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { checkEvent } from "./event_schema.ts";

/** A reporter on a terminal that remembers, with a file or without. */
function open(options: Partial<ReporterOptions> & { readonly isLive?: boolean; readonly hasFile?: boolean } = {}) {
  const said: string[] = [], lives: string[] = [];
  const path = Deno.makeTempFileSync({ prefix: "trawl-log-" });
  const terminal: Terminal = {
    isLive: options.isLive ?? false,
    isDataLive: false,
    input: () => Promise.resolve(new Uint8Array()),
    data() {},
    print() {},
    json() {},
    say: (line) => said.push(line),
    live: (draw) => lives.push(draw?.(80) ?? ""),
    paint: (_, text) => text,
  };
  const clock = new ManualClock(Date.UTC(2026, 10, 21, 12, 33, 40));
  const reporter = new Reporter({
    terminal,
    clock,
    level: "info",
    json: false,
    quiet: false,
    log: options.hasFile ? new LineLog(path) : undefined,
    spider: "quotes",
    project: "default",
    ...options,
  });
  const counters = { ...createCounters(), pages: 0 };
  return {
    reporter,
    clock,
    counters,
    said,
    lives,
    start: () => reporter.start(() => ({ counters, waiting: 3, inFlight: 1, open: 0, activeSize: 0, why: undefined })),
    file: () => Deno.readTextFileSync(path).split("\n").slice(0, -1),
    [Symbol.dispose]: () => {
      reporter.stop();
      reporter.close();
      Deno.removeSync(path);
    },
  };
}

const ending = { type: "finished", reason: "done" };

Deno.test("a log file has beginning, progress and end with their times, and standard error has none of it", () => {
  using run = open({ hasFile: true });
  run.reporter.log("info", "Started");
  run.start();
  run.clock.advance(30_000);
  run.counters.pages = 60;
  run.clock.advance(30_000);
  run.reporter.stop();
  run.reporter.conclude("info", ["Finished", "Items: a"], ending);
  assert.deepEqual(run.file(), [
    "2026-11-21T12:33:40.000Z info  Started",
    "2026-11-21T12:34:10.000Z info  0.0 pages/s · 0 pages · 0 items · 0 failed · 3 waiting · 1 in flight",
    "2026-11-21T12:34:40.000Z info  2.0 pages/s · 60 pages · 0 items · 0 failed · 3 waiting · 1 in flight",
    "2026-11-21T12:34:40.000Z info  Finished",
    "2026-11-21T12:34:40.000Z info  Items: a",
  ]);
  assert.deepEqual([run.said, run.lives], [[], [""]]);
});

Deno.test("with a log file errors come to standard error as well", () => {
  using run = open({ hasFile: true });
  run.reporter.log("warn", "a warning");
  run.reporter.log("error", "an error");
  assert.deepEqual(run.said, ["12:33:40 error an error"]);
  assert.equal(run.file().length, 2);
});

Deno.test("on a terminal the live line stays with a log file, and who looks on sees the end", () => {
  using run = open({ hasFile: true, isLive: true });
  run.start();
  run.clock.advance(30_000);
  run.reporter.log("info", "a line");
  run.reporter.stop();
  run.reporter.conclude("info", ["Finished"], ending);
  assert.ok(run.lives.length > 100 && run.lives[0]!.startsWith("0.0 pages/s"));
  assert.deepEqual(run.said, ["Finished"]);
  assert.deepEqual(run.file().map((line) => line.slice(25, 45)), [
    "info  0.0 pages/s · ",
    "info  a line",
    "info  Finished",
  ]);
});

Deno.test("--quiet silences standard error but for errors, and not the file", () => {
  for (const isLive of [false, true]) {
    using run = open({ hasFile: true, quiet: true, isLive });
    run.start();
    run.clock.advance(30_000);
    run.reporter.log("info", "a line");
    run.reporter.log("error", "an error");
    run.reporter.stop();
    run.reporter.conclude("info", ["Finished"], ending);
    assert.deepEqual(run.said, ["12:33:40 error an error".replace("33:40", "34:10")]);
    assert.deepEqual(run.lives, [""]);
    assert.equal(run.file().length, 4);
  }
});

Deno.test("without a file all comes to standard error: every 30 s a line, where there is no live line", () => {
  using plain = open();
  plain.start();
  plain.clock.advance(60_000);
  assert.equal(plain.said.length, 2);
  using live = open({ isLive: true });
  live.start();
  live.clock.advance(60_000);
  assert.deepEqual(live.said, []);
});

Deno.test("--log-level leaves out of both what is less, progress too, and the end never", () => {
  using run = open({ level: "warn", hasFile: true });
  run.start();
  run.clock.advance(30_000);
  run.reporter.log("info", "a line");
  run.reporter.log("warn", "a warning");
  run.reporter.stop();
  run.reporter.conclude("info", ["Finished"], ending);
  assert.deepEqual(run.file().map((line) => line.slice(31)), ["a warning", "Finished"]);
});

Deno.test("--json tells progress as an event", () => {
  using run = open({ json: true, isLive: true });
  run.start();
  run.clock.advance(30_000);
  assert.equal(run.said.length, 1);
  const event: unknown = JSON.parse(run.said[0]!);
  checkEvent(event);
  assert.deepEqual([event.type, event.time, event.waiting, event.rate], [
    "progress",
    "2026-11-21T12:34:10.000Z",
    3,
    0,
  ]);
});

Deno.test(
  "a log that takes no line never keeps the rest from being told",
  { ignore: Deno.build.os !== "linux" },
  () => {
    using run = open({ log: new LineLog("/dev/full") });
    run.reporter.log("info", "one");
    run.reporter.log("info", "two");
    run.reporter.close();
    assert.deepEqual(run.said, [
      "12:33:40 error Cannot write to /dev/full: no space left on device. The crawl goes on without its log",
      "12:33:40 error /dev/full: 2 lines of the log are lost",
    ]);
  },
);

Deno.test("the login of a URL is in no line", () => {
  using run = open({ hasFile: true });
  run.reporter.log("error", "bad http://me:canary@a.example/x");
  run.reporter.conclude("info", ["To continue: http://me:canary@a.example/"], ending);
  assert.deepEqual(run.said, ["12:33:40 error bad http://a.example/x"]);
  assert.ok(!run.file().join().includes("canary"));
});
