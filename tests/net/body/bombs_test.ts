import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bombs } from "./bombs.ts";

/** What a process that downloads these one after the other, and again and again, says of it. */
interface Report {
  /** How each download ended, by the bomb's name. */
  readonly ends: Readonly<Record<string, string>>;
  /** The most memory it had, in bytes, less what it had when it had downloaded a small page. */
  readonly grown: number;
}

const maxBodySize = 5_000_000;

async function downloadAll(urls: Readonly<Record<string, string>>): Promise<Report> {
  const module = new URL("../../../lib/net/download.ts", import.meta.url).href;
  const script = `
    const { Downloader } = await import(${JSON.stringify(module)});
    using downloader = new Downloader({ userAgent: "test/1", maxBodySize: ${maxBodySize} });
    const get = (url) => downloader.download({ url, method: "GET", headers: {}, body: undefined });
    // What the system saw, where it says so: bytes that are gone by now count too.
    const memory = () => {
      try {
        return 1024 * Number(/VmHWM:\\s*(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))[1]);
      } catch {
        return Deno.memoryUsage().rss;
      }
    };
    const { small, ...urls } = JSON.parse(Deno.args[0]);
    await get(small);
    const before = memory();
    const ends = {};
    let most = before;
    for (let round = 0; round < 5; round++) {
      for (const [name, url] of Object.entries(urls)) {
        const all = await Promise.all([get(url), get(url), get(url)]);
        ends[name] = all.map(({ response, failure }) => response === undefined ? failure.kind : "page").join();
        most = Math.max(most, memory());
      }
    }
    console.log(JSON.stringify({ ends, grown: most - before }));`;
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", config, `data:text/javascript,${encodeURIComponent(script)}`, JSON.stringify(urls)],
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert.ok(said.startsWith("{"), said + new TextDecoder().decode(stderr));
  return JSON.parse(said);
}

Deno.test("no bomb gets through, and none costs more memory than a few bodies of the largest size", async () => {
  const all = bombs(4);
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const bomb = all[Number(new URL(request.url).pathname.slice(1))];
    return bomb === undefined
      ? new Response("small")
      : new Response(bomb.body, { headers: { "content-encoding": bomb.encoding } });
  });
  const root = `http://127.0.0.1:${server.addr.port}/`;
  const urls = Object.fromEntries(all.map(({ name }, at) => [name, `${root}${at}`]));
  const { ends, grown } = await downloadAll({ small: `${root}small`, ...urls });
  const tooLarge = "too-large,too-large,too-large", refused = "protocol,protocol,protocol";
  assert.deepEqual(ends, {
    ...Object.fromEntries(all.map(({ name }) => [name, tooLarge])),
    "a window of 2 GB": refused,
    "members without a text": refused,
    "frames without a text": refused,
  });
  assert.ok(grown < 256_000_000, `it grew by ${Math.round(grown / 1e6)} MB`);
});
