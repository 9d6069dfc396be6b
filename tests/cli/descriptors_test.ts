import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { records } from "./kept.ts";
import { ends, isCompiled } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));

Deno.test({
  name: "with fewer descriptors than connections every page comes, and what is short is said once",
  ignore: Deno.build.os !== "linux" || isCompiled,
  async fn() {
    await using place = await Workplace.open();
    await using server = Deno.serve({ hostname: "0.0.0.0", port: 0, onListen() {} }, (request) => {
      const isPage = new URL(request.url).pathname === "/";
      return new Response(isPage ? "page" : "", { status: isPage ? 200 : 404 });
    });
    // Each of these is a host with an address of its own.
    const urls = Array.from(
      { length: 300 },
      (_, n) => `http://127.0.${1 + (n >> 7)}.${1 + n % 128}:${server.addr.port}/`,
    );
    const spider = place.write(
      "hosts.ts",
      `export default {
        name: "hosts",
        startUrls: ${JSON.stringify(urls)},
        *parse(page) { yield { url: page.url }; },
      };`,
    );
    const trawl = [Deno.execPath(), "run", "-A", "--v8-flags=--expose-gc", main];
    const ended = await place.run(["crawl", spider, "-s", "concurrency=64", "--checkpoint-interval", "100ms"], {
      program: ["/bin/sh", "-c", 'ulimit -n 128 && exec "$@"', "sh", ...trawl],
      env: { NO_PROXY: "*" },
      patience: 120_000,
    });
    ends(ended, 0);
    const kept = place.kept("hosts");
    assert.deepEqual(records(kept.output).map((line) => JSON.parse(line).url).sort(), urls.toSorted());
    assert.equal(kept.summary.counters.failed, 0);
    assert.match(ended.stderr, /Too many files and connections are open, of 128 that there may be\. .*"ulimit -n"/);
    assert.equal(ended.stderr.match(/Too many files/g)?.length, 1);
    assert.doesNotMatch(ended.stderr, /network seems down|No host is named/);
  },
});
