import assert from "node:assert/strict";
import fc from "fast-check";
import { readBody } from "../../../lib/net/body/body.ts";

/** A body that comes in these pieces, and what was done to it. */
function arriving(pieces: Iterable<Uint8Array<ArrayBuffer>>): { answer: Response; cancelled: () => boolean } {
  const iterator = pieces[Symbol.iterator]();
  let cancelled = false;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const { done, value } = iterator.next();
      if (!done) return controller.enqueue(value);
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel() {
      cancelled = true;
    },
  });
  return { answer: new Response(stream), cancelled: () => cancelled };
}

const silent = () => {};

Deno.test("readBody() puts pieces of any size together, in memory that is as long as they are", async () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50_000 })), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(sizes, async (sizes) => {
      let byte = 0;
      const pieces = sizes.map((size) => Uint8Array.from({ length: size }, () => byte++));
      const whole = pieces.flatMap((piece) => [...piece]);
      const body = await readBody(arriving(pieces).answer, undefined, 1_000_000, silent);
      assert.deepEqual(body, new Uint8Array(whole));
      assert.equal(body?.buffer.byteLength, whole.length);
    }),
    { numRuns: 60 },
  );
});

Deno.test("readBody() says of every piece that it is there", async () => {
  let heard = 0;
  await readBody(arriving([1, 2, 3].map((size) => new Uint8Array(size))).answer, undefined, 100, () => {
    heard++;
  });
  assert.equal(heard, 3);
});

Deno.test("readBody() takes what is exactly as long as the limit, and stops after that", async () => {
  function* endless() {
    while (true) yield new Uint8Array(1000);
  }
  for (const limit of [999, 1000, 50_000]) {
    const { answer, cancelled } = arriving(endless());
    assert.equal(await readBody(answer, undefined, limit, silent), undefined, `${limit}`);
    assert.equal(cancelled(), true, `${limit}`);
  }
  const { answer } = arriving([new Uint8Array(600), new Uint8Array(400)]);
  assert.equal((await readBody(answer, undefined, 1000, silent))?.length, 1000);
});

Deno.test("readBody() gives the beginning of a longer body where that is enough", async () => {
  for (const limit of [10, 300_000, 900_000]) {
    const pieces = [0, 1, 2, 3].map((byte) => new Uint8Array(250_000).fill(byte));
    const { answer, cancelled } = arriving(pieces);
    const body = await readBody(answer, undefined, limit, silent, true);
    assert.deepEqual(body, Uint8Array.from({ length: limit }, (_, at) => Math.floor(at / 250_000)), `${limit}`);
    assert.equal(cancelled(), true, `${limit}`);
  }
});

Deno.test("readBody() does not wait for a body that is announced as too long", async () => {
  const { answer, cancelled } = arriving([]);
  assert.equal(await readBody(answer, 1001, 1000, silent), undefined);
  assert.equal(cancelled(), true);
});

Deno.test("readBody() believes the body more than what was announced", async () => {
  for (const announced of [70_000, 200_000]) {
    const body = await readBody(arriving([new Uint8Array(100_000)]).answer, announced, 1_000_000, silent);
    assert.equal(body?.length, 100_000, `${announced}`);
  }
});

Deno.test("readBody() gives no bytes for an answer without a body", async () => {
  assert.equal((await readBody(new Response(null), undefined, 10, silent))?.length, 0);
  assert.equal((await readBody(arriving([]).answer, undefined, 10, silent))?.length, 0);
});

Deno.test("readBody() throws what ends the body", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    start(controller) {
      controller.enqueue(new Uint8Array(10));
      controller.error(new TypeError("cut"));
    },
  });
  await assert.rejects(readBody(new Response(stream), undefined, 100, silent), { message: "cut" });
});
