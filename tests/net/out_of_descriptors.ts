/**
 * What a process finds that has no descriptor left, as JSON; run by `shortage_test.ts` with a low limit. The first
 * argument is a URL of a server that is there.
 *
 * @module
 */

import { hasDescriptors, holdSpare } from "../../lib/disk/descriptors.ts";
import { localDisk } from "../../lib/disk/local.ts";
import { AddressGuard } from "../../lib/net/address/guard.ts";
import { Downloader } from "../../lib/net/download.ts";
import { askProxy } from "../../lib/net/proxy/ask_proxy.ts";
import { reach } from "../../lib/net/reach.ts";
import { systemClock } from "../../lib/time/clock.ts";

const [url = "", folder = ""] = Deno.args;
const named = url.replace("127.0.0.1", "localhost"), missing = "http://no-such-host.invalid/";
const guarded = new Downloader({ userAgent: "trawl/1", guard: new AddressGuard() });
const open = new Downloader({ userAgent: "trawl/1" });
const proxy = { name: "house", url: named };
const get = (url: string) => ({ url, method: "GET", headers: {}, body: undefined });

/** What there is to be found. Whatever is slow to be loaded is loaded by the first look. */
async function look() {
  const ends = async (downloader: Downloader, url: string, through?: typeof proxy) => {
    const how = { trusted: true, ...through && { proxy: through } };
    const { response, failure } = await downloader.download(get(url), how);
    return response?.status ?? `${failure?.kind} ${failure?.lacking ?? ""}`.trim();
  };
  return {
    has: hasDescriptors(),
    address: await ends(open, url),
    name: await ends(open, named),
    guardedName: await ends(guarded, named),
    missing: await ends(guarded, missing),
    through: await ends(open, missing, proxy),
    reach: await reach(url, systemClock) ?? "unknown",
    proxy: await askProxy(proxy, missing, { clock: systemClock, patience: 1 }),
  };
}

/** Writes and reads as a checkpoint does, on a disk that must never be without a descriptor. */
async function write(name: string): Promise<string> {
  const file = localDisk.append(`${folder}/${name}`, 0);
  file.write(new TextEncoder().encode(name));
  await file.sync();
  file.close();
  await localDisk.rename(`${folder}/${name}`, `${folder}/${name}.new`);
  await localDisk.syncFolder(folder);
  return new TextDecoder().decode(localDisk.read(`${folder}/${name}.new`)) + localDisk.list(folder).length;
}

using _spare = holdSpare();
const before = await look();
const taken: Deno.FsFile[] = [];
try {
  for (;;) taken.push(Deno.openSync("/dev/null"));
} catch {
  // Now there is none left.
}
// The connections that were kept lead nowhere new.
for (const downloader of [open, guarded]) downloader.keepConnections(false);
try {
  for (;;) taken.push(Deno.openSync("/dev/null"));
} catch {
  // Nor of these.
}
const short = await look();
const written = [await write("a"), await write("b")];
for (const file of taken) file.close();
open.close();
guarded.close();
console.log(JSON.stringify({ before, short, written }));
