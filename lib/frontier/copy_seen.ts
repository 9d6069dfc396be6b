import type { Disk } from "../disk/disk.ts";
import { RecordLog } from "../disk/record_log.ts";
import type { SeenSnapshot } from "./seen.ts";

/**
 * Copies the fingerprints of a crawl to another folder, every record checked on the way; returns the snapshot to open
 * them with there. The copy is safe against a loss of power then, but for the names of its files. Throws a
 * `DamageError` when the fingerprints are not whole.
 */
export async function copySeen(
  disk: Disk,
  from: string,
  to: string,
  { seed, log }: SeenSnapshot,
): Promise<SeenSnapshot> {
  const source = new RecordLog({ disk, path: `${from}/seen` }, log);
  const target = new RecordLog({ disk, path: `${to}/seen` });
  try {
    source.scan((payload) => void target.append(payload));
    target.flush();
    await target.sync();
    return { seed, log: target.snapshot() };
  } finally {
    target.close();
  }
}
