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
    await trawl.says("SIGINT: stopping");
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

/** The site, and a spider of 12 pages of which one, `bad`, hangs; with `kept` the paths of its items. */
function many(place: Workplace, hang: string): { readonly crawl: readonly string[]; readonly bad: string } {
  const urls = Array.from({ length: 12 }, (_, at) => new URL(`?n=${at}`, place.demo.quotes).href);
  const settings = "callbackTimeout: 2, concurrency: 4, throttle: false";
  const text = `export default { name: "hanging", settings: { ${settings} }, async *parse(page) {
    if (page.url.endsWith("?n=0")) { console.error("hangs"); ${hang} }
    yield { url: page.url };
  } };`;
  return {
    crawl: ["crawl", place.write("hanging.ts", text), ...urls.flatMap((url) => ["--start-url", url])],
    bad: urls[0]!,
  };
}

for (
  const [what, hang, args] of [
    ["keeps the thread", "for (;;);", ["--grace", "0.5s"]],
    ["keeps the thread after its first await", "await new Promise((done) => setTimeout(done, 10)); for (;;);", [
      "--grace",
      "0.5s",
    ]],
    ["never ends, in slices that are shorter than its time", "await new Promise(() => {});", [
      "--timeout",
      "1.2s",
      "--grace",
      "0.5s",
    ]],
  ] as const
) {
  Deno.test(`a page whose callback ${what} is taken last by the next run, and given up after three`, async () => {
    await using place = await Workplace.open();
    const { crawl, bad } = many(place, hang);
    for (let run = 0; run < 3; run++) {
      const { signal, code, stderr } = await place.run([...crawl, ...args]);
      assert.ok(signal === "SIGKILL" || code === 4, stderr);
    }
    const fetched = place.pages.length;
    const ended = await place.run([...crawl, "--grace", "0.5s"]);
    ends(ended, 0);
    const kept = place.kept("hanging");
    assert.equal(new Set(records(kept.output)).size, 11);
    assert.equal(records(kept.output).length, 11);
    assert.deepEqual(kept.failures.map(({ url, kind, message }) => ({ url, kind, message })), [{
      url: bad,
      kind: "callback",
      message: "parse is not called again: the process was ended in it 3 times, because it did not return",
    }]);
    assert.equal(place.pages.length, fetched, "the others were safe before the last one began");
  });
}

Deno.test("an endless loop is named at the first Ctrl+C", async () => {
  await using place = await Workplace.open();
  const { crawl } = many(place, "for (;;);");
  await using trawl = place.start([...crawl, "--set", "callbackTimeout=false"]);
  await trawl.says("hangs");
  trawl.kill("SIGINT");
  await trawl.says("does not let go of the thread; once more ends the process");
  assert.match(trawl.stderr, /parse of .*\?n=0 does not let go of the thread/);
  trawl.kill("SIGTERM");
  await trawl.ended;
});

for (
  const [what, hang, words] of [
    ["page.update", "page.update(() => { for (;;); });", /page\.update of .*\?n=0 has been running since/],
    ["a timer of a callback that has returned", "setTimeout(() => { for (;;); }, 300);", /Last called: parse of /],
  ] as const
) {
  Deno.test(`${what} that keeps the thread ends the process after the time of a callback, and is named`, async () => {
    await using place = await Workplace.open();
    // Something is still to come when the timer does.
    const { crawl } = many(place, hang);
    const { signal, stderr } = await place.run([...crawl, "--grace", "0.5s", "--set", "delay=0.2"]);
    assert.equal(signal, "SIGKILL", stderr);
    assert.match(stderr, words);
  });
}

Deno.test("a spider whose top level never ends is not loaded, and its file is named", async () => {
  await using place = await Workplace.open();
  const path = place.write("hanging.ts", "await new Promise(() => {}); export default {};");
  const ended = await place.run(["crawl", path, "--timeout", "0.5s", "--grace", "0.5s"]);
  ends(ended, 2);
  assert.match(ended.stderr, /hanging\.ts.*its top level has not ended within 1 s/s);
});

Deno.test("a callback that hangs before it has used its page is given up without a stack, which would say nothing", async () => {
  await using place = await Workplace.open();
  const text =
    'export default { name: "hanging", settings: { callbackTimeout: 0.5 }, parse: (page) => page.url.includes("/2/") ? new Promise(() => {}) : [{}] };';
  await place.run(crawlOf(place, text));
  const [failed] = place.kept("hanging").failures;
  assert.equal(failed?.message, "TimeLimitError: parse has not ended within 500 ms (callbackTimeout)");
  assert.equal(failed?.stack, undefined);
});
