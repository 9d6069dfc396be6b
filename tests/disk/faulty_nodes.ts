/**
 * What a {@link FaultyDisk} is made of: files and folders that know what of them is safe.
 *
 * @module
 */

/** Bytes that were cut and added since the last sync. */
interface Change {
  readonly at: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type NameChange = readonly [folder: FolderNode, name: string, node: FileNode | FolderNode | undefined];

/** Some names given and taken in one step; nothing of it is safe before `settle`. */
export class Naming {
  readonly #changes: readonly NameChange[];

  constructor(changes: readonly NameChange[]) {
    this.#changes = changes;
    for (const [folder, name, node] of changes) put(folder.names, name, node);
  }

  touches(folder: unknown): boolean {
    return this.#changes.some(([each]) => each === folder);
  }

  settle(): void {
    for (const [folder, name, node] of this.#changes) put(folder.safe, name, node);
  }
}

function put(names: Map<string, FileNode | FolderNode>, name: string, node: FileNode | FolderNode | undefined): void {
  if (node === undefined) names.delete(name);
  else names.set(name, node);
}

/** A file: its bytes, and those of them that are safe. */
export class FileNode {
  #room: Uint8Array<ArrayBuffer>;
  #length: number;
  #safe: Uint8Array<ArrayBuffer>;
  #changes: Change[] = [];

  constructor(safe: Uint8Array = new Uint8Array()) {
    this.#safe = new Uint8Array(safe);
    this.#room = new Uint8Array(safe);
    this.#length = safe.length;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#room.subarray(0, this.#length);
  }

  cut(length: number): void {
    if (length === this.#length) return;
    this.#length = length;
    this.#changes.push({ at: length, bytes: new Uint8Array() });
  }

  add(bytes: Uint8Array): void {
    const at = this.#length;
    if (at + bytes.length > this.#room.length) {
      const larger = new Uint8Array(2 * (at + bytes.length));
      larger.set(this.bytes);
      this.#room = larger;
    }
    this.#room.set(bytes, at);
    this.#length += bytes.length;
    this.#changes.push({ at, bytes: new Uint8Array(bytes) });
  }

  /** Returns a function that makes safe what has been written so far. */
  mark(): () => void {
    const marked = this.#changes.at(-1);
    return () => {
      const count = marked === undefined ? 0 : this.#changes.indexOf(marked) + 1;
      this.#safe = applied(this.#safe, this.#changes.splice(0, count));
    };
  }

  /** The file after a loss of power. */
  survivor(random?: () => number): FileNode {
    if (random === undefined) return new FileNode(this.#safe);
    const count = Math.floor(random() * (this.#changes.length + 1));
    const kept = this.#changes.slice(0, count);
    const next = this.#changes[count];
    // Of the change that was under way a part may have arrived.
    if (next !== undefined) {
      kept.push({ at: next.at, bytes: next.bytes.slice(0, Math.floor(random() * next.bytes.length)) });
    }
    return new FileNode(applied(this.#safe, kept));
  }
}

function applied(bytes: Uint8Array<ArrayBuffer>, changes: readonly Change[]): Uint8Array<ArrayBuffer> {
  let result = bytes;
  for (const { at, bytes: added } of changes) {
    const next = new Uint8Array(at + added.length);
    next.set(result.subarray(0, at));
    next.set(added, at);
    result = next;
  }
  return result;
}

/** A folder: its names, and those of them that are safe. */
export class FolderNode {
  readonly names = new Map<string, FileNode | FolderNode>();
  readonly safe = new Map<string, FileNode | FolderNode>();

  /** The folder as it is, with everything safe. */
  copy(): FolderNode {
    const folder = new FolderNode();
    for (const [name, node] of this.names) {
      const copy = node instanceof FileNode ? new FileNode(node.bytes) : node.copy();
      folder.names.set(name, copy);
      folder.safe.set(name, copy);
    }
    return folder;
  }
}

/** The folder after a loss of power. */
export function survivorsOf(folder: FolderNode, random?: () => number): FolderNode {
  const survivor = new FolderNode();
  for (const [name, node] of folder.safe) {
    const kept = node instanceof FileNode ? node.survivor(random) : survivorsOf(node, random);
    survivor.names.set(name, kept);
    survivor.safe.set(name, kept);
  }
  return survivor;
}

export function splitPath(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
