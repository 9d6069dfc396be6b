/** What was thrown, read once. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  /** Empty where there is none. */
  readonly stack: string;
  /** The very error, or another with the same words where that one cannot be read. */
  readonly error: Error;
}

/** Characters of a message and a stack that are read: a whole page may be in one. */
const longest = 20_000;

/**
 * Reads what was thrown, which may be anything: an error whose getters throw, an object without a prototype, a Proxy, a
 * symbol. Never throws itself.
 */
export function readThrown(thrown: unknown): Thrown {
  if (!isInstance(thrown, Error)) {
    const message = textOf(() => thrown) ?? "something that cannot be shown";
    return { name: "Error", message, stack: "", error: standIn("Error", message, "") };
  }
  const [name, message, stack] = [textOf(() => thrown.name), textOf(() => thrown.message), textOf(() => thrown.stack)];
  const read = { name: name ?? "Error", message: message ?? "(its message cannot be read)", stack: stack ?? "" };
  const isReadable = [name, message, stack].every((text) => text !== undefined);
  return { ...read, error: isReadable ? thrown : standIn(read.name, read.message, read.stack) };
}

/** Whether a value is an instance of a class; a Proxy that does not say is none. */
export function isInstance<Type>(value: unknown, type: abstract new (...args: never[]) => Type): value is Type {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/** Returns a value as text; undefined where that fails. */
function textOf(read: () => unknown): string | undefined {
  try {
    const value = read();
    return (typeof value === "string" ? value : String(value)).slice(0, longest);
  } catch {
    return undefined;
  }
}

function standIn(name: string, message: string, stack: string): Error {
  return Object.defineProperties(new Error(message), {
    name: { value: name },
    stack: { value: stack },
  });
}
