/**
 * A log whose records are texts, on a disk that fails when it is told to.
 *
 * @module
 */

import { type LogSnapshot, offsetOf, RecordLog, type RecordLogOptions, segmentOf } from "../../lib/disk/record_log.ts";
import { FaultyDisk } from "./faulty_disk.ts";

export const bytes = (text: string) => new TextEncoder().encode(text);
export const textOf = (payload: Uint8Array) => new TextDecoder().decode(payload);

export type Limits = Omit<RecordLogOptions, "disk" | "path">;

/** Opens the log whose files are `/q-0.log`, `/q-1.log` and so on. */
export function openLog(disk: FaultyDisk, limits: Limits = {}, snapshot?: LogSnapshot): RecordLog {
  return new RecordLog({ disk, path: "/q", ...limits }, snapshot);
}

/** The records of a log, each with its place. */
export function recordsOf(log: RecordLog): string[] {
  const records: string[] = [];
  log.scan((payload, position) => records.push(`${segmentOf(position)}:${offsetOf(position)} ${textOf(payload)}`));
  return records;
}

/** A log of five records in three segments, as a process left it that has ended. */
export function smallLog(): { readonly disk: FaultyDisk; readonly snapshot: LogSnapshot } {
  const disk = new FaultyDisk();
  const log = openLog(disk, { segmentRecords: 2 });
  for (const text of ["one", "", "three", "4", "five"]) log.append(bytes(text));
  log.flush();
  log.close();
  return { disk, snapshot: log.snapshot() };
}
