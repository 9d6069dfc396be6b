import assert from "node:assert/strict";
import { type Checkpoint, FormatError, type Identity } from "../../lib/checkpoint/document.ts";
import type { Found, Unreadable } from "../../lib/checkpoint/store.ts";
import { DamageError } from "../../lib/disk/damage.ts";
import { DiskError } from "../../lib/disk/disk.ts";
import { type Plan, planOf, type RetryPlan, retryPlanOf, startUrlsOf, type Wanted } from "../../lib/engine/plan.ts";
import type { CrawlSnapshot } from "../../lib/engine/snapshot.ts";

const identity: Identity = { spider: "news", project: "default", proxyType: "none", code: "c1", startedAt: 1 };
const wanted: Wanted = { spider: "news", project: "default", proxyType: "none", code: "c1", startUrls: [] };

interface Said extends Partial<Identity> {
  readonly phase?: CrawlSnapshot["phase"];
  readonly isRetry?: boolean;
  readonly startUrls?: readonly string[];
  readonly generation?: number;
}

function checkpoint(
  { phase = "crawling", isRetry = false, startUrls = [], generation = 2, ...said }: Said = {},
): Checkpoint {
  return { generation, savedAt: 5, identity: { ...identity, ...said }, crawl: { phase, isRetry, startUrls } };
}

function found(checkpoints: readonly Checkpoint[], unreadable: readonly Unreadable[] = []): Found {
  return {
    checkpoints: checkpoints.map((checkpoint, at) => ({ path: at === 0 ? "/c/new" : "/c/old", checkpoint })),
    unreadable,
  };
}

const damaged: Unreadable = { path: "/c/new", error: new DamageError("/c/new", 12, "it ends too soon") };
const startOver = "To start over: trawl crawl news --fresh";

function messageOf(plan: Plan | RetryPlan): string {
  assert.equal(plan.kind, "refused");
  return plan.kind === "refused" ? plan.message : "";
}

Deno.test("no checkpoint: the crawl starts fresh, without a word, and clears nothing", () => {
  assert.deepEqual(planOf(found([]), wanted), { kind: "fresh", notes: [], clear: false });
});

Deno.test("a checkpoint of the same crawl: it goes on, with the generation before as a second chance", () => {
  const both = found([checkpoint(), checkpoint({ generation: 1 })]);
  assert.deepEqual(planOf(both, wanted), { kind: "resume", notes: [], found: both });
});

Deno.test("a finished crawl's checkpoint is gone on from: only publishing is left", () => {
  assert.equal(planOf(found([checkpoint({ phase: "finished" })]), wanted).kind, "resume");
});

Deno.test("--proxy-type differs: it says so, clears the checkpoint and starts fresh", () => {
  assert.deepEqual(planOf(found([checkpoint({ proxyType: "auto" })]), wanted), {
    kind: "fresh",
    notes: [
      "The checkpoint was made with --proxy-type auto, this is none: it is cleared, and the crawl starts fresh",
    ],
    clear: true,
  });
});

Deno.test("the spider's code changed: it says so and goes on", () => {
  const plan = planOf(found([checkpoint({ code: "c0" })]), wanted);
  assert.equal(plan.kind, "resume");
  assert.deepEqual(plan.kind === "resume" && plan.notes, [
    "The spider has changed since the checkpoint was made; going on with the new one",
  ]);
});

Deno.test("a checkpoint of another spider or project is refused with the reason", () => {
  for (const other of [{ spider: "olds" }, { project: "test" }]) {
    const { spider, project } = { ...identity, ...other };
    assert.equal(
      messageOf(planOf(found([checkpoint(other)]), wanted)),
      'Cannot resume "news": its checkpoint belongs to the spider ' +
        `"${spider}" of the project "${project}". ${startOver}`,
    );
  }
});

Deno.test("a checkpoint in another format is refused, also where the generation before it could be read", () => {
  const error = new FormatError("/c/new has format 2; this version of trawl reads format 1");
  for (const checkpoints of [[], [checkpoint()]]) {
    assert.equal(
      messageOf(planOf(found(checkpoints, [{ path: "/c/new", error }]), wanted)),
      'Cannot resume "news": /c/new has format 2; this version of trawl reads format 1. ' +
        `Continue it with the version that wrote it, or discard it. ${startOver}`,
    );
  }
});

