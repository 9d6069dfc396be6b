import assert from "node:assert/strict";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { cannotUnpack, leavesPacked, packedWith, unpack } from "../../../lib/net/body/unpack.ts";

const text = Array.from({ length: 500 }, (_, at) => `<p>${(at * 7919) % 1000} hello</p>`).join("\n");
const page = new TextEncoder().encode(text);
const limit = 1_000_000;

type Bytes = Uint8Array<ArrayBuffer>;

const packers: Readonly<Record<string, (bytes: Uint8Array) => Bytes>> = {
  gzip: (bytes) => new Uint8Array(gzipSync(bytes)),
  "x-gzip": (bytes) => new Uint8Array(gzipSync(bytes)),
  deflate: (bytes) => new Uint8Array(deflateSync(bytes)),
  br: (bytes) => new Uint8Array(brotliCompressSync(bytes)),
  zstd: (bytes) => new Uint8Array(zstdCompressSync(bytes)),
};

function packed(bytes: Uint8Array, names: readonly string[]): Bytes {
  return names.reduce<Bytes>((inner, name) => packers[name]!(inner), new Uint8Array(bytes));
}

function joined(...parts: readonly Iterable<number>[]): Bytes {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

async function textOf(body: Bytes, names: readonly string[], untouched = true): Promise<string | undefined> {
  const bytes = await unpack(body, names, limit, untouched);
  return bytes && new TextDecoder().decode(bytes);
}

const names = Object.keys(packers);

/** The length of the checksum, and in gzip of the text's length, with which a packed text ends. */
function checksum(name: string): number {
  return /gzip$/.test(name) ? 8 : name === "deflate" ? 4 : 0;
}

Deno.test("unpack() takes off any two encodings", async () => {
  for (const inner of names) {
    for (const outer of names) {
      assert.equal(await textOf(packed(page, [inner, outer]), [inner, outer]), text, `${inner}, ${outer}`);
    }
  }
});

Deno.test("unpack() takes off three encodings and what is packed with none", async () => {
  assert.equal(await textOf(packed(page, ["br", "zstd", "gzip"]), ["br", "zstd", "gzip"]), text);
  assert.equal(await textOf(page, []), text);
});

Deno.test("unpack() gives every byte back, few and many", async () => {
  const noise = Uint8Array.from({ length: 300_000 }, (_, at) => (at * at * 31) >> 7);
  for (const name of names) {
    for (const bytes of [noise, noise.subarray(0, 1), noise.subarray(0, 0)]) {
      assert.deepEqual(await unpack(packed(bytes, [name]), [name], limit), bytes, `${bytes.length} bytes as ${name}`);
    }
  }
});

Deno.test("unpack() gives memory of its own size back", async () => {
  for (const name of names) {
    const bytes = await unpack(packed(page, [name]), [name], limit);
    assert.equal(bytes?.buffer.byteLength, page.length, name);
  }
});

Deno.test("unpack() reads deflate as zlib, bare, and as gzip, all of which are sent under that name", async () => {
  assert.equal(await textOf(new Uint8Array(deflateSync(page)), ["deflate"]), text);
  assert.equal(await textOf(new Uint8Array(deflateRawSync(page)), ["deflate"]), text);
  assert.equal(await textOf(new Uint8Array(gzipSync(page)), ["deflate"]), text);
});

Deno.test("unpack() reads gzip with every field that its header can have", async () => {
  const plain = new Uint8Array(gzipSync(page));
  const fields = joined(
    [4, 0, 1, 2, 3, 4], // extra: four bytes
    new TextEncoder().encode("page.html\0a comment\0"),
    [0, 0], // the header's checksum
  );
  const full = joined(plain.subarray(0, 3), [4 + 8 + 16 + 2], plain.subarray(4, 10), fields, plain.subarray(10));
  assert.equal(await textOf(full, ["gzip"]), text);
  for (let length = 0; length < 10 + fields.length; length++) {
    await assert.rejects(unpack(full.slice(0, length), ["gzip"], limit, true), Error, `${length} bytes`);
  }
});

Deno.test("unpack() puts members of gzip and frames of zstd together", async () => {
  const half = page.length >> 1;
  for (const name of ["gzip", "zstd"]) {
    const both = joined(packed(page.slice(0, half), [name]), packed(page.slice(half), [name]));
    assert.equal(await textOf(both, [name]), text, name);
    assert.equal(await unpack(both, [name], page.length - 1), undefined, name);
    await assert.rejects(unpack(both.slice(0, -9), [name], limit, true), { message: "unexpected end of file" }, name);
  }
  const skipped = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
  assert.equal(await textOf(joined(skipped, packed(page, ["zstd"]), skipped), ["zstd"]), text);
  await assert.rejects(unpack(new Uint8Array(skipped.slice(0, -1)), ["zstd"], limit), /unexpected end of file/);
});

Deno.test("unpack() passes over what follows the end, as browsers do", async () => {
  for (const name of names) {
    for (const rest of ["\n", "garbage, and more of it", "\0".repeat(600)]) {
      const body = joined(packed(page, [name]), new TextEncoder().encode(rest));
      assert.equal(await textOf(body, [name]), text, `${name} and ${JSON.stringify(rest.slice(0, 10))}`);
    }
  }
});

Deno.test("unpack() never takes a body that was cut short for a whole one, wherever it was cut", async () => {
  for (const name of names) {
    const whole = packed(page, [name]);
    for (let length = 0; length < whole.length - checksum(name); length++) {
      if (length > 30 && length < whole.length - 30 && length % 17 !== 0) continue;
      await assert.rejects(
        unpack(whole.slice(0, length), [name], limit, true),
        { message: "unexpected end of file" },
        `${name}, ${length} of ${whole.length} bytes`,
      );
    }
  }
});

Deno.test("unpack() takes a text for whole of which only the checksum at the end is missing, or a part of it", async () => {
  for (const name of ["gzip", "x-gzip", "deflate"]) {
    const whole = packed(page, [name]);
    for (let missing = 1; missing <= checksum(name); missing++) {
      const cut = whole.slice(0, -missing);
      assert.equal(await textOf(cut, [name]), text, `${name} without ${missing} bytes`);
      assert.equal(await unpack(cut, [name], page.length - 1), undefined, name);
    }
  }
  const first = packed(page.slice(0, 99), ["gzip"]), second = packed(page.slice(99), ["gzip"]);
  assert.equal(await textOf(joined(first, second.slice(0, -8)), ["gzip"]), text);
  // What there is of it has to be right.
  const damaged = packed(page, ["gzip"]).slice(0, -4);
  damaged[damaged.length - 1]! ^= 1;
  await assert.rejects(unpack(damaged, ["gzip"], limit, true), { message: "incorrect gzip check" });
});

Deno.test("unpack() finds damage, or gives a text of the same length", async () => {
  for (const name of names) {
    const whole = packed(page, [name]);
    let found = 0;
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = whole.slice();
      damaged[at]! ^= 0x10;
      try {
        const bytes = await unpack(damaged, [name], limit, true);
        // Brotli has no checksum, zstd need not have one, and in the header of gzip something does not matter.
        assert.ok(name === "br" || name === "zstd" || at < 10, `${name}, byte ${at}`);
        assert.ok(bytes !== undefined);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        found++;
      }
    }
    assert.ok(found > whole.length / 28, `${name}: ${found} of ${whole.length / 7}`);
  }
});

