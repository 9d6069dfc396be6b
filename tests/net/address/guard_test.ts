import assert from "node:assert/strict";
import { AddressGuard, type Circumstances, type Verdict } from "../../../lib/net/address/guard.ts";
import { ManualClock } from "../../../lib/time/clock.ts";

/** A resolver that answers from a table, and knows how often it was asked for each name. */
class Names {
  readonly asked: string[] = [];
  readonly table: Record<string, readonly string[]>;

  constructor(table: Record<string, readonly string[]>) {
    this.table = table;
  }

  readonly lookup = (name: string): Promise<readonly string[]> => {
    this.asked.push(name);
    const addresses = this.table[name];
    return addresses === undefined
      ? Promise.reject(new Error(`getaddrinfo ENOTFOUND ${name}`))
      : Promise.resolve(addresses);
  };
}

const table = {
  "public.test": ["93.184.216.34"],
  "six.test": ["2606:4700::1111", "93.184.216.34", "2606:4700::1112"],
  "inside.test": ["10.0.0.5"],
  "both.test": ["10.0.0.5", "127.0.0.1"],
  "mixed.test": ["10.0.0.1", "127.0.0.1", "93.184.216.34", "169.254.169.254", "2606:4700::1111", "fe80::1"],
  "cloud.test": ["169.254.169.254"],
  "mapped.test": ["::ffff:127.0.0.1"],
  "localhost": ["127.0.0.1"],
  "a.localhos": ["93.184.216.34"],
  "db.internal": ["10.0.0.6"],
};

function guardOf(
  more: { permitted?: readonly string[]; clock?: ManualClock } = {},
): { guard: AddressGuard; names: Names } {
  const names = new Names({ ...table });
  return { guard: new AddressGuard({ clock: new ManualClock(), ...more, lookup: names.lookup }), names };
}

/** What is wrong, or the addresses. */
async function judged(guard: AddressGuard, url: string, how?: Circumstances): Promise<string | readonly string[]> {
  const { failure, addresses } = await guard.check(url, how) as Verdict & { addresses?: readonly string[] };
  if (failure === undefined) return addresses!;
  assert.deepEqual([failure.kind, failure.final], ["address", true]);
  return failure.message;
}

const only = "pages may lead there only with --allow-private";

Deno.test("check() lets pages lead to public hosts, and hands out what their names resolve to", async () => {
  const { guard } = guardOf();
  assert.deepEqual(await judged(guard, "http://public.test/a"), ["93.184.216.34"]);
  assert.deepEqual(await judged(guard, "https://93.184.216.34/"), []);
});

Deno.test("check() puts IPv4 addresses first", async () => {
  const { guard } = guardOf();
  assert.deepEqual(await judged(guard, "http://six.test/"), ["93.184.216.34", "2606:4700::1111", "2606:4700::1112"]);
});

Deno.test("check() says what a page may not lead to, and how it could", async () => {
  const { guard } = guardOf();
  const refused: Record<string, string> = {
    "http://127.0.0.1:8080/": `127.0.0.1:8080 is a loopback address: ${only}`,
    "http://[::1]/": `[::1] is a loopback address: ${only}`,
    "https://10.1.2.3/": `10.1.2.3 is a private address: ${only}`,
    "http://169.254.169.254/latest/meta-data/": `169.254.169.254 is a metadata address: ${only}`,
    "http://[fe80::1]/": `[fe80::1] is a link-local address: ${only}`,
    "http://255.255.255.255/": `255.255.255.255 is a reserved address: ${only}`,
    "http://inside.test/": `inside.test has the private address 10.0.0.5: ${only}`,
    "http://both.test/": `both.test has the private address 10.0.0.5: ${only}`,
    "http://mapped.test:81/": `mapped.test:81 has the loopback address ::ffff:127.0.0.1: ${only}`,
  };
  for (const [url, message] of Object.entries(refused)) assert.equal(await judged(guard, url), message);
});

