import assert from "node:assert/strict";
import { decode, encode } from "@msgpack/msgpack";
import { expectedItems } from "../../scripts/demo/mod.ts";
import { exists, type Kept, namesIn, readCheckpoint, records } from "./kept.ts";
import { ends, isPlain, webSpider } from "./trawl.ts";
import { digests, files, Workplace } from "./workplace.ts";

const spec = { seed: 11, pages: 150 };

/** A crawl that was paused in the middle, with two generations of its checkpoint. */
async function paused() {
  const place = await Workplace.open({ latency: 15 });
  const kept = place.kept("web");
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "--checkpoint-interval", "0.1s"];
  const pagesIn = (path: string) => exists(path) ? readCheckpoint(path).crawl.counters.pages : 0;
  const areTwo = () => {
    try {
      return pagesIn(kept.previous) >= 10 && pagesIn(kept.current) >= 20;
    } catch {
      // They are being replaced just now.
      return false;
    }
  };
  ends(await place.pause([...crawl, "-s", "concurrency=2"], { when: areTwo }), 130);
  const wanted = expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)).sort();
  place.demo.faults = {};
  return { place, kept, crawl, wanted };
}

type Damage = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

const cut: Damage = (bytes) => bytes.slice(0, bytes.length >> 1);
const empty: Damage = () => new Uint8Array();
const flipped = (at: number): Damage => (bytes) => {
  const copy = bytes.slice();
  const place = at < 0 ? copy.length + at : at;
  copy[place] = copy[place]! ^ 0x10;
  return copy;
};
const garbage: Damage = (bytes) =>
  new TextEncoder().encode("this is no checkpoint ".repeat(bytes.length).slice(0, 500));

function damage(path: string, how: Damage): Uint8Array<ArrayBuffer> {
  const bytes = how(Deno.readFileSync(path));
  Deno.writeFileSync(path, bytes);
  return bytes;
}

