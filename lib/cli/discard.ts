import type { Identity } from "../checkpoint/document.ts";
import type { Places } from "../checkpoint/places.ts";
import type { CheckpointStore } from "../checkpoint/store.ts";
import type { Disk } from "../disk/disk.ts";
import { crawlOf, type CrawlSnapshot } from "../engine/snapshot.ts";
import { stdoutPath } from "../feed/format.ts";
import { ownerOf, releaseOutput } from "../feed/owner.ts";
import { discardFeed } from "../feed/publish.ts";
import { partOf } from "../feed/snapshot.ts";
import { counted } from "../text/count.ts";
import { damageIn } from "./damage.ts";
import { putLeftoversAside, putPartAside } from "./leftovers.ts";
import { isForeign, ownerFor } from "./take_output.ts";

/** The parts that discarding a crawl needs, and who hears of it. */
export interface Discarding {
  readonly disk: Disk;
  readonly store: CheckpointStore;
  readonly places: Places;
  /** Hears what is discarded, or kept. */
  readonly say: (line: string) => void;
  /** Its files are kept, though they can be read: the crawl has finished, and cannot be published. @default {false} */
  readonly keep?: boolean;
}

/**
 * Discards a crawl: what it left is removed when all of it is whole, and otherwise put aside, the items with it.
 *
 * The documents go first. A process that is killed in between leaves no crawl, and files in work that nobody goes on
 * with: the next crawl puts those aside.
 */
export async function discard({ disk, store, places, say, keep = false }: Discarding): Promise<void> {
  const { checkpoints, unreadable } = store.find();
  const crawls = checkpoints.map(({ checkpoint }) => crawlOf(checkpoint, places));
  const damage = [
    ...unreadable.map(({ error }) => error.message),
    ...crawls.flatMap((crawl) => damageIn(disk, places, crawl)),
  ];
  const identity = checkpoints[0]?.checkpoint.identity;
  const outputs = outputsOf({ disk, places, say }, identity, crawls);
  if (damage.length === 0 && !keep) {
    if (crawls[0] !== undefined) say(`Discarding the last crawl: ${wordsOf(crawls[0])}`);
    await store.clear();
    for (const path of outputs) await discardFeed(disk, path);
    return;
  }
  const aside = await store.putAside();
  const reasons = damage.length === 0 ? "" : `: ${[...new Set(damage)].join("; ")}`;
  say(`The checkpoint ${keep ? "is given up" : "cannot be read"}; its files are kept in ${aside}${reasons}`);
  for (const path of outputs) {
    await putPartAside(disk, path, say);
    await releaseOutput(disk, path);
  }
  await putLeftoversAside(disk, places, ownerFor(places, identity ?? unknown), say);
}

/** Returns the files of crawls that are theirs. Somebody may have given the name of one to another crawl. */
function outputsOf(
  { disk, places, say }: Pick<Discarding, "disk" | "places" | "say">,
  identity: Identity | undefined,
  crawls: readonly CrawlSnapshot[],
): string[] {
  const paths = new Set(crawls.flatMap(({ items, failures }) => [items.path, failures.path]));
  return [...paths].filter((path) => {
    if (path === "" || path === stdoutPath || identity === undefined) return false;
    const owner = ownerOf(disk, path);
    const isOwn = owner === undefined || !isForeign(disk, path, owner, ownerFor(places, identity));
    if (!isOwn) say(`${partOf(path)} is another crawl's now, and stays`);
    return isOwn;
  });
}

/** A crawl of which no document can be read. */
const unknown = { spider: "", project: "", source: "", startedAt: 0 };

function wordsOf({ counters, pending, items }: CrawlSnapshot): string {
  const file = items.path === stdoutPath ? "printed" : `in ${partOf(items.path)}`;
  return `${counted(counters.pages, "page")}, ${counted(counters.items, "item")} ${file}, ${
    counted(pending, "request")
  } that waited`;
}