Deno.test("check() looks no name up that means the same everywhere", async () => {
  const { guard, names } = guardOf();
  assert.equal(
    await judged(guard, "http://metadata.google.internal/"),
    `metadata.google.internal is the name of a metadata address: ${only}`,
  );
  assert.equal(await judged(guard, "http://localhost/"), `localhost is the name of a loopback address: ${only}`);
  assert.equal(await judged(guard, "http://db.internal/"), `db.internal is the name of a private address: ${only}`);
  assert.deepEqual(names.asked, []);
});

Deno.test("check() lets a trusted request go anywhere, and pages then lead to addresses of the same kinds", async () => {
  const { guard } = guardOf();
  assert.deepEqual(await judged(guard, "http://db.internal/", { trusted: true }), ["10.0.0.6"]);
  assert.deepEqual(guard.snapshot(), ["private"]);
  assert.deepEqual(await judged(guard, "http://inside.test/"), ["10.0.0.5"]);
  assert.deepEqual(await judged(guard, "http://192.168.1.1/"), []);
  assert.match(String(await judged(guard, "http://127.0.0.1/")), /^127\.0\.0\.1 is a loopback address/);
  assert.match(String(await judged(guard, "http://169.254.169.254/")), /^169\.254\.169\.254 is a metadata address/);
});

Deno.test("check() learns nothing from a trusted request to a public host", async () => {
  const { guard } = guardOf();
  assert.deepEqual(await judged(guard, "http://public.test/", { trusted: true }), ["93.184.216.34"]);
  assert.deepEqual(guard.snapshot(), []);
  assert.match(String(await judged(guard, "http://inside.test/")), /private address/);
});

Deno.test("check() hands out only the public addresses of a name that has any, and learns nothing from the others", async () => {
  const { guard } = guardOf();
  for (const how of [{}, { trusted: true }]) {
    assert.deepEqual(await judged(guard, "http://mixed.test/", how), ["93.184.216.34", "2606:4700::1111"]);
    assert.deepEqual(guard.snapshot(), []);
  }
  assert.match(String(await judged(guard, "http://inside.test/")), /private address/);
});

Deno.test("check() lets pages lead to metadata addresses only where a start URL has the address itself", async () => {
  for (const url of ["http://cloud.test/", "http://metadata.google.internal/"]) {
    const { guard, names } = guardOf();
    names.table["metadata.google.internal"] = ["169.254.169.254"];
    assert.deepEqual(await judged(guard, url, { trusted: true }), ["169.254.169.254"]);
    assert.deepEqual(guard.snapshot(), []);
    assert.match(String(await judged(guard, url)), /metadata address/);
  }
  const { guard } = guardOf();
  assert.deepEqual(await judged(guard, "http://169.254.169.254/", { trusted: true }), []);
  assert.deepEqual(guard.snapshot(), ["metadata"]);
  assert.deepEqual(await judged(guard, "http://cloud.test/"), ["169.254.169.254"]);
});

Deno.test("check() goes on from a snapshot", async () => {
  const first = guardOf().guard;
  await judged(first, "http://127.0.0.1:8000/", { trusted: true });
  await judged(first, "http://inside.test/", { trusted: true });
  const { guard } = guardOf({ permitted: first.snapshot() });
  assert.deepEqual(guard.snapshot(), ["loopback", "private"]);
  assert.deepEqual(await judged(guard, "http://localhost/"), ["127.0.0.1"]);
  assert.match(String(await judged(guard, "http://[fe80::1]/")), /link-local/);
});

Deno.test("check() asks the resolver once a minute, and once for all who wait", async () => {
  const clock = new ManualClock();
  const { guard, names } = guardOf({ clock });
  await Promise.all([judged(guard, "http://public.test/a"), judged(guard, "http://public.test/b")]);
  clock.advance(59_999);
  await judged(guard, "http://public.test/c");
  assert.deepEqual(names.asked, ["public.test"]);
  clock.advance(1);
  await judged(guard, "http://public.test/d");
  assert.deepEqual(names.asked, ["public.test", "public.test"]);
});

