import assert from "node:assert/strict";
import { html } from "./fetch_site.ts";
import { records } from "./kept.ts";
import { ends } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

Deno.test("fetch and crawl find names below localhost on this machine, which no resolver knows", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request): Response => {
    const { hostname, port, pathname } = new URL(request.url);
    if (pathname === "/moved") return html("", { location: `http://b.a.localhost:${port}/there` }, 302);
    return html(`<h1>${hostname}${pathname}</h1><a href="/moved">x</a>`);
  });
  const { port } = server.addr;
  await using place = await Workplace.open();
  for (const more of [[], ["--allow-private"]]) {
    const fetched = await place.run(["fetch", `http://app.localhost:${port}/moved`, "--css", "h1::text", ...more]);
    ends(fetched, 0);
    assert.equal(fetched.stdout, "b.a.localhost/there\n");
  }
  const spider = place.write(
    "names.ts",
    `export default { name: "names", startUrls: ["http://app.localhost:${port}/"], allowedDomains: ["localhost"],
       *parse(page) { yield { h1: page.css("h1::text").get() }; yield* page.follow("a"); } };`,
  );
  ends(await place.run(["crawl", spider, "-s", "robots=false"]), 0);
  const found = records(place.kept("names").output).map((line) => JSON.parse(line).h1).sort();
  assert.deepEqual(found, ["app.localhost/", "b.a.localhost/there"]);
});
