/**
 * Spiders whose functions never end, and how a crawl with them does.
 */
import assert from "node:assert/strict";
import { records } from "./kept.ts";
import { ends, isPlain } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** A spider over three pages of quotes; `hang` stands in the callback of the second. */
function spider({ hang = "", more = "", settings = "callbackTimeout: 0.5", kind = "async *" } = {}): string {
  return `let hung = 0;
const never = () => { hung += 1; return new Promise(() => {}); };
export default {
  name: "hanging",
  settings: { ${settings} },
  ${kind}parse(page) {
    const number = Number(/page\\/(\\d+)/.exec(page.url)?.[1] ?? 1);
    yield { number };
    if (number < 3) yield* page.follow("li.next a");
    if (number === 2) { ${hang} }
  },
  ${more}
};
`;
}

function crawlOf(place: Workplace, text: string, ...args: string[]): readonly string[] {
  return ["crawl", place.write("hanging.ts", text), "--start-url", new URL("page/2/", place.demo.quotes).href, ...args]
    .concat(["--start-url", place.demo.quotes, "--start-url", new URL("page/3/", place.demo.quotes).href]);
}

const callbacks: Readonly<Record<string, { readonly hang: string; readonly kind?: string }>> = {
  "an async generator that waits for ever": { hang: "await never();" },
  "a generator that yields for ever": { hang: "for (;;) yield {};", kind: "*" },
  "a generator that yields requests for ever": { hang: 'for (;;) yield page.request("/x");', kind: "*" },
  "an async generator that yields for ever": { hang: "for (;;) yield {};" },
};

for (const [what, { hang, kind = "async *" }] of Object.entries(callbacks)) {
  Deno.test(`${what} fails its page with where it was, and the rest goes on`, async () => {
    await using place = await Workplace.open();
    const ended = await place.run(crawlOf(place, spider({ hang, kind })));
    ends(ended, 0);
    isPlain(ended);
    const kept = place.kept("hanging");
    assert.deepEqual(records(kept.output).map((line) => JSON.parse(line).number).sort(), [1, 3]);
    const [failed, ...others] = kept.failures;
    assert.deepEqual(others, []);
    assert.deepEqual([new URL(failed!.url).pathname, failed?.kind], ["/page/2/", "callback"]);
    assert.equal(failed?.message, "TimeLimitError: parse has not ended within 500 ms (callbackTimeout)");
    assert.match(failed?.stack ?? "", /hanging\.ts:\d+:\d+/);
    assert.match(ended.stderr, /parse has not ended within 500 ms \(callbackTimeout\) \(\.\/hanging\.ts:\d+:\d+\)/);
  });
}

for (
  const [what, parse] of Object.entries({
    "a promise that never settles":
      "parse: (page) => page.url.includes('/2/') ? new Promise(() => {}) : [{ url: page.url }]",
    "a thenable that never settles": "parse: (page) => page.url.includes('/2/') ? { then() {} } : [{ url: page.url }]",
    "an iterator whose next never comes":
      "parse: (page) => page.url.includes('/2/') ? { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) } : [{ url: page.url }]",
  })
) {
  Deno.test(`a callback that returns ${what} fails its page, and the rest goes on`, async () => {
    await using place = await Workplace.open();
    const text = `export default { name: "hanging", settings: { callbackTimeout: 0.5 }, ${parse} };`;
    const ended = await place.run(crawlOf(place, text));
    ends(ended, 0);
    const kept = place.kept("hanging");
    assert.equal(records(kept.output).length, 2);
    assert.deepEqual(kept.failures.map(({ url }) => new URL(url).pathname), ["/page/2/"]);
  });
}

Deno.test("what a callback does after its time is ignored: its items, its links, its changes of the state", async () => {
  await using place = await Workplace.open();
  const hang = `await new Promise((done) => setTimeout(done, 1300));
    try { page.update((state) => { state.late = true; }); } catch (error) { console.error("refused: " + error.message); }
    setTimeout(() => refused = true, 100);
    yield { late: true };`;
  // The process is still there when the second page comes back too late.
  const more = `async onClose() {
    while (!refused) await new Promise((done) => setTimeout(done, 10));
  },`;
  const text = `let refused = false; ${spider({ hang, more, settings: "callbackTimeout: 1" })}`;
  const ended = await place.run(crawlOf(place, text));
  ends(ended, 0);
  assert.match(ended.stderr, /refused: .*has ended/);
  const kept = place.kept("hanging");
  assert.deepEqual(kept.failures.map(({ url }) => new URL(url).pathname), ["/page/2/"]);
  const items = records(kept.output).map((line) => JSON.parse(line));
  assert.deepEqual(items.sort((a, b) => a.number - b.number), [{ number: 1 }, { number: 3 }]);
});

