import assert from "node:assert/strict";
import fc from "fast-check";
import { KeyedLog } from "../../../lib/disk/keyed_log.ts";
import { Escalation, type Tier } from "../../../lib/net/proxy/escalation.ts";
import { ManualClock } from "../../../lib/time/clock.ts";
import { FaultyDisk } from "../../disk/faulty_disk.ts";

const minute = 60_000, day = 86_400_000;
const host = "shop.example";

function open() {
  const clock = new ManualClock(1_795_253_400_000);
  return { clock, escalation: new Escalation({ clock }) };
}

Deno.test("a host that has not blocked us is asked directly", () => {
  const { escalation } = open();
  assert.equal(escalation.choose(host), "direct");
  escalation.answered(host, "direct");
  assert.deepEqual(escalation.snapshot(), []);
});

Deno.test("a host that blocks a direct request goes to the paid tier, and no other host does", () => {
  const { escalation } = open();
  assert.equal(escalation.blocked(host, "direct"), true);
  assert.equal(escalation.choose(host), "paid");
  assert.equal(escalation.choose("other.example"), "direct");
});

Deno.test("after half an hour one request goes direct, and its answer brings the host back", () => {
  const { clock, escalation } = open();
  escalation.blocked(host, "direct");
  clock.advance(30 * minute - 1);
  assert.equal(escalation.choose(host), "paid");
  clock.advance(1);
  assert.equal(escalation.tierOf(host), "paid", "what cannot be the probe is not");
  assert.deepEqual([escalation.choose(host), escalation.choose(host)], ["direct", "paid"]);
  escalation.answered(host, "paid");
  assert.equal(escalation.choose(host), "paid");
  escalation.answered(host, "direct");
  assert.equal(escalation.choose(host), "direct");
});

Deno.test("a probe that is blocked keeps the host away twice as long, up to a day", () => {
  const { clock, escalation } = open();
  escalation.blocked(host, "direct");
  for (const minutes of [30, 60, 120, 240, 480, 960, 1440, 1440]) {
    clock.advance(minutes * minute - 1);
    assert.equal(escalation.choose(host), "paid", `within ${minutes} minutes`);
    clock.advance(1);
    assert.equal(escalation.choose(host), "direct");
    assert.equal(escalation.blocked(host, "direct"), true);
  }
});

Deno.test("a probe without an answer says nothing, and is put off", () => {
  const { clock, escalation } = open();
  escalation.blocked(host, "direct");
  clock.advance(30 * minute);
  assert.equal(escalation.choose(host), "direct");
  escalation.undecided(host, "direct");
  clock.advance(30 * minute - 1);
  assert.equal(escalation.choose(host), "paid");
  clock.advance(1);
  assert.equal(escalation.choose(host), "direct");
});

Deno.test("direct requests that were under way when a host was sent away change nothing", () => {
  const { clock, escalation } = open();
  escalation.blocked(host, "direct");
  const before = escalation.snapshot();
  clock.advance(1000);
  assert.equal(escalation.blocked(host, "direct"), true);
  escalation.answered(host, "direct");
  escalation.undecided(host, "direct");
  assert.deepEqual(escalation.snapshot(), before);
});

Deno.test("a host that blocks the paid tier five times in a row comes back until its next probe", () => {
  const { clock, escalation } = open();
  escalation.blocked(host, "direct");
  for (let n = 0; n < 4; n++) assert.equal(escalation.blocked(host, "paid"), false);
  escalation.answered(host, "paid");
  for (let n = 0; n < 5; n++) {
    assert.equal(escalation.choose(host), "paid");
    escalation.blocked(host, "paid");
  }
  assert.equal(escalation.choose(host), "direct");
  assert.equal(escalation.blocked(host, "direct"), false, "there is nowhere else to go");
  clock.advance(30 * minute);
  assert.equal(escalation.choose(host), "direct");
  assert.equal(escalation.blocked(host, "direct"), true, "the probe was blocked: the paid tier gets another chance");
  assert.equal(escalation.choose(host), "paid");
});

