/**
 * A disk in memory that loses power, and that fails when it is told to.
 *
 * It is as forgetful as the contract allows: bytes are safe after `sync` of their file, and names (those of folders
 * too) after `syncFolder` of the folder that holds them. Nothing else is.
 *
 * @module
 */

import { type AppendFile, type Disk, DiskError, type FileLock, type ReadFile } from "../../lib/disk/disk.ts";
import { FileNode, FolderNode, Naming, splitPath, survivorsOf } from "./faulty_nodes.ts";

/** One thing that was asked of the disk, as far as a failure may be wanted there. */
export interface Operation {
  /** Counted from 1. */
  readonly number: number;
  readonly name: keyof typeof actions;
  readonly path: string;
}

/** The words that the disk of a machine uses. */
export const reasons = {
  ENOSPC: "No space left on device (os error 28)",
  EIO: "Input/output error (os error 5)",
  EACCES: "Permission denied (os error 13)",
  EMFILE: "Too many open files (os error 24)",
  EROFS: "Read-only file system (os error 30)",
} as const;
export type Reason = keyof typeof reasons;

const actions = {
  append: "open",
  open: "open",
  read: "read",
  load: "read",
  readAt: "read",
  size: "look at",
  isFolder: "look at",
  isFile: "look at",
  identityOf: "look at",
  list: "list",
  makeFolder: "make the folder",
  rename: "rename",
  remove: "remove",
  syncFolder: "sync the folder",
  write: "write to",
  sync: "sync",
  lock: "lock",
  isLocked: "look at",
} as const;

/** Operations that change what is on the disk. */
const changing: readonly string[] = ["append", "makeFolder", "rename", "remove", "syncFolder", "write", "sync"];

/** The power is gone: every operation from here on throws this, which nobody is expected to handle. */
export class PowerLoss extends Error {
  override readonly name = "PowerLoss";
}

/** The disk. `crash` and `kill` give the one that is found after a restart; this one then does nothing any more. */
export class FaultyDisk implements Disk {
  readonly #root: FolderNode;
  /** Names given and taken that no `syncFolder` has made safe, oldest first. */
  #namings: Naming[] = [];
  #dead = false;
  #number = 0;
  #fault: (operation: Operation) => Reason | undefined = () => undefined;
  readonly #identities = new WeakMap<object, string>();
  #lastIdentity = 0;
  readonly #locks = new Map<string, { readonly released: Promise<void> }>();
  /** Everything that was asked for and changes something, as `name path`. */
  readonly changes: string[] = [];
  /** Files that are open. */
  opened = 0;

  constructor(root = new FolderNode()) {
    this.#root = root;
  }

  /** Makes every operation fail for which `fault` gives a reason. A write that fails may have written a part. */
  failWhen(fault: (operation: Operation) => Reason | undefined): void {
    this.#fault = fault;
  }

