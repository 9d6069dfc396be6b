import assert from "node:assert/strict";
import { unpack } from "../../lib/disk/pack.ts";
import { SpiderState } from "../../lib/engine/spider_state.ts";

Deno.test("SpiderState is empty at first, and is what the changes make of it", () => {
  const state = new SpiderState();
  assert.deepEqual(state.value, {});
  state.change([(draft) => draft.count = 1, (draft) => draft.list = [draft.count]]);
  assert.deepEqual(state.value, { count: 1, list: [1] });
  assert.deepEqual(unpack(state.packed), { count: 1, list: [1] });
});

Deno.test("SpiderState comes back from what is packed of it", () => {
  const state = new SpiderState();
  state.change([(draft) => draft.nested = { when: new Date(5), bytes: new Uint8Array([1]) }]);
  const again = new SpiderState(state.packed);
  assert.deepEqual(again.value, state.value);
  assert.deepEqual(again.packed, state.packed);
});

Deno.test("SpiderState makes all changes or none", () => {
  const state = new SpiderState();
  state.change([(draft) => draft.count = 1]);
  const { value, packed } = state;
  assert.throws(() =>
    state.change([
      (draft) => draft.count = 2,
      () => {
        throw new RangeError("no");
      },
      (draft) => draft.count = 3,
    ]), RangeError);
  assert.equal(state.value, value);
  assert.equal(state.packed, packed);
  assert.deepEqual(state.value, { count: 1 });
});

Deno.test("SpiderState refuses what cannot be stored, names the key, and stays as it was", () => {
  const state = new SpiderState();
  state.change([(draft) => draft.count = 1]);
  assert.throws(() => state.change([(draft) => draft.count = 2, (draft) => draft.deep = { list: [() => {}] }]), {
    name: "SerializationError",
    message: "state.deep.list[0] is a function, which cannot be stored",
  });
  assert.throws(() => state.change([(draft) => draft.self = draft]), { message: /^state.self contains itself/ });
  assert.deepEqual(state.value, { count: 1 });
});

Deno.test("SpiderState cannot be changed but by change(), not even deep inside", () => {
  const state = new SpiderState();
  const list = [{ n: 1 }];
  state.change([(draft) => draft.list = list]);
  assert.throws(() => (state.value as { list: { n: number }[] }).list.push({ n: 2 }), TypeError);
  assert.throws(() => (state.value as { list: { n: number }[] }).list[0]!.n = 2, TypeError);
  assert.throws(() => Object.assign(new SpiderState(state.packed).value, { x: 1 }), TypeError);
  assert.deepEqual(state.value, { list: [{ n: 1 }] });
});

Deno.test("what a change keeps of the draft does not reach the state later", () => {
  const state = new SpiderState();
  const mine = { n: 1 };
  state.change([(draft) => draft.mine = mine]);
  try {
    mine.n = 2;
  } catch (error) {
    assert.ok(error instanceof TypeError);
  }
  assert.deepEqual(unpack(state.packed), { mine: { n: 1 } });
  assert.deepEqual(state.value, { mine: { n: 1 } });
});

Deno.test("a change that is asynchronous is refused, because its end would come too late", () => {
  const state = new SpiderState();
  assert.throws(() =>
    state.change([
      (draft) => {
        draft.count = 1;
        return Promise.resolve();
      },
    ])
  );
  assert.deepEqual(state.value, {});
});

Deno.test("no changes cost nothing", () => {
  const state = new SpiderState();
  const { value, packed } = state;
  state.change([]);
  assert.equal(state.value, value);
  assert.equal(state.packed, packed);
});
