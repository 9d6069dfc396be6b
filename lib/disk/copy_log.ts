import type { Disk } from "./disk.ts";
import { type LogSnapshot, RecordLog } from "./record_log.ts";

/**
 * Copies what counts of a log, every record checked on the way; returns the snapshot to open the copy with. The copy is
 * safe against a loss of power then, but for the names of its files. Throws a `DamageError` when the log is not whole.
 */
export async function copyLog(disk: Disk, from: string, to: string, snapshot: LogSnapshot): Promise<LogSnapshot> {
  const source = new RecordLog({ disk, path: from }, snapshot);
  const target = new RecordLog({ disk, path: to });
  try {
    source.scan((payload) => void target.append(payload));
    target.flush();
    await target.sync();
    return target.snapshot();
  } finally {
    target.close();
  }
}