Deno.test("a damaged checkpoint falls back to the generation before it, and what is damaged is passed on", () => {
  const old = found([checkpoint({ generation: 1 })], [damaged]);
  assert.deepEqual(planOf(old, wanted), { kind: "resume", notes: [], found: old });
});

Deno.test("if no generation can be read the crawl is refused, the files stay, and it says what is lost", () => {
  const other = new DamageError("/c/old", 0, "it is not a checkpoint of trawl");
  assert.equal(
    messageOf(planOf(found([], [damaged, { path: "/c/old", error: other }]), wanted)),
    'Cannot resume "news": /c/new is damaged at byte 12: it ends too soon; ' +
      "/c/old is damaged at byte 0: it is not a checkpoint of trawl. " +
      `No other generation is left, so what is known of the crawl is lost. Its files stay, and are put aside when you start over. ${startOver}`,
  );
});

Deno.test("a document that cannot be read just now is not taken for damaged: nothing is changed, also with one before it", () => {
  const error = new DiskError("read", "/c/new", new Error("Permission denied (os error 13)"));
  for (const checkpoints of [[], [checkpoint({ generation: 1 })]]) {
    assert.equal(
      messageOf(planOf(found(checkpoints, [{ path: "/c/new", error }]), wanted)),
      'Cannot resume "news": Cannot read /c/new: permission denied. Its files stay as they are. The same command goes on ' +
        "when that is mended; where it cannot be, move the file away, and the generation before it is used",
    );
  }
});

const isSource = (source: string) => ["/spiders/a.ts", ""].includes(source);

Deno.test("a spider of the same name in another file is another spider, while that file is there", () => {
  const cases: readonly (readonly [began: string, now: string, whose: string])[] = [
    ["/spiders/a.ts", "/spiders/b.ts", "/spiders/a.ts; this one is /spiders/b.ts"],
    ["", "/spiders/b.ts", "which is built in; this one is /spiders/b.ts"],
    ["/spiders/a.ts", "", "/spiders/a.ts; this one is built in"],
  ];
  for (const [began, now, whose] of cases) {
    const made = checkpoint({ source: began, code: "c0" });
    const belongs = `belongs to another spider of this name, ${whose}. Give one of them another name, keep the two ` +
      "apart with --project, or remove the other if this one replaces it";
    const asked = { ...wanted, source: now, isSource };
    assert.equal(
      messageOf(planOf(found([made]), asked)),
      `Cannot resume "news": its checkpoint ${belongs}. ${startOver}`,
    );
    assert.equal(
      messageOf(retryPlanOf(made, { ...asked, retryFailed: true })),
      `Cannot retry the failed pages of "news": what is kept of the last crawl ${belongs}`,
    );
  }
});

Deno.test("a spider that was moved, copied, or changed where it is goes on, and so does one of which nothing is known", () => {
  const asked = { ...wanted, source: "/spiders/b.ts", isSource };
  for (
    const said of [
      { source: "/gone/a.ts", code: "c0" },
      { source: "/spiders/a.ts", code: "c1" },
      { source: "/spiders/b.ts", code: "c0" },
      { code: "c0" },
    ]
  ) assert.equal(planOf(found([checkpoint(said)]), asked).kind, "resume", JSON.stringify(said));
});

Deno.test("the last crawl fetched no page: the next one starts fresh", () => {
  assert.deepEqual(planOf(found([checkpoint({ phase: "failed" })]), wanted), {
    kind: "fresh",
    notes: ["The last crawl fetched no page: starting fresh"],
    clear: true,
  });
});

Deno.test("the same --start-url goes on, in whatever order, and none leaves the checkpoint's", () => {
  const saved = found([checkpoint({ startUrls: ["http://a/", "http://b/"] })]);
  for (const startUrls of [["http://a/", "http://b/"], ["http://b/", "http://a/"], []]) {
    assert.equal(planOf(saved, { ...wanted, startUrls }).kind, "resume");
  }
});

