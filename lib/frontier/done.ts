/**
 * The records of `done-<n>.log`: a priority and the places of requests that are done.
 *
 * @module
 */

import { type LogSnapshot, offsetOf, type Position, segmentOf } from "../disk/record_log.ts";

/** Bytes for the priority, and for each place after it: segment and offset. */
const prioritySize = 4, placeSize = 8;

/** Returns the record for some done requests of one priority. */
export function encodeDone(priority: number, positions: readonly Position[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(prioritySize + placeSize * positions.length));
  view.setInt32(0, priority, true);
  let at = prioritySize;
  for (const position of positions) {
    view.setUint32(at, segmentOf(position), true);
    view.setUint32(at + 4, offsetOf(position), true);
    at += placeSize;
  }
  return new Uint8Array(view.buffer);
}

/** Collects what is done in the segments that still count. */
export class DoneReader {
  readonly #lanes = new Map<number, Map<number, number[]>>();

  constructor(logs: readonly (readonly [priority: number, log: LogSnapshot])[]) {
    for (const [priority, log] of logs) this.#lanes.set(priority, new Map(log.map(([segment]) => [segment, []])));
  }

  /** Takes in a record; returns false when it is none of this kind. */
  read(payload: Uint8Array<ArrayBuffer>): boolean {
    if (payload.length < prioritySize || (payload.length - prioritySize) % placeSize !== 0) return false;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const lane = this.#lanes.get(view.getInt32(0, true));
    for (let at = prioritySize; at < payload.length; at += placeSize) {
      lane?.get(view.getUint32(at, true))?.push(view.getUint32(at + 4, true));
    }
    return true;
  }

  /** Returns a function that tells whether a position is done; it is to be asked in ascending order. */
  cursor(priority: number): (position: Position) => boolean {
    const lane = this.#lanes.get(priority);
    let segment = -1, offsets = new Uint32Array(), next = 0;
    return (position) => {
      if (segmentOf(position) !== segment) {
        segment = segmentOf(position);
        offsets = Uint32Array.from(lane?.get(segment) ?? []).sort();
        next = 0;
      }
      const offset = offsetOf(position);
      while (next < offsets.length && offsets[next]! < offset) next += 1;
      return offsets[next] === offset;
    };
  }
}
