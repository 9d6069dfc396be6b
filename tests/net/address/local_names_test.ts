import assert from "node:assert/strict";
import { AddressGuard } from "../../../lib/net/address/guard.ts";
import { loopbackOf, systemLookup } from "../../../lib/net/address/lookup.ts";
import { reach } from "../../../lib/net/reach.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { failureOf, textOf } from "../one_download.ts";
import { closedPort } from "../closed_port.ts";
import { once, serving, test } from "../tls/tls_servers.ts";

Deno.test("a name below localhost is this machine, and nobody is asked", async () => {
  for (const name of ["app.localhost", "a.b.localhost", "APP.Localhost", "app.localhost."]) {
    assert.deepEqual(await systemLookup(name), ["127.0.0.1", "::1"], name);
  }
  for (const name of ["localhost", "applocalhost", "localhost.example.com", "localhost.localdomain", ".localhost"]) {
    assert.equal(loopbackOf(name), undefined, name);
  }
});

Deno.test("pages may lead to a name below localhost only where the crawl began at a loopback address", async () => {
  const guard = new AddressGuard();
  const refusal = {
    kind: "address",
    message: "app.localhost:80 is the name of a loopback address: pages may lead there only with --allow-private",
    final: true,
  };
  assert.deepEqual(await guard.check("https://app.localhost:80/"), { failure: refusal });
  assert.deepEqual(await guard.check("http://start.localhost/", { trusted: true }), {
    addresses: ["127.0.0.1", "::1"],
  });
  assert.deepEqual(await guard.check("https://app.localhost:80/"), { addresses: ["127.0.0.1", "::1"] });
});

Deno.test("download() finds names below localhost, with a guard or without one", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => new Response(request.headers.get("host")),
  );
  const { port } = server.addr;
  for (const guard of [new AddressGuard(), undefined]) {
    const outcome = await once(`http://app.localhost:${port}/`, { ...guard && { guard } }, { trusted: true });
    assert.equal(textOf(outcome), `app.localhost:${port}`);
  }
  assert.equal(await reach(`http://app.localhost:${port}/`, systemClock), true);
});

Deno.test("download() says of a name below localhost what its first address says", async () => {
  const url = `http://app.localhost:${closedPort}/`;
  const refused = { kind: "connect", message: "HOST refused the connection" };
  assert.deepEqual(failureOf(await once(url, { guard: new AddressGuard() }, { trusted: true }), url), refused);
  assert.equal(await reach(url, systemClock), false);
});

test("download() checks the certificates of names below localhost", async ({ good, authority, selfSigned }) => {
  await serving(good, async (url) => {
    const { port } = new URL(url), app = `https://app.localhost:${port}/`, other = `https://other.localhost:${port}/`;
    for (const guard of [new AddressGuard(), undefined]) {
      const ask = (url: string, caCerts: readonly string[], insecure = false) =>
        once(url, { caCerts, insecure, ...guard && { guard } }, { trusted: true });
      assert.equal(textOf(await ask(app, [authority])), `GET app.localhost:${port} /`);
      assert.equal(textOf(await ask(other, [], true)), `GET other.localhost:${port} /`);
      assert.match(failureOf(await ask(app, [selfSigned.cert]), app).message, /HOST: it has an unknown issuer/);
      assert.match(failureOf(await ask(other, [authority]), other).message, /HOST: it has the wrong name/);
    }
  });
});
