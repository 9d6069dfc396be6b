import assert from "node:assert/strict";
import { ManualClock } from "../../lib/time/clock.ts";
import { failureOf, once, pageOf } from "./one_download.ts";
import { answer, RawServer, send } from "./raw_server.ts";
import { serving } from "./serving.ts";

Deno.test("download() gives up on a server that does not answer in time", async () => {
  const clock = new ManualClock();
  await using server = new RawServer(() => {});
  const outcome = once(server.url, { clock, connectTimeout: 20 });
  await server.asked.promise;
  clock.advance(20_000);
  assert.deepEqual(failureOf(await outcome), {
    kind: "timeout",
    message: `${new URL(server.url).host} sent no answer within 20 s`,
  });
});

/** A clock that knows how often it was asked for the time, which is how a test learns that something was heard. */
class AskedClock extends ManualClock {
  times = 0;

  override now(): number {
    this.times++;
    return super.now();
  }

  async asked(times: number): Promise<void> {
    while (this.times < times) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("download() gives up on a body that stops coming", async () => {
  const clock = new AskedClock();
  await using server = new RawServer(async (connection) => {
    await send(connection, answer(["Content-Length: 1000000"], "abc"));
    // At the start, at the headers and at the first piece.
    await clock.asked(3);
    clock.advance(10_000);
  });
  assert.deepEqual(failureOf(await once(server.url, { clock, connectTimeout: 20, idleTimeout: 10 })), {
    kind: "timeout",
    message: `${new URL(server.url).host} stopped in the middle of its answer: nothing came for 10 s`,
  });
});

Deno.test("download() gives up on a body that comes too slowly as a whole", async () => {
  const clock = new AskedClock();
  await using server = new RawServer(async (connection) => {
    await send(connection, answer(["Content-Length: 1000000"]));
    await clock.asked(2);
    for (let piece = 0; piece < 7; piece++) {
      const before = clock.times;
      await send(connection, "abc");
      await clock.asked(before + 1);
      clock.advance(9_000);
    }
  });
  assert.deepEqual(failureOf(await once(server.url, { clock, idleTimeout: 10, timeout: 60 })), {
    kind: "timeout",
    message: `${new URL(server.url).host} had not finished its answer after 1 min`,
  });
});

Deno.test("download() leaves no timer behind", async () => {
  const clock = new ManualClock();
  let timers = 0;
  const after = clock.after.bind(clock);
  clock.after = (ms, work) => {
    timers++;
    const cancel = after(ms, work);
    return () => {
      timers--;
      cancel();
    };
  };
  await serving(() => new Response("x"), async (url) => void pageOf(await once(url, { clock })));
  assert.equal(timers, 0);
});
