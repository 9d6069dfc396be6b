import assert from "node:assert/strict";
import { exists } from "./kept.ts";
import { SmallPlace } from "./in_process.ts";
import { digests } from "./workplace.ts";

const spider = (more = "") =>
  `export default {
  name: "twin",
  settings: { robots: false, concurrency: 1, retries: 0, throttle: false },
  *parse(page) { ${more} yield { path: new URL(page.url).pathname }; yield* page.follow("a"); },
};
`;

/** A crawl of `a.js` that was paused. */
async function paused(): Promise<SmallPlace> {
  const place = new SmallPlace();
  Deno.writeTextFileSync(`${place.folder}/a.js`, spider());
  const begun = await place.run(["crawl", "./a.js", "--start-url", place.site.url], { pausing: true });
  assert.equal(begun.code, 4, begun.text);
  return place;
}

Deno.test("a second spider of the same name does not go on with the first one's crawl, and says whose it is", async () => {
  await using place = await paused();
  const { folder } = place;
  Deno.writeTextFileSync(`${folder}/b.js`, spider("page.log.debug('b');"));
  const before = digests(`${folder}/data`);
  for (const more of [[], ["--proxy-type", "none"]]) {
    const { code, text } = await place.run(["crawl", "./b.js", ...more, "--start-url", place.site.url]);
    assert.equal(code, 1, text);
    assert.ok(
      text.includes(`belongs to another spider of this name, ${folder}/a.js; this one is ${folder}/b.js`),
      text,
    );
    assert.match(text, /--project.*--fresh/);
    assert.deepEqual(digests(`${folder}/data`), before);
  }
  const shown = await place.run(["checkpoint", "show", "twin"]);
  assert.ok(shown.text.includes(`${folder}/a.js`), shown.text);
  const apart = ["crawl", "./b.js", "--project", "b", "--start-url", place.site.url];
  assert.equal((await place.run(apart)).code, 0);
  assert.equal((await place.run(["crawl", "./a.js"])).code, 0);
});

Deno.test("a spider that was moved, also changed, or copied goes on with its crawl", async () => {
  const ways: readonly ((folder: string) => void)[] = [
    (folder) => Deno.renameSync(`${folder}/a.js`, `${folder}/b.js`),
    (folder) => Deno.copyFileSync(`${folder}/a.js`, `${folder}/b.js`),
    (folder) => {
      Deno.removeSync(`${folder}/a.js`);
      Deno.writeTextFileSync(`${folder}/b.js`, spider("page.log.debug('b');"));
    },
  ];
  for (const move of ways) {
    await using place = await paused();
    move(place.folder);
    place.site.asked.length = 0;
    const { code, text } = await place.run(["crawl", "./b.js"]);
    assert.equal(code, 0, text);
    assert.deepEqual(place.site.asked, ["/4", "/5"]);
    assert.ok(!exists(`${place.folder}/data/default/twin/checkpoint`));
  }
});