Deno.test("unpack() fails for a page that is not packed as it says", async () => {
  for (const name of names) {
    await assert.rejects(unpack(page, [name], limit, true), Error, name);
    await assert.rejects(unpack(new Uint8Array(0), [name], limit, true), Error, name);
  }
  await assert.rejects(unpack(packed(page, ["gzip"]), ["zstd"], limit), { message: "it is not zstd" });
  await assert.rejects(unpack(packed(page, ["zstd"]), ["x-gzip"], limit), { message: "it is not gzip" });
});

Deno.test("unpack() stops at the limit, and takes what is exactly as long", async () => {
  for (const name of names) {
    const body = packed(page, [name]);
    assert.equal((await unpack(body, [name], page.length))?.length, page.length, name);
    assert.equal(await unpack(body, [name], page.length - 1), undefined, name);
    assert.equal(await unpack(body, [name], 0), undefined, name);
  }
  // What lies between is as long as it is.
  const twice = packed(new Uint8Array(100_000), ["gzip", "gzip"]);
  assert.equal((await unpack(twice, ["gzip", "gzip"], 100_000))?.length, 100_000);
  assert.equal(await unpack(packed(new Uint8Array(100), ["gzip", "gzip"]), ["gzip", "gzip"], 20), undefined);
});

Deno.test("unpack() refuses a frame of zstd for which 16 MB would have to be set aside, as browsers do", async () => {
  const frame = (windowLog: number) =>
    new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3, 9, 0, 0, 0x41]);
  assert.equal(await textOf(frame(23), ["zstd"]), "A");
  await assert.rejects(unpack(frame(24), ["zstd"], limit), /too much memory/);
});

