/** Calls `handle` at each SIGINT and SIGTERM with its name, and how many there were before, until disposed. */
export function onSignals(handle: (signal: "SIGINT" | "SIGTERM", before: number) => void): Disposable {
  let count = 0;
  const listeners = (["SIGINT", "SIGTERM"] as const)
    // Windows knows no SIGTERM.
    .filter((signal) => Deno.build.os !== "windows" || signal === "SIGINT")
    .map((signal) => ({ signal, listener: () => handle(signal, count++) }));
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}

/**
 * Calls `handle` with what is thrown where nobody catches it, in a timer or a promise that nobody awaits, until
 * disposed; the process goes on.
 */
export function onStrayErrors(handle: (thrown: unknown) => void): Disposable {
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    handle(event.reason);
  };
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    handle(event.error);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  globalThis.addEventListener("error", onError);
  return {
    [Symbol.dispose]: () => {
      globalThis.removeEventListener("unhandledrejection", onRejection);
      globalThis.removeEventListener("error", onError);
    },
  };
}

/**
 * Calls `handle` with the stack of whoever ends the process before it is disposed, in whatever way: the process still
 * ends, with exit code 1.
 */
export function onExit(handle: (stack: string) => void): Disposable {
  const listener = () => {
    // The code that was asked for may be one that means something else here.
    Deno.exitCode = 1;
    handle(new Error().stack ?? "");
  };
  globalThis.addEventListener("unload", listener);
  return { [Symbol.dispose]: () => globalThis.removeEventListener("unload", listener) };
}
