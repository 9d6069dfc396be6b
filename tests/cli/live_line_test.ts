import assert from "node:assert/strict";
import stringWidth from "string-width";
import { cut, liveLine } from "../../lib/cli/live_line.ts";
import { createCounters } from "../../lib/engine/counters.ts";
import { hasProgram } from "../programs.ts";
import { commandLine } from "../../lib/cli/shell.ts";
import { command, until } from "./trawl.ts";
import { html } from "./fetch_site.ts";
import { Workplace } from "./workplace.ts";

const counters = { ...createCounters(), pages: 12_345, items: 9876, failed: 12 };
const busy = { counters, waiting: 1_234_567, inFlight: 16, open: 0, activeSize: 0, why: undefined };
const waiting = { ...busy, why: "the delay of shop.example.com for 12 s" };

Deno.test("liveLine() drops the least important first, and why nothing is sent last", () => {
  const cases: readonly (readonly [columns: number, line: string])[] = [
    [
      200,
      "123 pages/s · 12,345 pages · 9,876 items · 12 failed · 1,234,567 waiting · 16 in flight · the delay of shop.example.com for 12 s",
    ],
    [
      120,
      "123 pages/s · 12,345 pages · 9,876 items · 12 failed · 1,234,567 waiting · the delay of shop.example.com for 12 s",
    ],
    [100, "12,345 pages · 9,876 items · 12 failed · 1,234,567 waiting · the delay of shop.example.com for 12 s"],
    [80, "12,345 pages · 9,876 items · 12 failed · the delay of shop.example.com for 12 s"],
    [60, "12,345 pages · the delay of shop.example.com for 12 s"],
    [40, "the delay of shop.example.com for 12 s"],
    [20, "the delay of shop.e…"],
    [1, "…"],
    [0, ""],
  ];
  for (const [columns, line] of cases) assert.equal(liveLine(waiting, 123, columns), line, `${columns}`);
  assert.equal(liveLine(busy, 3.14159, 80), "3.1 pages/s · 12,345 pages · 9,876 items · 12 failed · 1,234,567 waiting");
  assert.equal(liveLine(busy, 123, 40), "12,345 pages · 9,876 items · 12 failed");
  assert.equal(liveLine(busy, 123, 20), "12,345 pages");
  const one = { ...busy, counters: { ...counters, pages: 1, items: 1 }, waiting: 1, inFlight: 1 };
  assert.equal(liveLine(one, 1), "1.0 pages/s · 1 page · 1 item · 12 failed · 1 waiting · 1 in flight");
});

Deno.test("liveLine() never takes more columns than there are, whatever characters there are", () => {
  const why = "日本語のホスト 👨‍👩‍👧 e\u0301 ｗｉｄｅ \x1b[31m\u202e end";
  for (let columns = 0; columns < 180; columns++) {
    const line = liveLine({ ...busy, why }, 123, columns);
    assert.ok(stringWidth(line) <= columns, `${columns}: ${line}`);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(line, /[\x00-\x1f\u202e]/);
  }
  assert.equal(cut("日本語", 5), "日本…");
  assert.equal(cut("日本語", 4), "日…");
  assert.equal(cut("日本語", 6), "日本語");
  assert.equal(cut("e\u0301e\u0301e\u0301", 2), "e\u0301…");
});

const hasScript = await hasProgram("script", ["--version"], "the tests with a terminal");

/** What stands between two line ends on the terminal, without what moves the cursor or colours. */
const drawn = (screen: string) =>
  // deno-lint-ignore no-control-regex
  screen.split(/[\r\n]+/).map((line) => line.replaceAll(/\x1b\[[\d;]*[A-Za-z]/g, ""))
    .filter((line) => line.includes("the delay of"));

Deno.test({
  name: "the live line says at any width of a terminal what is waited for, and follows the width",
  ignore: !hasScript || Deno.build.os !== "linux",
  async fn() {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => new URL(request.url).pathname === "/" ? html(`<a href="/next">x</a>`) : html("", {}, 404),
    );
    await using place = await Workplace.open();
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const trawl = commandLine([
      ...command,
      "crawl",
      "site",
      "--start-url",
      url,
      "-s",
      "delay=1h",
      "-s",
      "robots=false",
    ]);
    // From 80 columns to 40 when the test says so, and to a terminal that does not know its width.
    const script = `stty cols 80; { for width in 40 0; do
        while [ ! -e to-$width ]; do sleep 0.05; done; stty cols $width < /dev/tty; done; } & exec ${trawl}`;
    await using terminal = place.start(["-qefc", script, "/dev/null"], { program: ["script"] });
    const at = async (columns: number, what: RegExp) => {
      const from = terminal.stdout.length;
      await until(
        `the live line in ${columns} columns`,
        () => what.test(drawn(terminal.stdout.slice(from)).at(-1) ?? ""),
      );
    };
    await at(80, /1 page · .*the delay of 127\.0\.0\.1:\d+ for \d+ s$/);
    Deno.writeTextFileSync(`${place.folder}/to-40`, "");
    await at(40, /^the delay of 127\.0\.0\.1:\d+ for \d+ s$/);
    Deno.writeTextFileSync(`${place.folder}/to-0`, "");
    await at(0, /1 page · .*the delay of 127\.0\.0\.1:\d+ for \d+ s$/);
    for (const line of drawn(terminal.stdout)) assert.ok(line.length <= 79, line);
    terminal.kill("SIGTERM");
    await terminal.ended;
  },
});