  /** Cuts the power just before the change that comes after `count` further ones. */
  stopAfter(count: number): void {
    let left = count;
    this.#fault = ({ name }) => {
      if (changing.includes(name) && left-- === 0) this.#dead = true;
      return undefined;
    };
  }

  /**
   * Cuts the power: what is not safe is gone, or, with `random`, a part of it that ends at some moment. With `anyNames`
   * some names may be kept that are younger than others that are not, as the contract allows.
   */
  crash(random?: () => number, anyNames = false): FaultyDisk {
    this.#dead = true;
    if (random !== undefined) {
      const count = Math.floor(random() * (this.#namings.length + 1));
      const kept = this.#namings.filter((_, at) => anyNames ? random() < 0.5 : at < count);
      for (const naming of kept) naming.settle();
    }
    return new FaultyDisk(survivorsOf(this.#root, random));
  }

  /** Kills the process: what was handed to the disk stays. */
  kill(): FaultyDisk {
    this.#dead = true;
    return this.copy();
  }

  /** A disk with the same files, all of them safe. */
  copy(): FaultyDisk {
    return new FaultyDisk(this.#root.copy());
  }

  /** Puts a file there, safely, or takes it away. */
  put(path: string, bytes: Uint8Array | string | undefined): void {
    const unsafe = this.#namings.length;
    const { folder, name } = this.#parent(path, true);
    const content = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    this.#namings.push(new Naming([[folder, name, content && new FileNode(content)]]));
    for (const naming of this.#namings.splice(unsafe)) naming.settle();
  }

  /** The text of a file. */
  text(path: string): string | undefined {
    const node = this.#find(path);
    return node instanceof FileNode ? new TextDecoder().decode(node.bytes) : undefined;
  }

  append(path: string, length: number): AppendFile {
    return this.#sync("append", path, () => {
      const { folder, name } = this.#parent(path, length === 0);
      let node = folder.names.get(name);
      if (node === undefined) {
        if (length > 0) throw missing();
        node = new FileNode();
        this.#namings.push(new Naming([[folder, name, node]]));
      }
      if (!(node instanceof FileNode)) throw new Error("Is a directory (os error 21)");
      if (node.length < length) throw new Error(`it ends after ${node.length} of ${length} bytes`);
      node.cut(length);
      return this.#appendFile(path, node);
    });
  }

  open(path: string): ReadFile {
    return this.#sync("open", path, () => {
      const node = this.#file(path);
      const { length } = node;
      this.opened += 1;
      let isOpen = true;
      return {
        path,
        length,
        readAt: (offset, wanted) =>
          this.#sync("readAt", path, () => {
            if (!isOpen) throw new Error("Bad resource ID");
            if (offset + wanted > node.length) {
              throw new Error(`it ends after ${node.length} of ${offset + wanted} bytes`);
            }
            return node.bytes.slice(offset, offset + wanted);
          }),
        close: () => {
          if (isOpen) this.opened -= 1;
          isOpen = false;
        },
      };
    });
  }

  read(path: string): Uint8Array<ArrayBuffer> | undefined {
    return this.#sync("read", path, () => this.#find(path) && this.#file(path).bytes.slice());
  }

  load(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#async("load", path, () => this.#find(path) && this.#file(path).bytes.slice());
  }

  size(path: string): number | undefined {
    return this.#sync("size", path, () => {
      const node = this.#find(path);
      return node instanceof FolderNode ? 4096 : node?.length;
    });
  }

  isFolder(path: string): boolean {
    return this.#sync("isFolder", path, () => this.#find(path) instanceof FolderNode);
  }

  isFile(path: string): boolean {
    return this.#sync("isFile", path, () => this.#find(path) instanceof FileNode);
  }

  identityOf(path: string): string | undefined {
    return this.#sync("identityOf", path, () => this.#identityIn(this.#find(path)));
  }

  /** There are no links on it. */
  locate(path: string): string {
    return path;
  }

  list(folder: string): string[] {
    return this.#sync("list", folder, () => {
      const node = this.#find(folder);
      if (node instanceof FileNode) throw new Error("Not a directory (os error 20)");
      return node === undefined ? [] : [...node.names.keys()].sort();
    });
  }

  makeFolder(folder: string): void {
    this.#sync("makeFolder", folder, () => void this.#parent(`${folder}/x`, true));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#async("rename", to, () => {
      const old = this.#parent(from, false), next = this.#parent(to, false);
      const node = old.folder.names.get(old.name);
      if (node === undefined) throw missing();
      this.#namings.push(new Naming([[old.folder, old.name, undefined], [next.folder, next.name, node]]));
    });
  }

  remove(path: string): Promise<void> {
    return this.#async("remove", path, () => {
      const node = this.#find(path);
      if (node === undefined) return;
      const { folder, name } = this.#parent(path, false);
      this.#removeAll(folder, name, node);
    });
  }

  syncFolder(folder: string): Promise<void> {
    return this.#async("syncFolder", folder, () => {
      const node = this.#find(folder);
      if (node === undefined) throw missing();
      for (const naming of this.#namings) {
        if (naming.touches(node)) naming.settle();
      }
      this.#namings = this.#namings.filter((naming) => !naming.touches(node));
    });
  }

  async lock(path: string, patience: Promise<unknown>): Promise<FileLock | undefined> {
    await this.#async("lock", path, () => {});
    if (!await this.#waitForLock(path, patience)) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#locks.set(path, { released: promise });
    const { folder, name } = this.#parent(path, false);
    if (!folder.names.has(name)) this.#namings.push(new Naming([[folder, name, new FileNode()]]));
    const node = this.#file(path);
    return {
      identity: this.#identityIn(node)!,
      read: () => new TextDecoder().decode(node.bytes),
      write: (text) => {
        this.#sync("write", path, () => {
          node.cut(0);
          node.add(new TextEncoder().encode(text));
        });
        this.#sync("sync", path, () => node.mark()());
      },
      [Symbol.dispose]: () => {
        this.#locks.delete(path);
        resolve();
      },
    };
  }

  async isLocked(path: string, patience: Promise<unknown>): Promise<boolean> {
    await this.#async("isLocked", path, () => this.#file(path));
    return !await this.#waitForLock(path, patience);
  }

  async #waitForLock(path: string, patience: Promise<unknown>): Promise<boolean> {
    for (let held = this.#locks.get(path); held !== undefined; held = this.#locks.get(path)) {
      const free = await Promise.race([held.released.then(() => true), patience.then(() => false)]);
      if (!free) return false;
    }
    return true;
  }

  #identityIn(node: object | undefined): string | undefined {
    if (node === undefined) return undefined;
    const known = this.#identities.get(node) ?? String(++this.#lastIdentity);
    this.#identities.set(node, known);
    return known;
  }

  #appendFile(path: string, node: FileNode): AppendFile {
    this.opened += 1;
    let isOpen = true, broken = false, unsafe = false;
    return {
      path,
      identity: this.#identityIn(node)!,
      get length() {
        return node.length;
      },
      write: (bytes) => {
        try {
          this.#sync("write", path, () => {
            if (!isOpen) throw new Error("Bad resource ID");
            if (unsafe) throw new Error("an earlier sync has failed");
            if (broken) throw new Error("an earlier write has failed");
            node.add(bytes);
          });
        } catch (error) {
          if (!broken && isOpen && !this.#dead) node.add(bytes.subarray(0, bytes.length >> 1));
          broken = true;
          throw error;
        }
      },
      sync: async () => {
        const settle = node.mark();
        try {
          await this.#async("sync", path, () => {
            if (!isOpen) throw new Error("Bad resource ID");
            if (unsafe) throw new Error("an earlier sync has failed");
            settle();
          });
        } catch (error) {
          unsafe = true;
          throw error;
        }
      },
      close: () => {
        if (isOpen) this.opened -= 1;
        isOpen = false;
      },
    };
  }

  /** Children first, each a change of its own, as the system does it. */
  #removeAll(folder: FolderNode, name: string, node: FileNode | FolderNode): void {
    if (node instanceof FolderNode) {
      for (const [inner, child] of [...node.names]) this.#removeAll(node, inner, child);
    }
    this.#namings.push(new Naming([[folder, name, undefined]]));
  }

  #parent(path: string, make: boolean): { readonly folder: FolderNode; readonly name: string } {
    const parts = splitPath(path);
    const name = parts.pop() ?? "";
    let folder = this.#root;
    for (const part of parts) {
      let next = folder.names.get(part);
      if (next === undefined) {
        if (!make) throw missing();
        next = new FolderNode();
        this.#namings.push(new Naming([[folder, part, next]]));
      }
      if (next instanceof FileNode) throw new Error("Not a directory (os error 20)");
      folder = next;
    }
    return { folder, name };
  }

  #find(path: string): FileNode | FolderNode | undefined {
    let node: FileNode | FolderNode | undefined = this.#root;
    for (const part of splitPath(path)) {
      if (node instanceof FileNode) throw new Error("Not a directory (os error 20)");
      node = node?.names.get(part);
    }
    return node;
  }

  #file(path: string): FileNode {
    const node = this.#find(path);
    if (node === undefined) throw missing();
    if (node instanceof FolderNode) throw new Error("Is a directory (os error 21)");
    return node;
  }

  #sync<T>(name: Operation["name"], path: string, work: () => T): T {
    if (this.#dead) throw new PowerLoss(`${name} ${path}`);
    const reason = this.#fault({ number: ++this.#number, name, path });
    if (this.#dead) throw new PowerLoss(`${name} ${path}`);
    try {
      if (reason !== undefined) throw new Error(reasons[reason]);
      if (changing.includes(name)) this.changes.push(`${name} ${path}`);
      return work();
    } catch (error) {
      throw new DiskError(actions[name], path, error);
    }
  }

  /** What is asked for happens later, as it does on a disk. */
  async #async<T>(name: Operation["name"], path: string, work: () => T): Promise<T> {
    await Promise.resolve();
    return this.#sync(name, path, work);
  }
}

function missing(): Error {
  return new Error("No such file or directory (os error 2)");
}
