import assert from "node:assert/strict";
import { records } from "./kept.ts";
import { ends } from "./trawl.ts";
import { files, Workplace } from "./workplace.ts";

const login = "me:canary%2D7f3";

/** A site behind a login, which takes its time for a page. */
class PrivateSite implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly asked: { readonly path: string; readonly status: number; readonly referer: string | null }[] = [];

  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname: path } = new URL(request.url);
    await new Promise((resolve) => setTimeout(resolve, path === "/robots.txt" ? 0 : 30));
    const isKnown = request.headers.get("authorization") === `Basic ${btoa("me:canary-7f3")}`;
    const status = isKnown ? path === "/gone" ? 404 : 200 : 401;
    this.asked.push({ path, status, referer: request.headers.get("referer") });
    const number = Number(path.slice(1));
    const html = `<title>${path}</title><a href="/${number + 1}">next</a><a href="/gone">gone</a>`;
    return new Response(status === 200 && number < 20 ? html : "", {
      status,
      headers: { "content-type": "text/html" },
    });
  }
}

Deno.test("fetch takes the login of a URL, and does not show it", async () => {
  await using place = await Workplace.open();
  await using site = new PrivateSite();
  const url = `http://${login}@127.0.0.1:${site.port}/1`;
  for (const args of [["fetch", url], ["fetch", url, "--json"], ["fetch", url, "--css", "title::text"]]) {
    const ended = await place.run(args);
    ends(ended, 0);
    assert.doesNotMatch(ended.stdout + ended.stderr, /canary|me:/);
  }
  assert.deepEqual(site.asked.filter(({ path, status }) => path === "/1" && status !== 200), []);
});

Deno.test("a crawl of a site behind a login goes on after a pause, and the password is shown nowhere", async () => {
  await using place = await Workplace.open();
  await using site = new PrivateSite();
  const base = ["crawl", "site", "-s", "concurrency=1", "--log-file", "log.txt", "--log-level", "debug"];
  await using trawl = place.start([...base, "--start-url", `http://${login}@127.0.0.1:${site.port}/`]);
  await trawl.until("5 pages", () => site.asked.length >= 6);
  trawl.kill("SIGINT");
  const paused = await trawl.ended;
  ends(paused, 130);
  const looks = await Promise.all([
    place.run(["checkpoint", "show", "site"]),
    place.run(["status", "--json"]),
    place.run(["crawl", "site", "--start-url", "http://other@127.0.0.1/"]),
  ]);
  assert.match(looks[2]!.stderr, /the paused crawl began with http:\/\/127\.0\.0\.1:/);
  assert.equal(paused.stderr, "", "a pause is no error");
  const log = Deno.readTextFileSync(`${place.folder}/log.txt`);
  const [command] = /(?<=To continue: trawl ).+/.exec(log) ?? [];
  assert.ok(command?.endsWith(`--start-url http://127.0.0.1:${site.port}/`), command);
  const ended = await place.run(command!.split(" "));
  ends(ended, 0);
  const { output, failures } = place.kept("site");
  assert.equal(new Set(records(output)).size, 21);
  assert.deepEqual(failures.map(({ url }) => url), [`http://127.0.0.1:${site.port}/gone`]);
  const [robots, ...pages] = site.asked;
  assert.equal(robots?.path, "/robots.txt");
  assert.deepEqual(
    pages.filter(({ path, status }) => path !== "/gone" && path !== "/robots.txt" && status !== 200),
    [],
  );
  assert.equal(pages.find(({ path }) => path === "/20")?.referer, `http://127.0.0.1:${site.port}/19`);
  const shown = [paused, ended, ...looks].map(({ stdout, stderr }) => stdout + stderr);
  // What a later process asks with has to know it.
  const read = files(place.folder).filter((path) => !/\/(?:checkpoint|retry)\//.test(path));
  assert.ok(read.some((path) => path.endsWith("/log.txt")) && read.length >= 4, read.join(" "));
  const kept = read.map((path) => Deno.readTextFileSync(path));
  for (const text of [...shown, ...kept]) {
    assert.ok(!/canary|me:/.test(text) && !text.includes(btoa("me:canary-7f3")), text);
  }
});
