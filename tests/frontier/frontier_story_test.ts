import assert from "node:assert/strict";
import fc from "fast-check";
import { type FrontierSnapshot, hostOf } from "../../lib/frontier/frontier.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { folder, onDisk } from "./open_frontier.ts";

Deno.test("any story of adding, taking, giving back, ends, checkpoints, kills and losses of power keeps each request in one place", async () => {
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.record({ add: fc.nat({ max: 30 }), again: fc.boolean() }) },
    { weight: 5, arbitrary: fc.record({ take: fc.nat({ max: 1 }) }) },
    { weight: 3, arbitrary: fc.record({ done: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ giveBack: fc.nat() }) },
    { weight: 1, arbitrary: fc.constantFrom("save" as const, "kill" as const, "power" as const) },
  );
  const numbers = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  interface Known {
    readonly request: Request;
    state: "waiting" | "returned" | "out" | "done";
  }
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 80 }), numbers, async (events, random) => {
      let disk = new FaultyDisk();
      let frontier = onDisk(disk);
      let seen = new Set<string>(), known: Known[] = [], returned: Known[] = [];
      let out = new Map<Known, Request>();
      let saved: { snapshot: FrontierSnapshot | undefined; seen: Set<string>; known: Known[] } = {
        snapshot: undefined,
        seen: new Set(),
        known: [],
      };
      for (const event of events) {
        if (event === "save") {
          frontier.flush();
          const snapshot = frontier.snapshot();
          disk.makeFolder(folder);
          await frontier.sync();
          await disk.syncFolder(folder);
          await disk.syncFolder("/");
          saved = { snapshot, seen: new Set(seen), known: known.map((each) => ({ ...each })) };
        } else if (event === "kill" || event === "power") {
          disk = event === "kill" ? disk.kill() : disk.crash(() => random.next().value);
          frontier = onDisk(disk, saved.snapshot);
          seen = new Set(saved.seen);
          known = saved.known.map(({ request, state }) => ({ request, state: state === "done" ? state : "waiting" }));
          returned = [];
          out = new Map();
        } else if ("add" in event) {
          const { add, again } = event;
          const host = add % 2 === 0 ? "a.com" : "b.com";
          const request = createRequest(`http://${host}/${add}`, { priority: (add % 3) - 1, dontFilter: again });
          const isNew = !seen.has(request.url) || again;
          assert.equal(frontier.add(request), isNew);
          seen.add(request.url);
          if (isNew) known.push({ request, state: "waiting" });
        } else if ("take" in event) {
          const host = event.take === 0 ? "a.com" : "b.com";
          const expected = [...returned, ...known.filter(({ state }) => state === "waiting")]
            .filter(({ request }) => hostOf(request.url) === host)
            .sort((a, b) => b.request.priority - a.request.priority)[0];
          const taken = frontier.take(host);
          assert.deepEqual(taken, expected?.request);
          if (expected === undefined || taken === undefined) continue;
          if (expected.state === "returned") returned.splice(returned.indexOf(expected), 1);
          expected.state = "out";
          out.set(expected, taken);
        } else if (out.size > 0) {
          const at = "done" in event ? event.done : event.giveBack;
          const [each, request] = [...out][at % out.size]!;
          out.delete(each);
          if ("done" in event) {
            frontier.done(request);
            each.state = "done";
          } else {
            frontier.giveBack(request);
            each.state = "returned";
            returned.push(each);
          }
        }
        assert.equal(frontier.waiting, known.filter(({ state }) => state === "waiting" || state === "returned").length);
        assert.equal(frontier.inFlight, out.size);
        assert.equal(frontier.known, seen.size);
      }
    }),
    { numRuns: 200 },
  );
});
