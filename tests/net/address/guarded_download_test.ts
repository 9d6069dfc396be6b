/**
 * What the guard comes to on the wire. A loopback server stands for the public one: addresses of that kind are
 * permitted, and names that no resolver knows resolve to them.
 */

import assert from "node:assert/strict";
import { createRequest } from "../../../lib/model/request.ts";
import { Downloader } from "../../../lib/net/download.ts";
import { AddressGuard } from "../../../lib/net/address/guard.ts";
import type { Lookup } from "../../../lib/net/address/lookup.ts";
import { redirectOf } from "../../../lib/net/follow/redirect.ts";
import { ManualClock } from "../../../lib/time/clock.ts";
import { failureOf, once, textOf } from "../one_download.ts";

const here: Lookup = () => Promise.resolve(["127.0.0.1"]);

function guardOf(lookup: Lookup, more: { clock?: ManualClock; permitted?: readonly string[] } = {}): AddressGuard {
  return new AddressGuard({ permitted: ["loopback"], ...more, lookup });
}

/** A server on a loopback address that knows who was asked for. */
async function serving(test: (port: number, asked: string[]) => Promise<void>, hostname = "127.0.0.1"): Promise<void> {
  const asked: string[] = [];
  await using server = Deno.serve({ hostname, port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.headers.get("host")}${pathname}`);
    return pathname.startsWith("/to/")
      ? new Response(null, { status: 302, headers: { location: decodeURIComponent(pathname.slice(4)) } })
      : new Response("hello");
  });
  await test(server.addr.port, asked);
}

Deno.test("download() connects to the address that was checked, and asks it for the name", async () => {
  await serving(async (port, asked) => {
    const outcome = await once(`http://site.test:${port}/a?b=c`, { guard: guardOf(here) });
    assert.equal(textOf(outcome), "hello");
    assert.equal(outcome.response?.url, `http://site.test:${port}/a?b=c`);
    assert.deepEqual(asked, [`site.test:${port}/a`]);
  });
});

Deno.test("download() sends the spider's own host header", async () => {
  await serving(async (port, asked) => {
    await once(`http://site.test:${port}/`, { guard: guardOf(here) }, { headers: { Host: "other.test" } });
    await once(`http://127.0.0.1:${port}/`, {}, { headers: { Host: "third.test" } });
    assert.deepEqual(asked, ["other.test/", "third.test/"]);
  });
});

Deno.test("download() tries the next address of a name where one takes no connection", async () => {
  const guard = guardOf(() => Promise.resolve(["127.0.0.2", "127.0.0.3"]));
  await serving(async (port) => {
    assert.equal(textOf(await once(`http://site.test:${port}/`, { guard })), "hello");
  }, "127.0.0.3");
});

Deno.test("download() says that a name refused the connection when all its addresses did", async () => {
  const guard = guardOf(() => Promise.resolve(["127.0.0.2", "127.0.0.3"]));
  await serving(async (port, asked) => {
    assert.deepEqual(failureOf(await once(`http://site.test:${port}/`, { guard })), {
      kind: "connect",
      message: `site.test:${port} refused the connection`,
    });
    assert.deepEqual(asked, []);
  });
});

Deno.test("download() does not follow a name to another address than the one that was checked", async () => {
  const clock = new ManualClock();
  const answers = [["127.0.0.1"], ["10.0.0.5"]];
  let lookups = 0;
  const guard = guardOf(() => Promise.resolve(answers[Math.min(lookups++, 1)]!), { clock });
  await serving(async (port, asked) => {
    const url = `http://rebinding.test:${port}/`;
    assert.equal(textOf(await once(url, { guard })), "hello");
    assert.equal(textOf(await once(url, { guard })), "hello");
    assert.equal(lookups, 1);
    clock.advance(60_000);
    assert.equal(
      failureOf(await once(url, { guard })).message,
      `rebinding.test:${port} has the private address 10.0.0.5: pages may lead there only with --allow-private`,
    );
    assert.equal(asked.length, 2);
  });
});

Deno.test("download() refuses what a redirect leads to, however it is spelt", async () => {
  const guard = guardOf((name) => Promise.resolve([name === "inside.test" ? "10.0.0.5" : "127.0.0.1"]));
  await serving(async (port) => {
    using downloader = new Downloader({ userAgent: "test/1", guard });
    const places = ["http://10.0.0.1/", "//0xa000001/", "http://inside.test/", "http://[::ffff:169.254.169.254]/"];
    for (const place of places) {
      const first = createRequest(`http://site.test:${port}/to/${encodeURIComponent(place)}`);
      const { response } = await downloader.download(first);
      const next = redirectOf(first, response!)?.request;
      assert.ok(next !== undefined, place);
      const { kind, final } = failureOf(await downloader.download(next));
      assert.deepEqual([kind, final], ["address", true], place);
    }
  });
});

