/**
 * A frontier over queues in memory or on a disk that fails, and what goes into it and comes out.
 *
 * @module
 */

import { DiskQueues } from "../../lib/frontier/disk_queues.ts";
import { Frontier, type FrontierOptions, type FrontierSnapshot } from "../../lib/frontier/frontier.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import type { FaultyDisk } from "../disk/faulty_disk.ts";

/** Where a frontier on disk has its files. */
export const folder = "/c";

export function inMemory(options: Omit<FrontierOptions, "seen"> = {}): Frontier {
  return new Frontier({ seen: new Seen(), ...options });
}

export function onDisk(disk: FaultyDisk, snapshot?: FrontierSnapshot): Frontier {
  const frontier = new Frontier({
    seen: new Seen({ disk, folder }, snapshot?.seen),
    queues: new DiskQueues({ disk, folder, segmentRecords: 2, window: 3 }, snapshot?.queues),
  });
  if (snapshot !== undefined) frontier.restore(snapshot);
  return frontier;
}

/** A request to the host that most of these tests are about. */
export function request(path: string, said: Partial<Request> = {}): Request {
  return createRequest(`http://a.com/${path}`, said);
}

/** Takes everything of a host, in order. */
export function drain(frontier: Frontier, host = "a.com"): string[] {
  const paths: string[] = [];
  for (let next = frontier.take(host); next !== undefined; next = frontier.take(host)) {
    paths.push(next.url.slice(next.url.indexOf("/", 7) + 1));
    frontier.done(next);
  }
  return paths;
}
