/**
 * Keeps two generations of a crawl's checkpoint, and reads the newest that is whole.
 *
 * The order of the steps in `save` is what makes a crash at any point harmless: FORMAT.md numbers the invariants.
 *
 * @module
 */

import { basename } from "node:path";
import { DamageError } from "../disk/damage.ts";
import { type Disk, DiskError } from "../disk/disk.ts";
import { makeFolder } from "../disk/make_folder.ts";
import { type Checkpoint, decodeCheckpoint, FormatError } from "./document.ts";
import type { Places } from "./places.ts";

/** A generation that could not be read, and why. */
export interface Unreadable {
  readonly path: string;
  readonly error: Error;
}

/** What a checkpoint folder holds: generations that can be read, newest first, and those that cannot. */
export interface Found {
  readonly checkpoints: readonly { readonly path: string; readonly checkpoint: Checkpoint }[];
  readonly unreadable: readonly Unreadable[];
}

/** Reads and replaces the checkpoint of one crawl. */
export class CheckpointStore {
  readonly #disk: Disk;
  readonly #places: Places;
  /** Files that the generation on disk does not count but the one before it may. */
  #retired: readonly string[] = [];

  constructor(disk: Disk, places: Places) {
    this.#disk = disk;
    this.#places = places;
  }

  /** Reads both generations without changing anything. */
  find(): Found {
    const checkpoints = [], unreadable = [];
    for (const path of [this.#places.current, this.#places.previous]) {
      try {
        const bytes = this.#disk.read(path);
        if (bytes !== undefined) checkpoints.push({ path, checkpoint: decodeCheckpoint(bytes, path) });
      } catch (error) {
        if (!(error instanceof DamageError || error instanceof FormatError || error instanceof DiskError)) throw error;
        unreadable.push({ path, error });
      }
    }
    return { checkpoints, unreadable };
  }

  /**
   * Replaces the checkpoint by `bytes`. `sync` makes the files that it counts safe; `retired` are files that it does
   * not count any more: they are removed when the next one is safe.
   */
  async save(bytes: Uint8Array<ArrayBuffer>, sync: () => Promise<void>, retired: readonly string[]): Promise<void> {
    const { checkpoint: folder, current, previous, temporary } = this.#places;
    // Keeps C1: what a checkpoint counts, names of new files included, is on disk before the checkpoint is.
    await makeFolder(this.#disk, folder, "private");
    await sync();
    await this.#disk.syncFolder(folder);
    const file = this.#disk.append(temporary, 0, "private");
    try {
      file.write(bytes);
      // Sync before the rename: the rename may reach the disk first, and a crash in between would leave the name on an
      // empty file.
      await file.sync();
    } finally {
      file.close();
    }
    // Keeps C3: the older name is replaced by a whole document, and so is the newer.
    if (this.#disk.size(current) !== undefined) await this.#disk.rename(current, previous);
    await this.#disk.rename(temporary, current);
    await this.#disk.syncFolder(folder);
    // Keeps C5: the generation before this one is now the last one saved, which did not count these.
    for (const path of this.#retired) await this.#disk.remove(path);
    this.#retired = retired;
  }

  /**
   * Puts a generation that cannot be read out of the way, so that the next save does not take it for the one before;
   * returns its new place.
   */
  async setAside(path: string): Promise<string> {
    const folder = this.#aside();
    // It holds the cookies, wherever it is.
    await makeFolder(this.#disk, folder, "private");
    await this.#disk.rename(path, `${folder}/${basename(path)}`);
    return `${folder}/${basename(path)}`;
  }

  /** Removes the checkpoint and everything that belongs to it. */
  async clear(): Promise<void> {
    // Before the documents: a crawl that begins without any would take it for its own.
    await this.#disk.remove(this.#places.interrupted);
    // Keeps C7: the older generation first, so that a crash in between leaves the newer one or none.
    await this.#disk.remove(this.#places.previous);
    if (this.#disk.size(this.#places.current) !== undefined) await this.#disk.syncFolder(this.#places.checkpoint);
    await this.#disk.remove(this.#places.current);
    // And both before what they count.
    if (this.#disk.isFolder(this.#places.checkpoint)) await this.#disk.syncFolder(this.#places.checkpoint);
    await this.#disk.remove(this.#places.checkpoint);
    if (this.#disk.size(this.#places.root) !== undefined) await this.#disk.syncFolder(this.#places.root);
  }

  /** Moves the whole folder, damaged as it is, out of the way; returns its new place. */
  async putAside(): Promise<string> {
    const folder = this.#aside();
    await this.#disk.remove(this.#places.interrupted);
    await this.#disk.rename(this.#places.checkpoint, folder);
    return folder;
  }

  /** Returns the name of a folder that is not there yet. */
  #aside(): string {
    let number = 1;
    while (this.#disk.size(`${this.#places.checkpoint}.damaged-${number}`) !== undefined) number += 1;
    return `${this.#places.checkpoint}.damaged-${number}`;
  }
}