Deno.test("download() asks where the user wants it to", async () => {
  await serving(async (port) => {
    const guard = guardOf(here, { permitted: [] });
    assert.equal(failureOf(await once(`http://127.0.0.1:${port}/`, { guard })).kind, "address");
    assert.equal(textOf(await once(`http://127.0.0.1:${port}/`, { guard }, { trusted: true })), "hello");
    assert.equal(textOf(await once(`http://127.0.0.1:${port}/`, { guard })), "hello");
    assert.equal(textOf(await once(`http://127.0.0.1:${port}/`, {})), "hello");
  });
});

Deno.test("download() does not even connect to a private https server", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const guard = guardOf(here, { permitted: [] });
  assert.equal(failureOf(await once(`https://site.test:${port}/`, { guard })).kind, "address");
  const connected = await Promise.race([
    listener.accept().then((connection) => connection.close()).then(() => true, () => false),
    new Promise((resolve) => setTimeout(resolve, 50, false)),
  ]);
  assert.equal(connected, false);
});

Deno.test("download() judges behind a proxy what is an address, and looks no name up", async () => {
  const guard = guardOf(() => assert.fail("looked up"), { permitted: [] });
  await serving(async (port, asked) => {
    const proxy = { name: "mine", url: `http://127.0.0.1:${port}/` };
    assert.equal(textOf(await once("http://site.test/a", { guard }, { proxy })), "hello");
    assert.equal(failureOf(await once("http://10.0.0.1/", { guard }, { proxy })).kind, "address");
    assert.equal(failureOf(await once("http://localhost/", { guard }, { proxy })).kind, "address");
    assert.deepEqual(asked, ["site.test/a"]);
  });
});

Deno.test("download() says that there is no such host, or that nobody can be asked for it", async () => {
  const fails = (code: string): Lookup => () => Promise.reject(new Error(`getaddrinfo ${code} site.test`));
  assert.deepEqual(failureOf(await once("http://site.test/", { guard: guardOf(fails("EAI_AGAIN")) })), {
    kind: "dns",
    message: "Cannot look up the address of site.test: getaddrinfo EAI_AGAIN site.test",
  });
  // Elsewhere than on Linux it may mean the other.
  if (Deno.build.os !== "linux") return;
  assert.deepEqual(failureOf(await once("https://site.test/", { guard: guardOf(fails("ENOTFOUND")) })), {
    kind: "dns",
    message: "No host is named site.test",
    final: true,
  });
});

Deno.test("the system's resolver says what the guard understands", async () => {
  const failure = failureOf(await once("http://no-such-host.invalid/", { guard: new AddressGuard() }));
  assert.equal(failure.kind, "dns");
  assert.match(
    failureOf(await once("http://[::1]:1234/", { guard: new AddressGuard() })).message,
    /^\[::1\]:1234 is a loopback address/,
  );
});

Deno.test("download() gives up on a resolver that does not answer in time", async () => {
  const clock = new ManualClock();
  const guard = guardOf(() => new Promise(() => {}));
  const outcome = once("http://site.test/", { guard, clock, connectTimeout: 20 });
  clock.advance(20_000);
  assert.deepEqual(failureOf(await outcome), { kind: "timeout", message: "site.test sent no answer within 20 s" });
});

Deno.test("download() rejects with the signal's reason while a name is looked up", async () => {
  const stop = new AbortController();
  const outcome = once("http://site.test/", { guard: guardOf(() => new Promise(() => {})) }, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(outcome, /^Error: enough$/);
});

Deno.test("download() opens nothing but http and https", async () => {
  const blob = URL.createObjectURL(new Blob(["secret"]));
  for (
    const url of ["file:///etc/hostname", "data:text/plain,a", "ftp://a.test/", "javascript:1", blob, "about:blank"]
  ) {
    for (const how of [{}, { trusted: true }]) {
      assert.deepEqual(failureOf(await once(url, {}, how)), {
        kind: "address",
        message: `Cannot ask "${url}": only http and https are opened`,
        final: true,
      });
    }
  }
  URL.revokeObjectURL(blob);
});