Deno.test("unpack() may find that `fetch` has taken one off already", async () => {
  // In capitals, which only newer versions of Deno know; or in several headers, of which `fetch` sees the first.
  for (const name of ["gzip", "br"]) {
    assert.equal(await textOf(page, packedWith(name.toUpperCase()), false), text, name);
    assert.equal(await textOf(packed(page, [name]), packedWith(name.toUpperCase()), false), text, name);
    assert.equal(await textOf(packed(page, [name]), packedWith(`${name}, ${name}`), false), text, name);
    assert.equal(await textOf(packed(page, [name, name]), packedWith(`${name}, ${name}`), false), text, name);
    await assert.rejects(unpack(page, packedWith(`${name}, ${name}`), limit), Error, name);
  }
  await assert.rejects(unpack(packed(page, ["gzip"]).slice(0, -9), ["gzip"], limit), /unexpected end of file/);
  await assert.rejects(unpack(page, ["zstd"], limit), /not zstd/);
});

Deno.test("packedWith() names what is left to take off, outermost last", () => {
  assert.deepEqual(packedWith(null), []);
  for (const taken of ["gzip", "br", " gzip "]) assert.deepEqual(packedWith(taken), [], taken);
  for (const nothing of ["", "identity", "none", "utf-8", "text/html", "constructor"]) {
    assert.deepEqual(packedWith(nothing), [], nothing);
  }
  assert.deepEqual(packedWith("deflate, gzip"), ["deflate", "gzip"]);
  assert.deepEqual(packedWith("X-GZip"), ["x-gzip"]);
  assert.deepEqual(packedWith("gzip,, identity ,zstd"), ["gzip", "zstd"]);
  assert.deepEqual(packedWith("gzip", true), ["gzip"]);
});

Deno.test("leavesPacked() knows the requests whose answers `fetch` leaves alone", () => {
  assert.equal(leavesPacked({}), false);
  assert.equal(leavesPacked({ "accept-encoding": "gzip", accept: "identity" }), false);
  for (const identity of ["identity", "Identity", " identity "]) {
    assert.equal(leavesPacked({ "Accept-Encoding": identity }), true, identity);
  }
  assert.equal(leavesPacked({ "Accept-Encoding": "identity, gzip" }), false);
  assert.equal(leavesPacked({ Range: "bytes=0-99" }), true);
});

Deno.test("cannotUnpack() says what is too much or not known", () => {
  assert.equal(cannotUnpack([]), undefined);
  for (const packed of [["gzip", "deflate", "br"], ["zstd", "x-gzip"]]) assert.equal(cannotUnpack(packed), undefined);
  assert.equal(
    cannotUnpack(["gzip", "compress"]),
    "compressed its answer with gzip, compress, which was not asked for",
  );
  assert.equal(cannotUnpack(Array(4).fill("gzip")), "compressed its answer 4 times over, and 3 is the most");
});
