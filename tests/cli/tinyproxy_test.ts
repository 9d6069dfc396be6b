import assert from "node:assert/strict";
import { Certificates, hasOpenssl } from "../net/tls/certificates.ts";
import { hasProgram } from "../programs.ts";
import { GuardedSite } from "./guarded_site.ts";
import { records } from "./kept.ts";
import { ends, until } from "./trawl.ts";

const isThere = await hasProgram("tinyproxy", ["-v"], "the tests with a proxy of others");

/** A tinyproxy of its own, on a free port, that wants user name and password. */
class Tinyproxy implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #child: Deno.ChildProcess;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.url = `http://user:secret@localhost:${port}`;
    this.#child = new Deno.Command("tinyproxy", {
      args: ["-d", "-c", `${folder}/tinyproxy.conf`],
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  static async start(): Promise<Tinyproxy> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const folder = await Deno.makeTempDir({ prefix: "trawl-tinyproxy-" });
    const lines = [
      `Port ${port}`,
      "Listen 127.0.0.1",
      "Timeout 60",
      "BasicAuth user secret",
      `LogFile "${folder}/log"`,
    ];
    await Deno.writeTextFile(`${folder}/tinyproxy.conf`, `${lines.join("\n")}\n`);
    const proxy = new Tinyproxy(folder, port);
    await until("tinyproxy listens", () => proxy.log.includes("Starting main loop"));
    return proxy;
  }

  /** What it says that it did. */
  get log(): string {
    try {
      return Deno.readTextFileSync(`${this.#folder}/log`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

Deno.test({
  name: "a crawl goes through tinyproxy, and a wrong password is told",
  ignore: !isThere,
  async fn() {
    await using tinyproxy = await Tinyproxy.start();
    await using site = await GuardedSite.open(40, () => undefined);
    const crawl = [...site.crawl, "--proxy-type", "house"];
    const wrong = site.env({ HOUSE_PROXY_URL: tinyproxy.url.replace("secret", "wrong") });
    const refused = await site.place.run(crawl, { env: wrong });
    ends(refused, 1);
    assert.match(refused.stderr, /The proxy "house" refuses the user name and password/);
    ends(await site.place.run(crawl, { env: site.env({ HOUSE_PROXY_URL: tinyproxy.url }) }), 0);
    assert.deepEqual(records(site.place.kept("guarded").output).sort(), site.wanted);
    assert.deepEqual(site.visits.filter(({ proxied }) => !proxied), []);
  },
});

Deno.test({
  name: "an encrypted crawl goes through tinyproxy, to a host that is trusted by --ca-file",
  ignore: !isThere || !hasOpenssl,
  async fn() {
    await using tinyproxy = await Tinyproxy.start();
    await using certificates = await Certificates.make();
    await using site = await GuardedSite.open(40, () => undefined, {}, certificates.good);
    const env = site.env({ HOUSE_PROXY_URL: tinyproxy.url });
    const crawl = [...site.crawl, "--proxy-type", "house", "--ca-file", certificates.authorityFile];
    ends(await site.place.run(crawl, { env }), 0);
    assert.deepEqual(records(site.place.kept("guarded").output).sort(), site.wanted);
    assert.match(tinyproxy.log, new RegExp(`CONNECT ${site.host}`));
  },
});

Deno.test({
  name: "auto goes through tinyproxy when it must; a host that tinyproxy cannot find fails alone",
  ignore: !isThere,
  async fn() {
    await using tinyproxy = await Tinyproxy.start();
    await using site = await GuardedSite.open(
      20,
      ({ path, proxied, count }) =>
        proxied || path === "/robots.txt" || count < 10 ? undefined : new Response("no", { status: 429 }),
    );
    ends(await site.place.run(site.crawl, { env: site.env({ DATACENTER_PROXY_URL: tinyproxy.url }) }), 0);
    assert.deepEqual(records(site.place.kept("guarded").output).sort(), site.wanted);
    assert.equal(site.asked(({ proxied, status }) => !proxied && status === 200).length, 9);

    const lost = ["--start-url", "http://no-such-host.invalid/", "--project", "lost", "-s", "robots=false"];
    const env = site.env({ HOUSE_PROXY_URL: tinyproxy.url });
    const ended = await site.place.run([...site.crawl, ...lost, "--proxy-type", "house", "-s", "retries=0"], { env });
    ends(ended, 0);
    assert.deepEqual(site.place.kept("guarded", "lost").failures.map(({ kind, message }) => [kind, message]), [
      ["connect", 'The proxy "house" gives no connection to no-such-host.invalid (status 500)'],
    ]);
  },
});
