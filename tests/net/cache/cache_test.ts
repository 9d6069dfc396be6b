import assert from "node:assert/strict";
import { localDisk } from "../../../lib/disk/local.ts";
import { pack, unpack } from "../../../lib/disk/pack.ts";
import { headerSize, seal } from "../../../lib/disk/records.ts";
import type { Outcome } from "../../../lib/model/outcome.ts";
import type { Response as Answer } from "../../../lib/model/response.ts";
import { Cache, type CacheOptions } from "../../../lib/net/cache/cache.ts";
import { CacheFiles } from "../../../lib/net/cache/cache_files.ts";
import { cacheKey } from "../../../lib/net/cache/cache_rules.ts";
import { type Downloadable, Downloader } from "../../../lib/net/download.ts";
import { ManualClock } from "../../../lib/time/clock.ts";
import { FaultyDisk } from "../../disk/faulty_disk.ts";
import { answer, RawServer } from "../raw_server.ts";

const folder = "/cache";
const hour = 3_600_000;

/** A server that answers as it is told, and remembers what it was asked. */
class Site implements AsyncDisposable {
  handler: (request: Request) => Response | Promise<Response> = () => new Response("page");
  readonly asked: { readonly path: string; readonly headers: Headers }[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { pathname, search } = new URL(request.url);
      this.asked.push({ path: pathname + search, headers: request.headers });
      return this.handler(request);
    });
  }

  url(path = ""): string {
    return `http://127.0.0.1:${this.#server.addr.port}/${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

interface World {
  readonly site: Site;
  readonly disk: FaultyDisk;
  readonly clock: ManualClock;
  readonly warnings: string[];
  /** Opens a cache in the folder, as another process would. */
  readonly open: (options?: Partial<CacheOptions>, disk?: FaultyDisk) => Promise<Cache>;
}

/** A test with a site, a disk and a clock; the clock's time is that of the entries. */
function test(name: string, work: (world: World) => Promise<void>): void {
  Deno.test(name, async () => {
    await using site = new Site();
    const disk = new FaultyDisk(), clock = new ManualClock(1_795_253_400_000), warnings: string[] = [];
    const caches: Cache[] = [];
    try {
      await work({
        site,
        disk,
        clock,
        warnings,
        open: async (options = {}, on = disk) => {
          const cache = new Cache({
            files: await CacheFiles.open({ disk: on, folder, clock }),
            network: new Downloader({ userAgent: "test/1" }),
            clock,
            warn: (message) => warnings.push(message),
            ...options,
          });
          caches.push(cache);
          return cache;
        },
      });
      assert.equal(disk.opened, 0, "no file is left open");
    } finally {
      for (const cache of caches) cache.close();
    }
  });
}

function get(url: string, more: Partial<Downloadable> = {}): Downloadable {
  return { url, method: "GET", headers: {}, body: undefined, ...more };
}

function pageOf({ response, failure }: Outcome): Answer {
  assert.ok(response !== undefined, failure?.message);
  return response;
}

const text = (page: Answer) => new TextDecoder().decode(page.body);

/** The files of the answers. */
function entries(disk: FaultyDisk): string[] {
  return disk.list(folder).filter((name) => name !== "temporary")
    .flatMap((name) => disk.list(`${folder}/${name}`).map((file) => `${folder}/${name}/${file}`));
}

/** A clock at another time; the caches of one test share files and not the time. */
function later(clock: ManualClock, ms: number): ManualClock {
  return new ManualClock(clock.wall() + ms);
}

test("a page is asked for once, and answered from the disk from then on", async ({ site, open }) => {
  site.handler = () => new Response("Grüße", { status: 203, headers: { "x-a": "b", "content-type": "text/html" } });
  const cache = await open();
  const first = pageOf(await cache.download(get(site.url("a"))));
  assert.deepEqual([first.cached, first.storedAt], [undefined, undefined]);
  for (const again of [cache, await open()]) {
    const page = pageOf(await again.download(get(site.url("a"))));
    assert.deepEqual([page.url, page.status, text(page)], [site.url("a"), 203, "Grüße"]);
    assert.deepEqual([...page.headers], [...first.headers]);
    assert.deepEqual([page.cached, page.storedAt, page.latency], [true, 1_795_253_400_000, first.latency]);
  }
  assert.equal(site.asked.length, 1);
});

test("an answer without a body, a binary one and a compressed one come back as they were", async ({ site, open }) => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, at) => at * 31 + (at >> 8));
  site.handler = ({ url }) => {
    if (url.endsWith("/none")) return new Response(null, { status: 204 });
    const stream = new Blob([bytes]).stream();
    return url.endsWith("/gzip")
      ? new Response(stream.pipeThrough(new CompressionStream("gzip")), { headers: { "content-encoding": "gzip" } })
      : new Response(stream);
  };
  const cache = await open();
  for (const path of ["none", "binary", "gzip"]) {
    await cache.download(get(site.url(path)));
    const page = pageOf(await cache.download(get(site.url(path))));
    assert.equal(page.cached, true);
    assert.deepEqual(page.body, path === "none" ? new Uint8Array() : bytes);
  }
  assert.equal(site.asked.length, 3);
});

test("cookies that an answer set are in the answer from the disk, each on its own line", async ({ site, open }) => {
  site.handler = () => {
    const headers = new Headers();
    headers.append("set-cookie", "a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT");
    headers.append("set-cookie", "b=2");
    return new Response("", { headers });
  };
  const cache = await open();
  await cache.download(get(site.url()));
  const page = pageOf(await cache.download(get(site.url())));
  assert.equal(page.cached, true);
  assert.deepEqual(page.headers.getSetCookie(), ["a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT", "b=2"]);
});

for (const status of [200, 201, 203, 204, 299, 301, 302, 303, 307, 308]) {
  test(`an answer with status ${status} is stored`, async ({ site, open }) => {
    site.handler = () => new Response(null, { status, headers: { location: "/b" } });
    const cache = await open();
    await cache.download(get(site.url()));
    const page = pageOf(await cache.download(get(site.url())));
    assert.deepEqual([page.cached, page.status, page.headers.get("location")], [true, status, "/b"]);
  });
}

for (const status of [206, 300, 304, 400, 401, 403, 404, 410, 429, 451, 500, 502, 503, 504]) {
  test(`an answer with status ${status} is never stored`, async ({ site, disk, open }) => {
    site.handler = () => new Response(null, { status, headers: { location: "/b" } });
    const cache = await open();
    await cache.download(get(site.url()));
    assert.equal(pageOf(await cache.download(get(site.url()))).cached, undefined);
    assert.deepEqual([site.asked.length, entries(disk)], [2, []]);
  });
}

test("a redirect to nowhere is not stored", async ({ site, disk, open }) => {
  site.handler = () => new Response(null, { status: 302 });
  await (await open()).download(get(site.url()));
  assert.deepEqual(entries(disk), []);
});

test("a page that is a refusal in disguise is not stored", async ({ site, disk, open }) => {
  site.handler = ({ url }) => new Response(url.endsWith("/a") ? "Just a moment..." : "page");
  const cache = await open({ isBlock: (page) => text(page).startsWith("Just a moment") });
  await cache.download(get(site.url("a")));
  assert.deepEqual(entries(disk), []);
  await cache.download(get(site.url("b")));
  assert.equal(entries(disk).length, 1);
});

test("a body that is cut short is a failure, and nothing is stored", async ({ disk, open }) => {
  await using server = new RawServer(answer(["Content-Length: 100"], "half"));
  const { failure } = await (await open()).download(get(server.url));
  assert.equal(failure?.kind, "cut-short");
  assert.deepEqual(entries(disk), []);
});

test("a server that is not there is a failure, and what is stored goes on counting", async ({ site, open }) => {
  const cache = await open();
  const [known, unknown] = [site.url("known"), site.url("unknown")];
  await cache.download(get(known));
  await site[Symbol.asyncDispose]();
  assert.ok((await cache.download(get(unknown))).failure !== undefined);
  assert.equal(text(pageOf(await cache.download(get(known)))), "page");
});

for (const [status, cached] of [[404, true], [410, true], [403, undefined], [503, undefined]] as const) {
  test(`a robots.txt with status ${status} is ${cached ? "stored: there is none" : "not stored"}`, async ({ site, open }) => {
    site.handler = () => new Response("", { status });
    const cache = await open();
    await cache.download(get(site.url("robots.txt")));
    const page = pageOf(await cache.download(get(site.url("robots.txt"))));
    assert.deepEqual([page.cached, page.status], [cached, status]);
  });
}

for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
  test(`a ${method} always goes to the server`, async ({ site, disk, open }) => {
    const cache = await open();
    for (let at = 0; at < 2; at++) await cache.download(get(site.url(), { method }));
    assert.deepEqual([site.asked.length, entries(disk)], [2, []]);
  });
}

test("a HEAD is not the answer to a GET, nor the other way round", async ({ site, open }) => {
  const cache = await open();
  assert.equal(text(pageOf(await cache.download(get(site.url(), { method: "HEAD" })))), "");
  assert.equal(text(pageOf(await cache.download(get(site.url())))), "page");
  assert.equal(text(pageOf(await cache.download(get(site.url(), { method: "HEAD" })))), "");
  assert.equal(site.asked.length, 2);
});

const spelled: readonly (readonly [what: string, a: Partial<Downloadable>, b: Partial<Downloadable>, same: boolean])[] =
  [
    ["the order of a query", { url: "http://a.example/?b=2&a=1" }, { url: "http://a.example/?a=1&b=2" }, true],
    ["a page", { url: "http://a.example/1" }, { url: "http://a.example/2" }, false],
    ["a body", { body: "a" }, { body: "b" }, false],
    ["a body as text or as bytes", { body: "a" }, { body: new Uint8Array([97]) }, true],
    ["the case of a header", { headers: { "X-A": "1" } }, { headers: { "x-a": "1" } }, true],
    ["the order of headers", { headers: { a: "1", b: "2" } }, { headers: { b: "2", a: "1" } }, true],
    ["a header of the spider", { headers: { accept: "application/json" } }, {}, false],
    ["Authorization", { headers: { authorization: "Bearer a" } }, { headers: { authorization: "Bearer b" } }, false],
    ["a cookie of the spider", { headers: { cookie: "a=1" } }, {}, false],
    ["a cookie of the jar", { headers: { cookie: "from=jar" } }, {}, true],
    ["a jar", { jar: "a" }, { jar: "b" }, false],
    ["a cookie that is given", { cookies: { a: "1" } }, { cookies: { a: "2" } }, false],
    [
      "the order of cookies",
      { cookies: { a: "1", b: { value: "2" } } },
      { cookies: { b: { value: "2" }, a: "1" } },
      true,
    ],
    ["that no cookie is wanted", { cookies: false }, {}, false],
    ["what is as it always is", { jar: "", cookies: {}, redirects: [] }, {}, true],
    ["where the link was", { headers: { Referer: "http://a.example/1" } }, {}, true],
    ["a redirect that comes from elsewhere", { redirects: ["http://b.example/"] }, {}, true],
    ["a redirect that comes back", { redirects: ["http://a.example", "http://a.example/login"] }, {}, false],
  ];
for (const [what, a, b, same] of spelled) {
  Deno.test(`cacheKey() ${same ? "passes over" : "heeds"} ${what}`, () => {
    const [one, other] = [a, b].map((more) => cacheKey(get("http://a.example/", more), { jarCookie: "from=jar" }));
    assert.match(one ?? "", /^[0-9a-f]{64}$/);
    assert.equal(one === other, same);
  });
}

const past: readonly (readonly [name: string, value: string])[] = [
  ["If-None-Match", '"mine"'],
  ["if-modified-since", "Sat, 21 Nov 2026 00:00:00 GMT"],
  ["If-Match", "*"],
  ["Range", "bytes=0-9"],
  ["Cache-Control", "max-age=0, no-cache"],
  ["cache-control", "no-store"],
];
for (const [name, value] of past) {
  test(`a request with its own ${name}: ${value} goes past the cache as it is`, async ({ site, disk, open }) => {
    const cache = await open();
    await cache.download(get(site.url()));
    const [known] = entries(disk);
    site.handler = (request) => new Response("changed", { status: request.headers.has("if-none-match") ? 206 : 200 });
    const page = pageOf(await cache.download(get(site.url(), { headers: { [name]: value } })));
    assert.deepEqual([page.cached, text(page)], [undefined, "changed"]);
    assert.equal(site.asked[1]!.headers.get(name), value);
    assert.deepEqual(entries(disk), [known]);
    assert.equal(text(pageOf(await cache.download(get(site.url())))), "page", "what is stored stays");
  });
}

test("a 304 to a spider's own condition comes through as a 304", async ({ site, open }) => {
  site.handler = () => new Response(null, { status: 304 });
  const page = pageOf(await (await open()).download(get(site.url(), { headers: { "if-none-match": '"mine"' } })));
  assert.deepEqual([page.status, page.body.length], [304, 0]);
});

test("an answer of which a part was enough is not the answer where the whole is wanted", async ({ site, open }) => {
  site.handler = () => new Response("x".repeat(300_000));
  const cache = await open();
  const lengthOf = async (atMost?: number) => {
    const page = pageOf(await cache.download(get(site.url()), atMost === undefined ? {} : { atMost }));
    return [page.cached, page.body.length];
  };
  assert.deepEqual(await lengthOf(1000), [undefined, 1000]);
  assert.deepEqual(await lengthOf(), [undefined, 300_000]);
  assert.deepEqual(await lengthOf(1000), [true, 1000]);
  assert.deepEqual(await lengthOf(), [true, 300_000]);
});

test("a redirect that sets a cookie and comes back does not go round, on the network or from the disk", async ({ site, open }) => {
  site.handler = ({ headers }) =>
    headers.get("cookie") === "seen=1"
      ? new Response("in")
      : new Response(null, { status: 302, headers: { location: "/", "set-cookie": "seen=1" } });
  for (const cached of [undefined, true] as const) {
    const jar: { cookie?: string } = {};
    const cache = await open({ jarCookie: () => jar.cookie });
    const first = pageOf(await cache.download(get(site.url(), { redirects: [] })));
    assert.deepEqual([first.status, first.cached], [302, cached]);
    jar.cookie = first.headers.getSetCookie()[0]!;
    const second = get(site.url(), { headers: { cookie: jar.cookie }, redirects: [site.url()] });
    const page = pageOf(await cache.download(second));
    assert.deepEqual([text(page), page.cached], ["in", cached]);
  }
  assert.equal(site.asked.length, 2);
});

test("an answer counts for ever where no age is given", async ({ site, clock, open }) => {
  await (await open()).download(get(site.url()));
  const cache = await open({ clock: later(clock, 10_000 * hour) });
  assert.equal(pageOf(await cache.download(get(site.url()))).cached, true);
});

test("an answer that is too old is asked about with its ETag and its date, and a 304 makes it young", async ({ site, clock, open }) => {
  const date = "Sat, 21 Nov 2026 00:00:00 GMT";
  site.handler = ({ headers }) =>
    headers.get("if-none-match") === 'W/"v1"' && headers.get("if-modified-since") === date
      ? new Response(null, {
        status: 304,
        headers: { "x-seen": "again", "set-cookie": "new=1", "content-type": "x/y" },
      })
      : new Response("page", {
        headers: { etag: 'W/"v1"', "last-modified": date, "x-seen": "once", "x-old": "kept", "set-cookie": "old=1" },
      });
  await (await open()).download(get(site.url()));
  const young = await open({ maxAge: 3600, clock: later(clock, hour) });
  assert.equal(pageOf(await young.download(get(site.url()))).cached, true, "exactly as old as it may be");
  const old = await open({ maxAge: 3600, clock: later(clock, hour + 1) });
  const page = pageOf(await old.download(get(site.url(), { headers: { "x-own": "1" } })));
  assert.equal(page.status, 200);
  assert.equal(site.asked.length, 2, "another header is another entry");
  const renewed = pageOf(await old.download(get(site.url())));
  assert.deepEqual([renewed.status, text(renewed), renewed.cached], [200, "page", undefined]);
  assert.equal(renewed.storedAt, 1_795_253_400_000);
  assert.equal(site.asked.length, 3);
  const { headers } = renewed;
  assert.deepEqual(["x-seen", "x-old", "content-type", "etag"].map((name) => headers.get(name)), [
    "again",
    "kept",
    "text/plain;charset=UTF-8",
    'W/"v1"',
  ]);
  assert.deepEqual(headers.getSetCookie(), ["new=1"]);
  const again = await open({ maxAge: 3600, clock: later(clock, 2 * hour) });
  const stored = pageOf(await again.download(get(site.url())));
  assert.deepEqual([stored.cached, stored.headers.get("x-seen"), text(stored)], [true, "again", "page"]);
});

test("an answer whose 304 sets no cookie does not set again what it set then", async ({ site, clock, open }) => {
  site.handler = ({ headers }) =>
    headers.has("if-none-match")
      ? new Response(null, { status: 304 })
      : new Response("page", { headers: { etag: '"v1"', "set-cookie": "session=old" } });
  await (await open()).download(get(site.url()));
  const old = await open({ maxAge: 0, clock: later(clock, 1) });
  assert.deepEqual(pageOf(await old.download(get(site.url()))).headers.getSetCookie(), []);
  const stored = pageOf(await (await open()).download(get(site.url())));
  assert.deepEqual(stored.headers.getSetCookie(), ["session=old"], "the answer from the disk is whole");
});

test("an answer that is too old and has changed is replaced", async ({ site, clock, open }) => {
  let version = 1;
  site.handler = () => new Response(`version ${version}`, { headers: { etag: `"v${version}"` } });
  await (await open()).download(get(site.url()));
  version = 2;
  const old = await open({ maxAge: 60, clock: later(clock, hour) });
  assert.equal(text(pageOf(await old.download(get(site.url())))), "version 2");
  assert.equal(site.asked[1]!.headers.get("if-none-match"), '"v1"');
  assert.equal(text(pageOf(await (await open()).download(get(site.url())))), "version 2");
  assert.equal(site.asked.length, 2);
});

test("an answer that is too old and has nothing to ask about it with is asked for plainly", async ({ site, clock, open }) => {
  await (await open()).download(get(site.url()));
  const old = await open({ maxAge: 60, clock: later(clock, hour) });
  assert.equal(pageOf(await old.download(get(site.url()))).cached, undefined);
  const { headers } = site.asked[1]!;
  assert.deepEqual([headers.get("if-none-match"), headers.get("if-modified-since")], [null, null]);
});

test("an error in answer to a question after age is the answer, and does not touch what is stored", async ({ site, clock, open }) => {
  await (await open()).download(get(site.url()));
  site.handler = () => new Response("down", { status: 503 });
  const old = await open({ maxAge: 60, clock: later(clock, hour) });
  assert.equal(pageOf(await old.download(get(site.url()))).status, 503);
  const url = site.url();
  await site[Symbol.asyncDispose]();
  assert.ok((await old.download(get(url))).failure !== undefined, "a failure is a failure");
  assert.equal(text(pageOf(await (await open()).download(get(url)))), "page");
});

test("a robots.txt is asked for again after a day, and counts on when the site cannot say", async ({ site, clock, open }) => {
  const url = site.url("robots.txt");
  site.handler = () => new Response("User-agent: *");
  await (await open()).download(get(url));
  const soon = await open({ clock: later(clock, 24 * hour) });
  assert.equal(pageOf(await soon.download(get(url))).cached, true);
  assert.equal(site.asked.length, 1);
  const late = await open({ clock: later(clock, 25 * hour) });
  site.handler = () => new Response("down", { status: 500 });
  assert.equal(text(pageOf(await late.download(get(url)))), "User-agent: *");
  assert.equal(site.asked.length, 2);
  site.handler = () => new Response("User-agent: new");
  assert.equal(text(pageOf(await late.download(get(url)))), "User-agent: new");
  await site[Symbol.asyncDispose]();
  const later2 = await open({ clock: later(clock, 100 * hour) });
  assert.equal(text(pageOf(await later2.download(get(url)))), "User-agent: new");
});

test("a damaged entry is no answer: it is told, asked for and replaced", async ({ site, disk, open, warnings }) => {
  await (await open()).download(get(site.url()));
  const [path] = entries(disk);
  const whole = disk.read(path!)!;
  const damages: Uint8Array[] = [];
  for (let length = 0; length < whole.length; length++) damages.push(whole.subarray(0, length));
  for (let at = 0; at < whole.length; at++) damages.push(whole.map((byte, index) => index === at ? byte ^ 4 : byte));
  const cache = await open();
  for (const [at, damaged] of damages.entries()) {
    disk.put(path!, damaged);
    const page = pageOf(await cache.download(get(site.url())));
    assert.deepEqual([page.cached, text(page), site.asked.length], [undefined, "page", at + 2]);
    assert.match(warnings.at(-1)!, /^it is not answered from the cache: \/cache\/.* is damaged at byte 0: /);
    assert.equal(pageOf(await cache.download(get(site.url()))).cached, true, "it has been replaced");
  }
  assert.equal(warnings.length, damages.length);
});

test("the entry of another request, or of something else, is no answer", async ({ site, disk, open, warnings }) => {
  const cache = await open();
  await cache.download(get(site.url("a")));
  const [a] = entries(disk);
  await cache.download(get(site.url("b")));
  const b = entries(disk).find((path) => path !== a)!;
  disk.put(b, disk.read(a!));
  assert.equal(pageOf(await cache.download(get(site.url("b")))).cached, undefined);
  assert.match(warnings.join(), /the entry of another request/);
});

test("a file of another program is told and replaced, an entry of another version is replaced without a word", async ({ site, disk, open, warnings }) => {
  const cache = await open();
  await cache.download(get(site.url()));
  const [path] = entries(disk);
  const [mark, , key, entry] = unpack(disk.read(path!)!.subarray(headerSize)) as unknown[];
  for (const [content, told] of [[[mark, 2, key, entry], 0], [["another", 1, key, entry], 1], [{}, 2]] as const) {
    const payload = pack(content);
    const file = new Uint8Array(headerSize + payload.length);
    file.set(payload, headerSize);
    seal(file, 0, payload.length);
    disk.put(path!, file);
    assert.equal(pageOf(await cache.download(get(site.url()))).cached, undefined);
    assert.equal(warnings.length, told);
    assert.equal(pageOf(await cache.download(get(site.url()))).cached, true);
  }
  assert.match(warnings[0]!, /it is no entry of a cache/);
});

test("a process that is killed while it stores leaves a whole entry or none", async ({ site, disk, open }) => {
  const url = site.url();
  for (let changes = 0;; changes++) {
    const dying = new FaultyDisk();
    const cache = await open({}, dying);
    dying.stopAfter(changes);
    const stored = await cache.download(get(url)).then(() => true, ({ name }) => {
      assert.equal(name, "PowerLoss");
      return false;
    });
    for (const found of [dying.kill(), dying.crash(Math.random)]) {
      const asked = site.asked.length;
      const page = pageOf(await (await open({}, found)).download(get(url)));
      assert.equal(text(page), "page");
      assert.equal(site.asked.length - asked, page.cached === true ? 0 : 1);
    }
    if (stored) break;
    assert.ok(changes < 20);
  }
  assert.equal(disk.opened, 0);
});

test("what a killed process left is removed after an hour", async ({ disk, clock, open }) => {
  const left = `${folder}/temporary/${clock.wall()}-left`;
  disk.put(left, "half");
  await open();
  assert.equal(disk.text(left), "half", "it may be another process's");
  await CacheFiles.open({ disk, folder, clock: later(clock, hour + 1) });
  assert.equal(disk.text(left), undefined);
});

test("a disk that takes nothing more costs a warning and no page", async ({ site, disk, open, warnings }) => {
  const cache = await open();
  await cache.download(get(site.url("a")));
  disk.failWhen(({ name }) => name === "write" ? "ENOSPC" : undefined);
  for (const path of ["b", "c"]) assert.equal(text(pageOf(await cache.download(get(site.url(path))))), "page");
  assert.equal(pageOf(await cache.download(get(site.url("a")))).cached, true);
  disk.failWhen(() => undefined);
  const before = entries(disk).length;
  await cache.download(get(site.url("d")));
  assert.equal(entries(disk).length, before, "it is not tried again");
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^nothing more is stored in the cache: Cannot write to .*: no space left on device$/);
});

test("an entry that cannot be read costs a warning and a request", async ({ site, disk, open, warnings }) => {
  const cache = await open();
  await cache.download(get(site.url()));
  disk.failWhen(({ name }) => name === "load" ? "EIO" : undefined);
  assert.equal(pageOf(await cache.download(get(site.url()))).cached, undefined);
  assert.match(warnings[0]!, /^it is not answered from the cache: Cannot read .*: input\/output error$/);
});

test("a folder that cannot be written to is an error at once", async ({ disk, open }) => {
  disk.put("/cache", "in the way");
  await assert.rejects(open(), { name: "DiskError" });
});

test("an abort is an abort, whether the answer is on the disk or not", async ({ site, open }) => {
  const cache = await open();
  await cache.download(get(site.url("a")));
  for (const path of ["a", "b"]) {
    const reason = new Error("no more");
    await assert.rejects(cache.download(get(site.url(path)), { signal: AbortSignal.abort(reason) }), reason);
    const late = new AbortController();
    const running = cache.download(get(site.url(path)), { signal: late.signal });
    late.abort(reason);
    await assert.rejects(running, reason);
  }
});

test("before the network is asked, it is told which hosts of the user's own the disk has answered for", async ({ site, open }) => {
  await (await open()).download(get(site.url("start")));
  const order: string[] = [];
  const telling = Promise.withResolvers<void>();
  const cache = await open({
    network: {
      download: ({ url }) => {
        order.push(`asks ${url}`);
        return Promise.resolve({ failure: { kind: "connect", message: "" } });
      },
      close() {},
    },
    trust: async (url) => {
      order.push(`hears of ${url}`);
      await telling.promise;
      order.push("has heard");
      throw new Error("no such host");
    },
  });
  assert.equal(pageOf(await cache.download(get(site.url("start")), { trusted: true })).cached, true);
  assert.equal(pageOf(await cache.download(get(site.url("start")))).cached, true);
  assert.deepEqual(order, [], "while the disk answers, nobody is looked up");
  const both = Promise.all(["a", "b"].map((path) => cache.download(get(site.url(path)))));
  while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  telling.resolve();
  await both;
  await cache.download(get(site.url("c")));
  assert.deepEqual(order, [
    `hears of ${site.url("start")}`,
    "has heard",
    ...["a", "b", "c"].map((path) => `asks ${site.url(path)}`),
  ]);
});

test("other work goes on between answers that all come from the disk", async ({ site, clock, open }) => {
  const real = await Deno.makeTempDir({ prefix: "trawl-cache-" });
  try {
    const cache = await open({ files: await CacheFiles.open({ disk: localDisk, folder: `${real}/a/b`, clock }) });
    await cache.download(get(site.url()));
    let others = 0;
    const timer = setInterval(() => others += 1, 0);
    try {
      for (let at = 0; at < 10_000 && others === 0; at++) {
        assert.equal(pageOf(await cache.download(get(site.url()))).cached, true);
      }
    } finally {
      clearInterval(timer);
    }
    assert.ok(others > 0);
  } finally {
    await Deno.remove(real, { recursive: true });
  }
});

test("nobody else may look into what is stored, whoever made the folder", async ({ site, clock, open }) => {
  if (Deno.build.os === "windows") return;
  const real = await Deno.makeTempDir({ prefix: "trawl-cache-" });
  try {
    Deno.mkdirSync(`${real}/there`, { mode: 0o755 });
    for (const [folder, mode] of [[`${real}/there`, 0o755], [`${real}/new`, 0o700]] as const) {
      const cache = await open({ files: await CacheFiles.open({ disk: localDisk, folder, clock }) });
      await cache.download(get(site.url()));
      const below = localDisk.list(folder);
      assert.equal(below.length, 2);
      for (const name of below) assert.equal(Deno.statSync(`${folder}/${name}`).mode! & 0o777, 0o700);
      assert.equal(Deno.statSync(folder).mode! & 0o777, mode);
    }
  } finally {
    await Deno.remove(real, { recursive: true });
  }
});
