import assert from "node:assert/strict";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { allPaths, SmallSite } from "./in_process.ts";

function emptyDisk(): FaultyDisk {
  const disk = new FaultyDisk();
  disk.put("/home/me/x", "");
  disk.put("/data/x", "");
  return disk;
}

Deno.test("the time of --timeout begins when onStart has ended", async () => {
  await using site = new SmallSite();
  let pause = () => {};
  Object.assign(site.spider, { onStart: () => pause() });
  const { code, text } = await site.run(emptyDisk(), ["crawl", "small"], { onPausable: (own) => pause = own });
  assert.equal(code, 0, text);
  assert.deepEqual(site.asked.filter((path) => path !== "/broken").sort(), [...allPaths]);
});

Deno.test("without a callbackTimeout, onStart is part of the time of --timeout", async () => {
  await using site = new SmallSite();
  let pause = () => {};
  const settings = { ...site.spider.settings, callbackTimeout: false };
  Object.assign(site.spider, { settings, onStart: () => pause() });
  const argv = ["crawl", "small", "--grace", "0s"];
  const { code, text } = await site.run(emptyDisk(), argv, { onPausable: (own) => pause = own });
  assert.equal(code, 4, text);
  assert.deepEqual(site.asked, []);
});

Deno.test("the requests that wait at the end are those in flight as well, after a stop at once", async () => {
  await using site = new SmallSite();
  let stop = () => {};
  site.onRequest = (path) => path === "/3" && stop();
  const argv = ["crawl", "small", "--grace", "0s"];
  const { code, text } = await site.run(emptyDisk(), argv, { onPausable: (own) => stop = own });
  assert.equal(code, 4, text);
  assert.match(text, /^3 requests wait; /m);
});