/** Whether some file that was put aside holds these bytes. */
function isKept(kept: Kept, bytes: Uint8Array): boolean {
  return files(kept.root).some((path) => path.includes("damaged") && same(Deno.readFileSync(path), bytes));
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

for (
  const [what, how] of [
    ["cut short", cut],
    ["empty", empty],
    ["garbage", garbage],
    ["changed by one bit in its mark", flipped(5)],
    ["changed by one bit in its body", flipped(200)],
    ["changed by one bit at its end", flipped(-1)],
  ] as const
) {
  Deno.test(`a checkpoint that is ${what} is told and kept aside, and the generation before it brings the crawl to its end`, async () => {
    const { place, kept, crawl, wanted } = await paused();
    await using _place = place;
    const bytes = damage(kept.current, how);
    assert.equal((await place.status("web"))[0]?.state, "damaged");

    // Long enough for several checkpoints, so that keeping the damaged file as the generation before does not count.
    place.demo.faults = { latency: 30 };
    const again = await place.pause([...crawl, "-s", "concurrency=2"], { requests: 40 });
    ends(again, 130);
    assert.match(again.stderr, /checkpoint\.msgpack.*going on from the generation before it/is);
    assert.ok(isKept(kept, bytes), `the damaged file is not among: ${namesIn(kept.checkpoint).join(", ")}`);

    place.demo.faults = {};
    ends(await place.run(crawl), 0);
    assert.deepEqual(records(kept.output).sort(), wanted);
  });
}

Deno.test("a damaged checkpoint does not take the place of the generation before it", async () => {
  const { place, kept, crawl } = await paused();
  await using _place = place;
  const bytes = damage(kept.current, cut);
  const good = Deno.readFileSync(kept.previous);
  place.demo.faults = { latency: 30 };
  // One save, at the pause: then the generation before it must be the one that the crawl went on from.
  ends(await place.pause([...crawl.slice(0, -1), "0"], { requests: 20 }), 130);
  const previous = Deno.readFileSync(kept.previous);
  assert.ok(!same(previous, bytes), "the generation before is the damaged one");
  assert.ok(same(previous, good), "the generation before is not the one that the crawl went on from");
});

Deno.test("two damaged checkpoints are refused with both names, nothing is overwritten, and --fresh keeps them aside", async () => {
  const { place, kept, crawl, wanted } = await paused();
  await using _place = place;
  const [newer, older] = [damage(kept.current, cut), damage(kept.previous, garbage)];
  const before = digests(place.dataDir);
  const refused = await place.run(crawl);
  ends(refused, 1);
  isPlain(refused);
  assert.match(refused.stderr, /checkpoint\.msgpack/);
  assert.match(refused.stderr, /checkpoint\.prev\.msgpack/);
  assert.match(refused.stderr, /--fresh/);
  assert.deepEqual(digests(place.dataDir), before);

  const fresh = await place.run([...crawl, "--fresh"]);
  ends(fresh, 0);
  assert.match(fresh.stderr, /cannot be read.*kept in/);
  assert.deepEqual(records(kept.output).sort(), wanted);
  assert.ok(isKept(kept, newer) && isKept(kept, older), files(kept.root).join("\n"));
});

Deno.test("the only checkpoint there is, damaged, is refused", async () => {
  const { place, kept, crawl } = await paused();
  await using _place = place;
  Deno.removeSync(kept.previous);
  damage(kept.current, flipped(100));
  const before = digests(place.dataDir);
  const refused = await place.run(crawl);
  ends(refused, 1);
  isPlain(refused);
  assert.match(refused.stderr, /Cannot resume "web": .*checkpoint\.msgpack is damaged at byte \d+/);
  assert.deepEqual(digests(place.dataDir), before);
});

const broken: readonly (readonly [what: string, how: Damage])[] = [
  ["cut short", cut],
  ["changed by one bit at its beginning", flipped(9)],
  ["changed by one bit in its middle", (bytes) => flipped(bytes.length >> 1)(bytes)],
  ["changed by one bit at its end", flipped(-1)],
];
for (const name of ["queue-0-0.log", "seen-0.log", "done-0.log", "robots-0.log"]) {
  for (const [what, how] of broken) {
    Deno.test(`${name} ${what} is never passed over: an older generation brings everything, or the crawl is refused`, async () => {
      const { place, kept, crawl, wanted } = await paused();
      await using _place = place;
      damage(`${kept.checkpoint}/${name}`, how);
      const before = digests(place.dataDir);
      const verified = await place.run(["checkpoint", "verify", "web"]);
      ends(verified, 1);
      assert.ok(verified.stdout.includes(name), verified.stdout);
      assert.deepEqual(digests(place.dataDir), before);

      const ended = await place.run(crawl);
      isPlain(ended);
      assert.ok(ended.stderr.includes(name), ended.stderr);
      if (ended.code === 0) {
        assert.match(ended.stderr, /generation before it/);
        assert.deepEqual(records(kept.output).sort(), wanted);
        return;
      }
      ends(ended, 1);
      assert.match(ended.stderr, /Cannot resume "web": .*stay as they are.*--fresh/s);
      assert.deepEqual(digests(place.dataDir), before);
      ends(await place.run([...crawl, "--fresh"]), 0);
      assert.deepEqual(records(kept.output).sort(), wanted);
    });
  }
}

for (const how of ["removed", "cut short"] as const) {
  Deno.test(`an output in work that was ${how} is never passed over`, async () => {
    const { place, kept, crawl, wanted } = await paused();
    await using _place = place;
    const part = `${kept.root}/${kept.saved.crawl.items.path}.part`;
    if (how === "removed") Deno.removeSync(part);
    else damage(part, (bytes) => bytes.slice(0, 100));
    const before = digests(place.dataDir);
    const ended = await place.run(crawl);
    ends(ended, 1);
    isPlain(ended);
    assert.match(ended.stderr, /Cannot resume "web": .*\.jsonl\.part/);
    assert.deepEqual(digests(place.dataDir), before);
    ends(await place.run([...crawl, "--fresh"]), 0);
    assert.deepEqual(records(kept.output).sort(), wanted);
  });
}

Deno.test("a checkpoint of another format is refused, and its files are not changed", async () => {
  const { place, kept, crawl } = await paused();
  await using _place = place;
  for (const path of [kept.current, kept.previous]) {
    const [mark, format, ...rest] = decode(Deno.readFileSync(path)) as [string, number, ...unknown[]];
    Deno.writeFileSync(path, encode([mark, format + 1, ...rest]));
  }
  const before = digests(place.dataDir);
  const refused = await place.run(crawl);
  ends(refused, 1);
  isPlain(refused);
  assert.match(refused.stderr, /Cannot resume "web": .*format 5.*formats 1, 2, 4/);
  assert.deepEqual(digests(place.dataDir), before);
});

Deno.test("a checkpoint of another spider is refused, and its files are not changed", async () => {
  const { place, kept } = await paused();
  await using _place = place;
  const other = place.kept("site");
  Deno.mkdirSync(other.checkpoint, { recursive: true });
  for (const name of namesIn(kept.checkpoint)) {
    Deno.copyFileSync(`${kept.checkpoint}/${name}`, `${other.checkpoint}/${name}`);
  }
  const before = digests(place.dataDir);
  const refused = await place.run(["crawl", "site", "--start-url", place.demo.webUrl(spec)]);
  ends(refused, 1);
  isPlain(refused);
  assert.match(refused.stderr, /Cannot resume "site": .*belongs to the spider "web"/);
  assert.deepEqual(digests(place.dataDir), before);
});
