import assert from "node:assert/strict";
import { ProxyServer } from "../net/proxy/proxy_server.ts";
import { RawServer, send } from "../net/raw_server.ts";
import { records } from "./kept.ts";
import { ends, eventsOf } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

Deno.test("behind the proxy of the environment a host that breaks off, and one that is silent, cost only themselves", async () => {
  await using place = await Workplace.open();
  await using good = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("page"));
  await using resets = new RawServer("");
  await using stalls = new RawServer(() => {});
  const at = (url: string) => new URL(url).host;
  // No name is known but to the proxy: without it nothing can be reached.
  await using proxy = new ProxyServer({
    routes: {
      "one.test:80": `127.0.0.1:${good.addr.port}`,
      "two.test:80": `127.0.0.1:${good.addr.port}`,
      "resets.test:80": at(resets.url),
      "stalls.test:80": at(stalls.url),
    },
  });
  const spider = place.write(
    "hosts.ts",
    `export default {
      name: "hosts",
      startUrls: ["http://one.test/", "http://two.test/", "http://resets.test/", "http://stalls.test/"],
      *parse(page) { yield { url: page.url }; },
    };`,
  );
  const settings = ["robots=false", "retries=1", "connectTimeout=1s", "throttle=false"].flatMap((each) => ["-s", each]);
  const env = { HTTP_PROXY: proxy.url, NO_PROXY: "" };
  const ended = await place.run(["crawl", spider, ...settings, "--outage-timeout", "10s", "--json"], { env });
  ends(ended, 0);
  const kept = place.kept("hosts");
  assert.deepEqual(records(kept.output).map((line) => JSON.parse(line).url).sort(), [
    "http://one.test/",
    "http://two.test/",
  ]);
  assert.deepEqual(kept.failures.map(({ url }) => url).sort(), ["http://resets.test/", "http://stalls.test/"]);
  assert.deepEqual(eventsOf(ended).filter(({ type }) => type === "outage"), []);
});

Deno.test("behind a plain proxy that answers for dead hosts with 502 and says no more, they cost only themselves", async () => {
  await using place = await Workplace.open();
  await using proxy = new RawServer(async (connection, request) => {
    const [method, target = ""] = request.split(" ");
    const isDead = /^(?:http:\/\/)?bad/.test(target);
    const body = isDead ? "<h1>Error</h1>" : "<title>page</title>";
    const headers = `Content-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close`;
    const status = isDead ? "502 Bad Gateway" : "200 OK";
    await send(connection, `HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${method === "HEAD" ? "" : body}`);
    await connection.closeWrite();
  });
  const dead = ["http://bad1.test/", "http://bad1.test/2", "https://bad2.test/"];
  const good = [1, 3, 5, 6, 7, 8, 9].map((n) => `http://good.test/${n}`);
  const startUrls = [good[0], ...dead, ...good.slice(1)];
  const spider = place.write(
    "dead.ts",
    `export default { name: "dead", startUrls: ${
      JSON.stringify(startUrls)
    }, *parse(page) { yield { url: page.url }; } };`,
  );
  const settings = ["robots=false", "retries=0", "concurrency=1", "delay=300ms"].flatMap((each) => ["-s", each]);
  const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: "" };
  const ended = await place.run(["crawl", spider, ...settings, "--outage-timeout", "10s", "--json"], { env });
  ends(ended, 0);
  const kept = place.kept("dead");
  assert.deepEqual(records(kept.output).map((line) => JSON.parse(line).url).sort(), good);
  assert.deepEqual(kept.failures.map(({ url }) => url).sort(), dead);
  assert.deepEqual(eventsOf(ended).filter(({ type }) => type === "outage"), []);
});