Deno.test("another --start-url is refused, and what to do instead is said", () => {
  const cases: readonly (readonly [saved: readonly string[], asked: readonly string[], began: string])[] = [
    [["http://a/"], ["http://b/"], "http://a/"],
    [["http://a/", "http://b/"], ["http://a/"], "http://a/ http://b/"],
    [["http://a/"], ["http://a/", "http://b/"], "http://a/"],
    [[], ["http://a/"], "the spider's own start URLs"],
    [["http://a/", "http://b/"], ["http://a/", "http://a/"], "http://a/ http://b/"],
  ];
  for (const [startUrls, asked, began] of cases) {
    assert.equal(
      messageOf(planOf(found([checkpoint({ startUrls })]), { ...wanted, startUrls: asked })),
      `Cannot resume "news": the paused crawl began with ${began}. ` +
        `Give it the same --start-url, keep the two apart with --project, or discard it. ${startOver}`,
    );
  }
});

Deno.test("a proxy type that differs comes before everything that would refuse the checkpoint for its crawl", () => {
  const saved = found([checkpoint({ proxyType: "auto", startUrls: ["http://a/"] })]);
  assert.equal(planOf(saved, { ...wanted, startUrls: ["http://b/"] }).kind, "fresh");
});

const retry: Wanted = { ...wanted, retryFailed: true };

Deno.test("a retry that was interrupted goes on, whether a retry is asked for or not", () => {
  const both = found([checkpoint({ isRetry: true })]);
  for (const each of [wanted, retry]) assert.deepEqual(planOf(both, each), { kind: "resume", notes: [], found: both });
});

Deno.test("a crawl that is not finished is never put aside for a retry, whatever the proxy type", () => {
  for (const proxyType of ["none", "auto"]) {
    assert.equal(
      messageOf(planOf(found([checkpoint({ proxyType })]), retry)),
      'Cannot retry the failed pages of "news": the crawl after it is not finished. ' +
        "Continue that one first, without --retry-failed, or discard it: trawl checkpoint clear news",
    );
  }
});

Deno.test("a retry through another proxy starts fresh", () => {
  assert.deepEqual(planOf(found([checkpoint({ isRetry: true, proxyType: "auto" })]), retry), {
    kind: "fresh",
    notes: ["The checkpoint was made with --proxy-type auto, this is none: it is cleared, and the retry starts fresh"],
    clear: true,
  });
});

Deno.test("a crawl that fetched no page has left nothing, so it does not keep the one before from being retried", () => {
  assert.deepEqual(planOf(found([checkpoint({ phase: "failed", proxyType: "auto" })]), retry), {
    kind: "fresh",
    notes: [],
    clear: true,
  });
});

Deno.test("what a finished crawl has left is retried, through whichever proxy", () => {
  for (const proxyType of ["none", "residential"]) {
    const kept = checkpoint({ phase: "finished", proxyType });
    assert.deepEqual(retryPlanOf(kept, retry), { kind: "retry", notes: [], kept });
  }
  assert.deepEqual(retryPlanOf(undefined, retry), { kind: "nothing" });
});

Deno.test("a spider that has changed since is told of, and used", () => {
  const plan = retryPlanOf(checkpoint({ code: "c0" }), retry);
  assert.deepEqual(plan.kind === "retry" && plan.notes, [
    "The spider has changed since the checkpoint was made; going on with the new one",
  ]);
});

Deno.test("what was left by another spider or crawl is not retried", () => {
  assert.equal(
    messageOf(retryPlanOf(checkpoint({ spider: "olds" }), retry)),
    'Cannot retry the failed pages of "news": what is kept of the last crawl belongs to the spider "olds" of the project "default"',
  );
  const kept = checkpoint({ startUrls: ["http://a/"] });
  assert.equal(retryPlanOf(kept, { ...retry, startUrls: ["http://a/"] }).kind, "retry");
  assert.equal(
    messageOf(retryPlanOf(kept, { ...retry, startUrls: ["http://b/"] })),
    'Cannot retry the failed pages of "news": the finished crawl began with http://a/. Give it the same --start-url, or none',
  );
});

Deno.test("the start URLs of a crawl that goes on have the logins that it began with, or those given now", () => {
  const known = ["http://me:old@a.com/", "http://b.com/"];
  assert.deepEqual(startUrlsOf([], known), known);
  assert.deepEqual(startUrlsOf(["http://b.com/", "http://a.com/"], known), ["http://b.com/", "http://me:old@a.com/"]);
  assert.deepEqual(startUrlsOf(["http://me:new@a.com/", "http://b.com/"], known), [
    "http://me:new@a.com/",
    "http://b.com/",
  ]);
  assert.deepEqual(startUrlsOf(["http://c.com/"], []), ["http://c.com/"]);
});
