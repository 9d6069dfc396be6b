import assert from "node:assert/strict";
import { records } from "./kept.ts";
import { ends } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

Deno.test("a robots.txt without end is read as far as it counts, and obeyed", async () => {
  await using place = await Workplace.open();
  const sent = { bytes: 0 };
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname !== "/robots.txt") {
      return new Response('<a href="/secret">no</a><a href="/open">yes</a>', {
        headers: { "content-type": "text/html" },
      });
    }
    const line = new TextEncoder().encode(`Disallow: /${"x".repeat(1000)}\n`);
    return new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("User-agent: *\nDisallow: /secret\n")),
        pull(controller) {
          sent.bytes += line.length;
          // Five hundred megabytes are an end, too, for a test that fails.
          if (sent.bytes < 500e6) controller.enqueue(line);
          else controller.close();
        },
      }),
    );
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  ends(await place.run(["crawl", "site", "--start-url", url, "-s", "timeout=20s"]), 0);
  assert.deepEqual(asked.sort(), ["/", "/open", "/robots.txt"]);
  assert.deepEqual(place.kept("site").failures.map(({ url, kind }) => [new URL(url).pathname, kind]), [
    ["/secret", "robots"],
  ]);
  assert.equal(records(place.kept("site").output).length, 2);
  assert.ok(sent.bytes < 20e6, `${sent.bytes} bytes were sent`);
});