Deno.test("onItem that hangs fails its page; onError that hangs costs a line in the log", async () => {
  await using place = await Workplace.open();
  const more = `async onItem(item) { if (item.number === 2) await never(); return item; },
  onError: () => never(),`;
  const ended = await place.run(crawlOf(place, spider({ more })));
  ends(ended, 0);
  const kept = place.kept("hanging");
  assert.deepEqual(records(kept.output).map((line) => JSON.parse(line).number).sort(), [1, 3]);
  assert.deepEqual(kept.failures.map(({ url }) => new URL(url).pathname), ["/page/2/"]);
  assert.match(ended.stderr, /onError has not ended within 500 ms \(callbackTimeout\)/);
});

for (const hook of ["onStart", "onClose"]) {
  Deno.test(`${hook} that hangs fails the crawl, which is continued`, async () => {
    await using place = await Workplace.open();
    const broken = await place.run(crawlOf(place, spider({ more: `${hook}: () => never(),` })));
    ends(broken, 1);
    assert.match(
      broken.stderr,
      new RegExp(`Failed "hanging": ${hook} has not ended within 500 ms \\(callbackTimeout\\)`),
    );
    const after = await place.run(crawlOf(place, spider()));
    ends(after, 0);
    assert.equal(records(place.kept("hanging").output).length, 3);
    assert.equal(place.pages.length, 3, "no page was fetched twice");
  });
}

const starts: Readonly<Record<string, string>> = {
  "before the first": "async *start() { await new Promise(() => {}); }",
  "after the first": "async *start() { yield URL; await new Promise(() => {}); }",
  "before it gives a generator": "start: () => new Promise(() => {})",
};

for (const [when, start] of Object.entries(starts)) {
  Deno.test(`start() that hangs ${when} fails the crawl, and what it gave is kept`, async () => {
    await using place = await Workplace.open();
    const url = JSON.stringify(new URL("page/3/", place.demo.quotes).href);
    const text = (start: string) =>
      `const URL = ${url}; export default { name: "hanging", settings: { callbackTimeout: 0.5 }, ${start}, *parse(page) { yield { url: page.url }; } };`;
    const path = place.write("hanging.ts", text(start));
    const broken = await place.run(["crawl", path]);
    ends(broken, 1);
    assert.match(broken.stderr, /Failed "hanging": start has not ended within 500 ms \(callbackTimeout\)/);
    place.write("hanging.ts", text("*start() { yield URL; }"));
    ends(await place.run(["crawl", path]), 0);
    assert.equal(records(place.kept("hanging").output).length, 1);
  });
}

Deno.test("start() that gives the same URL for ever can be stopped", async () => {
  await using place = await Workplace.open();
  const text = `export default { name: "hanging", *start() { for (;;) yield ${JSON.stringify(place.demo.quotes)}; },
    *parse(page) { yield { url: page.url }; } };`;
  await using trawl = place.start(["crawl", place.write("hanging.ts", text)]);
  await trawl.until("a page", () => place.pages.length > 0);
  trawl.kill("SIGINT");
  ends(await trawl.ended, 130);
});

const off = "callbackTimeout: false";

Deno.test("--grace after --timeout stops a crawl whose callback hangs, with exit code 4, and the next run goes on", async () => {
  await using place = await Workplace.open();
  const crawl = crawlOf(place, spider({ hang: "await never();", settings: off }));
  for (const by of ["flags", "variables"]) {
    const ended = by === "flags"
      ? await place.run([...crawl, "--timeout", "1s", "--grace", "0.5s"])
      : await place.run(crawl, { env: { TRAWL_CRAWL_TIMEOUT: "1s", TRAWL_CRAWL_GRACE: "0.5s" } });
    ends(ended, 4);
    assert.match(ended.stderr, /--timeout and --grace .*stopping at once/);
    assert.match(ended.stderr, /Paused "hanging" \(timeout\)/);
  }
  await place.run(crawlOf(place, spider({ settings: off }))).then((ended) => ends(ended, 0));
  assert.equal(records(place.kept("hanging").output).length, 3);
});

