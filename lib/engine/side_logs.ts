/**
 * What a crawl knows besides its requests and items, each in a log of its own.
 *
 * Hosts and robots.txt files are what servers were asked and have said. No kill undoes that, so all that stands whole in
 * these logs counts, and not only what the document does.
 *
 * @module
 */

import type { Disk } from "../disk/disk.ts";
import type { Durable } from "../disk/durable.ts";
import { KeyedLog, withRest } from "../disk/keyed_log.ts";
import type { LogSnapshot } from "../disk/record_log.ts";

/** How many bytes of each file count. */
export interface SideLogsSnapshot {
  readonly hosts: LogSnapshot;
  readonly robots: LogSnapshot;
  readonly cookies: LogSnapshot;
  readonly exiles: LogSnapshot;
}

/** The names of the logs, which are the beginnings of their files' names. */
export const sideLogs = ["hosts", "robots", "cookies", "exiles"] as const;

const none: SideLogsSnapshot = { hosts: [], robots: [], cookies: [], exiles: [] };

/** The logs, by their names. */
export class SideLogs implements Durable {
  readonly hosts: KeyedLog;
  readonly robots: KeyedLog;
  readonly cookies: KeyedLog;
  readonly exiles: KeyedLog;

  /** Opens the logs as a snapshot has them, or empty ones. Throws a `DamageError` when they are not whole. */
  constructor(disk: Disk, folder: string, snapshot: SideLogsSnapshot = none) {
    const pathOf = (name: keyof SideLogsSnapshot) => `${folder}/${name}`;
    const open = (name: keyof SideLogsSnapshot, log: LogSnapshot) => new KeyedLog({ disk, path: pathOf(name) }, log);
    const openAll = (name: keyof SideLogsSnapshot) => open(name, withRest(disk, pathOf(name), snapshot[name]));
    this.hosts = openAll("hosts");
    this.robots = openAll("robots");
    this.cookies = open("cookies", snapshot.cookies);
    this.exiles = open("exiles", snapshot.exiles);
  }

  flush(): void {
    for (const log of this.#all) log.flush();
  }

  async sync(): Promise<void> {
    await Promise.all(this.#all.map((log) => log.sync()));
  }

  snapshot(): SideLogsSnapshot {
    const { hosts, robots, cookies, exiles } = this;
    return {
      hosts: hosts.snapshot(),
      robots: robots.snapshot(),
      cookies: cookies.snapshot(),
      exiles: exiles.snapshot(),
    };
  }

  /** Returns, once, the files that a snapshot made now does not count any more. */
  retired(): string[] {
    return this.#all.flatMap((log) => log.retired());
  }

  close(): void {
    for (const log of this.#all) log.close();
  }

  get #all(): readonly KeyedLog[] {
    return sideLogs.map((name) => this[name]);
  }
}