Deno.test("the next process knows what was learnt, by the calendar", () => {
  const { clock, escalation } = open();
  escalation.blocked(host, "direct");
  escalation.blocked(host, "paid");
  clock.advance(10 * minute);
  const snapshot = structuredClone(escalation.snapshot());
  assert.deepEqual(snapshot, [{ host, until: 1_795_253_400_000 + 30 * minute, seconds: 1800, misses: 1 }]);
  const later = new ManualClock(1_795_253_400_000 + 29 * minute);
  const next = new Escalation({ clock: later, exiles: snapshot });
  assert.equal(next.choose(host), "paid");
  later.advance(minute);
  assert.equal(next.choose(host), "direct");
  assert.deepEqual(next.snapshot(), snapshot);
});

Deno.test("the next process has what the log has: what has changed is written at a save, and who is back is gone", () => {
  const clock = new ManualClock(1_795_253_400_000);
  const disk = new FaultyDisk(), log = new KeyedLog({ disk, path: "/exiles" });
  const escalation = new Escalation({ clock, log });
  for (const name of [host, "back.example"]) escalation.blocked(name, "direct");
  log.flush();
  clock.advance(30 * minute);
  assert.equal(escalation.choose("back.example"), "direct");
  escalation.answered("back.example", "direct");
  escalation.blocked(host, "paid");
  log.flush();
  const next = new Escalation({ clock, log: new KeyedLog({ disk, path: "/exiles" }, log.snapshot()) });
  assert.deepEqual(next.snapshot(), [{ host, until: 1_795_253_400_000 + 30 * minute, seconds: 1800, misses: 1 }]);
});

Deno.test("a host stays away no longer than it was sent, however the calendar was set", () => {
  const clock = new ManualClock(1_795_253_400_000);
  const until = clock.wall() + 365 * day;
  const escalation = new Escalation({ clock, exiles: [{ host, until, seconds: 1800, misses: 0 }] });
  assert.equal(escalation.choose(host), "paid");
  clock.advance(30 * minute);
  assert.equal(escalation.choose(host), "direct");
});

Deno.test("ten thousand hosts are remembered, the newest", () => {
  const { escalation } = open();
  for (let n = 0; n <= 10_000; n++) escalation.blocked(`h${n}.example`, "direct");
  assert.equal(escalation.snapshot().length, 10_000);
  assert.equal(escalation.tierOf("h0.example"), "direct");
  assert.equal(escalation.tierOf("h10000.example"), "paid");
});

/** What a host does with direct and with paid requests for a while, and how long it is until it is asked again. */
interface Spell {
  readonly direct: boolean;
  readonly paid: boolean;
  readonly wait: number;
}

Deno.test("whatever a host does, requests cost as much as a simple model of it says", () => {
  const spell: fc.Arbitrary<Spell> = fc.record({
    direct: fc.boolean(),
    paid: fc.boolean(),
    wait: fc.constantFrom(0, minute, 29 * minute, 31 * minute, 5 * 60 * minute, 2 * day),
  });
  fc.assert(fc.property(fc.array(spell, { maxLength: 120 }), (spells) => {
    const { clock, escalation } = open();
    // The model: away until a time, for a length, with misses; undefined while the host is asked directly.
    let away: { until: number; length: number; misses: number } | undefined;
    for (const { direct, paid, wait } of spells) {
      const isProbe = away !== undefined && away.until <= clock.wall();
      const wanted: Tier = away === undefined || isProbe || away.misses >= 5 ? "direct" : "paid";
      assert.equal(escalation.choose(host), wanted);
      let tier: Tier = wanted;
      if (wanted === "direct" && !direct) {
        if (away === undefined) away = { until: clock.wall() + 30 * minute, length: 30 * minute, misses: 0 };
        else if (isProbe) {
          const length = Math.min(day, 2 * away.length);
          away = { until: clock.wall() + length, length, misses: 0 };
        }
        const goesOn = away.misses < 5;
        assert.equal(escalation.blocked(host, "direct"), goesOn);
        tier = goesOn ? "paid" : "direct";
      } else if (wanted === "direct") {
        escalation.answered(host, "direct");
        if (isProbe) away = undefined;
      }
      if (tier === "paid" && away !== undefined) {
        if (paid) escalation.answered(host, "paid");
        else escalation.blocked(host, "paid");
        away.misses = paid ? 0 : away.misses + 1;
      }
      assert.equal(escalation.snapshot().length, away === undefined ? 0 : 1);
      clock.advance(wait);
    }
  }));
});
