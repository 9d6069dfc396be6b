import assert from "node:assert/strict";
import { Garbage } from "../../../lib/net/body/garbage.ts";
import { ManualClock } from "../../../lib/time/clock.ts";

const mb = 1024 * 1024;

Deno.test("Garbage is collected a moment after giants have left 16 MB, and never for ordinary pages", () => {
  const clock = new ManualClock();
  let collected = 0;
  const garbage = new Garbage(clock, () => collected++);
  const leave = (times: number, bytes: number) => {
    for (let page = 0; page < times; page++) garbage.leave(bytes);
    clock.advance(20);
    return collected;
  };
  assert.equal(leave(1000, 200_000), 0);
  assert.equal(leave(3, 5 * mb), 0);
  garbage.leave(mb);
  assert.equal(collected, 0);
  assert.equal(leave(5, mb), 1);
  assert.equal(leave(1, 15 * mb), 1);
});

Deno.test("Garbage waits after a collection, four times as long as that took", () => {
  const clock = new ManualClock();
  let collected = 0;
  const garbage = new Garbage(clock, () => {
    collected++;
    clock.advance(100);
  });
  garbage.leave(16 * mb);
  clock.advance(20);
  garbage.leave(32 * mb);
  clock.advance(399);
  assert.equal(collected, 1);
  garbage.leave(32 * mb);
  clock.advance(1);
  assert.equal(collected, 2);
});

Deno.test("where V8 was not told to expose it, nothing is collected and nothing fails", async () => {
  const module = new URL("../../../lib/net/body/garbage.ts", import.meta.url);
  const script = `
    import { Garbage } from "${module}";
    import { systemClock } from "${new URL("../../../lib/time/clock.ts", import.meta.url)}";
    let left = "x".repeat(2e7).replaceAll("x", "yz");
    const before = Deno.memoryUsage().heapUsed - left.length;
    left = "";
    new Garbage(systemClock).leave(1e8);
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(Deno.memoryUsage().heapUsed - before < 1e7 ? "collected" : "left");`;
  const told = async (...flags: readonly string[]) => {
    const args = ["eval", ...flags, script];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).output();
    return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
  };
  assert.equal(await told(), "left");
  assert.equal(await told("--v8-flags=--expose-gc"), "collected");
});