Deno.test("check() answers at once for a host that it knows", async () => {
  const { guard } = guardOf();
  assert.ok(guard.check("http://public.test/") instanceof Promise);
  await guard.check("http://public.test/");
  assert.ok(!(guard.check("http://public.test/other") instanceof Promise));
  assert.ok(!(guard.check("http://10.0.0.1/") instanceof Promise));
});

Deno.test("check() refuses a name that was public and is private now", async () => {
  const clock = new ManualClock();
  const { guard, names } = guardOf({ clock });
  assert.deepEqual(await judged(guard, "http://public.test/"), ["93.184.216.34"]);
  names.table["public.test"] = ["127.0.0.1"];
  // The address that was checked still is the one that is connected to.
  assert.deepEqual(await judged(guard, "http://public.test/"), ["93.184.216.34"]);
  clock.advance(60_000);
  assert.match(
    String(await judged(guard, "http://public.test/")),
    /^public\.test has the loopback address 127\.0\.0\.1/,
  );
});

Deno.test("check() rejects with the resolver's error, and asks again the next time", async () => {
  const { guard, names } = guardOf();
  await assert.rejects(judged(guard, "http://new.test/"), /ENOTFOUND new\.test/);
  names.table["new.test"] = [];
  await assert.rejects(judged(guard, "http://new.test/"), /ENODATA new\.test/);
  names.table["new.test"] = ["93.184.216.34"];
  assert.deepEqual(await judged(guard, "http://new.test/"), ["93.184.216.34"]);
});

Deno.test("check() is not misled by what stands before the host, or by a URL that is not canonical", async () => {
  const { guard } = guardOf();
  await judged(guard, "http://public.test/");
  for (
    const url of [
      "http://public.test@10.0.0.1/",
      "http://public.test:pass@10.0.0.1/",
      "http:///10.0.0.1/",
      "http:////10.0.0.1/",
      "http:\\\\10.0.0.1/",
      "HTTP://10.0.0.1/",
      "http://\t10.0.0.1/",
      "http://012.0.0.1/",
    ]
  ) {
    assert.equal((await guard.check(url)).failure?.kind, "address", url);
  }
  // The same beginning, other hosts.
  await judged(guard, "http://a.localhos/");
  assert.equal((await guard.check("http://a.localhost")).failure?.kind, "address");
  await judged(guard, "http:////93.184.216.34/");
  assert.equal((await guard.check("http:////10.0.0.1/")).failure?.kind, "address");
});

Deno.test("check() judges behind a proxy only what a host is by itself", async () => {
  const { guard, names } = guardOf();
  const proxied = { proxied: true };
  assert.deepEqual(await judged(guard, "http://inside.test/", proxied), []);
  assert.match(String(await judged(guard, "http://10.0.0.1/", proxied)), /^10\.0\.0\.1 is a private address/);
  assert.match(String(await judged(guard, "http://localhost/", proxied)), /^localhost is the name of a loopback/);
  assert.deepEqual(await judged(guard, "http://10.0.0.1/", { proxied: true, trusted: true }), []);
  assert.deepEqual(await judged(guard, "http://10.0.0.2/", proxied), []);
  assert.deepEqual(names.asked, []);
});

Deno.test("check() remembers ten thousand hosts and no more", async () => {
  let lookups = 0;
  const guard = new AddressGuard({
    clock: new ManualClock(),
    lookup: () => {
      lookups++;
      return Promise.resolve(["93.184.216.34"]);
    },
  });
  for (let at = 0; at <= 10_000; at++) await guard.check(`http://h${at}.test/`);
  assert.equal(lookups, 10_001);
  await guard.check("http://h1.test/");
  assert.equal(lookups, 10_001);
  await guard.check("http://h0.test/");
  assert.equal(lookups, 10_002);
});