for (const hook of ["onStart", "onClose"]) {
  Deno.test(`--grace and a second Ctrl+C stop a crawl whose ${hook} hangs without a limit`, async () => {
    await using place = await Workplace.open();
    const crawl = crawlOf(
      place,
      spider({ more: `${hook}() { console.error("hangs"); return never(); },`, settings: off }),
    );
    ends(await place.run([...crawl, "--timeout", "1s", "--grace", "0.5s"]), 4);
    await using trawl = place.start(crawl);
    await trawl.says("hangs");
    trawl.kill("SIGINT");
    await trawl.says("SIGINT: finishing");
    trawl.kill("SIGINT");
    ends(await trawl.ended, 130);
    ends(await place.run(crawlOf(place, spider())), 0);
    assert.equal(records(place.kept("hanging").output).length, 3);
  });
}

Deno.test("a callback that takes long is named in the log, with its page and since when", async () => {
  await using place = await Workplace.open();
  await using trawl = place.start(crawlOf(place, spider({ hang: "await never();", settings: off })));
  await trawl.until(
    "the word",
    () => / warn .*parse of .*\/page\/2\/ has been running for 5 s, since \d\d:\d\d:\d\d/.test(trawl.stderr),
  );
});

const busy: Readonly<Record<string, string>> = {
  "an endless loop": "for (;;);",
  "a loop that only waits for what is there": "for (;;) await undefined;",
  "a regular expression that backtracks": '/^(a+)+$/.test("a".repeat(60) + "!");',
};

for (const [what, hang] of Object.entries(busy)) {
  Deno.test(`${what} is ended by SIGTERM, by two SIGINTs and by --timeout, and names what was running`, async () => {
    await using place = await Workplace.open();
    const said = `console.error("busy"); ${hang}`;
    const crawl = crawlOf(place, spider({ hang: said, settings: off }));
    for (const signals of [["SIGTERM"], ["SIGINT", "SIGINT"], []] as const) {
      const time = signals.length === 0 ? ["--timeout", "2s", "--grace", "0.5s"] : [];
      await using trawl = place.start([...crawl, ...time]);
      await trawl.says("busy");
      // The same signal twice at one time is one.
      for (const signal of signals) {
        trawl.kill(signal);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      const { signal, stderr } = await trawl.ended;
      assert.equal(signal, "SIGKILL", stderr);
      assert.match(
        stderr,
        /Ending the process: .* was not heard within a second\. parse of .*\/page\/2\/ has been running since/,
      );
    }
    ends(await place.run(crawlOf(place, spider())), 0);
    assert.equal(records(place.kept("hanging").output).length, 3);
  });
}

for (const hook of ["onStart", "onItem", "onError", "onClose", "start"]) {
  Deno.test(`${hook} that is busy for ever is ended by SIGTERM and named`, async () => {
    await using place = await Workplace.open();
    const loop = `${hook === "start" ? "*" : ""}${hook}() { console.error("busy"); for (;;); },`;
    const hang = hook === "onError" ? 'throw new Error("for onError");' : "";
    const path = place.write("hanging.ts", spider({ more: loop, hang, settings: off }));
    const urls = hook === "start" ? [] : ["--start-url", new URL("page/2/", place.demo.quotes).href];
    await using trawl = place.start(["crawl", path, ...urls]);
    await trawl.says("busy");
    trawl.kill("SIGTERM");
    const { signal, stderr } = await trawl.ended;
    assert.equal(signal, "SIGKILL", stderr);
    const name = hook === "onItem" ? "parse" : hook;
    assert.match(
      stderr,
      new RegExp(`SIGTERM was not heard within a second\\. ${name}( of .*)? has been running since`),
    );
  });
}

Deno.test("a callback that keeps the thread for its time and the grace ends the process by itself", async () => {
  await using place = await Workplace.open();
  const crawl = crawlOf(place, spider({ hang: "for (;;);", kind: "*" }), "--grace", "1s");
  const { signal, stderr } = await place.run(crawl);
  assert.equal(signal, "SIGKILL", stderr);
  assert.match(stderr, /as long as callbackTimeout and --grace\. parse of .*\/page\/2\/ has been running since/);
});
