import assert from "node:assert/strict";
import { type Certificate, Certificates, hasOpenssl } from "../net/tls/certificates.ts";
import { ends, isPlain } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

if (!hasOpenssl) console.log("Skipped: there is no openssl here to make certificates with");

const loud =
  "Certificates are not checked (--insecure): whoever sits between here and a server can read and change everything";

/** A test with certificates, where there is somebody to make them. */
function test(name: string, work: (place: Workplace, certificates: Certificates) => Promise<void>): void {
  Deno.test(name, { ignore: !hasOpenssl }, async () => {
    await using certificates = await Certificates.make();
    await using place = await Workplace.open();
    await work(place, certificates);
  });
}

/** A site of one page; with a certificate it speaks https. */
async function serving(
  certificate: Certificate | undefined,
  work: (url: string) => Promise<void>,
  answer: (request: Request) => Response = () =>
    new Response("<h1>Safe</h1>", { headers: { "content-type": "text/html" } }),
): Promise<void> {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const handler = (request: Request) =>
    new URL(request.url).pathname === "/robots.txt" ? new Response(null, { status: 404 }) : answer(request);
  await using server = certificate === undefined
    ? Deno.serve(options, handler)
    : Deno.serve({ ...options, ...certificate }, handler);
  await work(`${certificate === undefined ? "http" : "https"}://localhost:${server.addr.port}/`);
}

test(
  "fetch refuses a certificate that nobody vouches for, until --ca-file names who does",
  async (place, { good, authorityFile }) => {
    await serving(good, async (url) => {
      const refused = await place.run(["fetch", url, "--css", "h1::text"]);
      ends(refused, 1);
      assert.match(
        refused.stderr,
        /^tls Cannot trust the certificate of localhost:\d+: it has an unknown issuer: --ca-file FILE names one to trust, --insecure takes any$/m,
      );
      const trusted = await place.run(["fetch", url, "--css", "h1::text", "--ca-file", authorityFile]);
      ends(trusted, 0);
      assert.equal(trusted.stdout, "Safe\n");
      assert.doesNotMatch(trusted.stderr, /Certificates/);
    });
  },
);

test("fetch --insecure takes a bad certificate and says loudly what that means", async (place, { expired }) => {
  await serving(expired, async (url) => {
    const refused = await place.run(["fetch", url]);
    ends(refused, 1);
    assert.match(refused.stderr, /^tls Cannot trust the certificate of localhost:\d+: it expired on 2021-01-01$/m);
    const taken = await place.run(["fetch", url, "--css", "h1::text", "--insecure"]);
    ends(taken, 0);
    assert.equal(taken.stdout, "Safe\n");
    assert.ok(taken.stderr.includes(loud), taken.stderr);
    isPlain(taken);
  });
});

test("crawl takes --insecure and --ca-file, each time anew", async (place, { selfSigned, good, authorityFile }) => {
  const crawl = (url: string, ...more: string[]) =>
    place.run(["crawl", "site", "--start-url", url, "--limit", "1", "-s", "robots=false", ...more]);
  await serving(selfSigned, async (url) => {
    const refused = await crawl(url);
    ends(refused, 1);
    assert.match(refused.stderr, /Cannot trust the certificate of localhost:\d+: it is self-signed, /);
    const taken = await crawl(url, "--insecure");
    ends(taken, 0);
    assert.equal(JSON.parse(taken.stdout).h1, "Safe");
    assert.ok(taken.stderr.includes(loud), taken.stderr);
  });
  await serving(good, async (url) => {
    const trusted = await crawl(url, "--ca-file", authorityFile);
    ends(trusted, 0);
    assert.equal(JSON.parse(trusted.stdout).h1, "Safe");
    ends(await crawl(url), 1);
  });
});

Deno.test("a --ca-file that holds no certificate is a usage error, together with all others", async () => {
  await using place = await Workplace.open();
  place.write("notes.pem", "nothing of that kind");
  place.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const { demo } = place;
  const refusals: [file: string, reason: RegExp][] = [
    ["nowhere.pem", /--ca-file nowhere\.pem: there is no such file/],
    [
      "notes.pem",
      /--ca-file notes\.pem: there is no certificate in it; one in PEM begins with -----BEGIN CERTIFICATE-----/,
    ],
    ["broken.pem", /--ca-file broken\.pem: a certificate in it cannot be read: .*BadEncoding/],
    [".", /--ca-file \.: Cannot read .*: is a directory/i],
  ];
  for (const [file, reason] of refusals) {
    const fetched = await place.run(["fetch", demo.quotes, "--ca-file", file]);
    ends(fetched, 2);
    assert.match(fetched.stderr, reason);
    isPlain(fetched);
    const crawled = await place.run(["crawl", "nobody", "--ca-file", file]);
    ends(crawled, 2);
    assert.match(crawled.stderr, reason);
    assert.match(crawled.stderr, /nobody/);
  }
  assert.deepEqual(demo.log, []);
});

Deno.test("--insecure with a proxy that it cannot go through is a usage error", async () => {
  await using place = await Workplace.open();
  const env = { HOUSE_PROXY_URL: "socks5://127.0.0.1:1080" };
  const command = ["fetch", place.demo.quotes, "--proxy-type", "house"];
  const refused = await place.run([...command, "--insecure"], { env });
  ends(refused, 2);
  assert.match(
    refused.stderr,
    /--insecure: it cannot go through "house", which is no http proxy; name one, or --proxy-type none/,
  );
});

Deno.test("fetch goes where the user wants, and not where a page then leads", async () => {
  await using place = await Workplace.open();
  const location = "http://10.255.255.1:81/";
  await serving(
    undefined,
    async (url) => {
      ends(await place.run(["fetch", `${url}page`]), 0);
      const led = await place.run(["fetch", `${url}to`]);
      ends(led, 1);
      assert.match(
        led.stderr,
        /^address 10\.255\.255\.1:81 is a private address: pages may lead there only with --allow-private$/m,
      );
      const allowed = await place.run(["fetch", `${url}to`, "--allow-private", "-s", "timeout=200ms"]);
      ends(allowed, 1);
      assert.doesNotMatch(allowed.stderr, /--allow-private/);
    },
    (request) =>
      new URL(request.url).pathname === "/to"
        ? new Response(null, { status: 302, headers: { location } })
        : new Response("hello"),
  );
});
