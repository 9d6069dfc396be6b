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
 * Calls `handle` with the reason of each promise that is rejected and that nobody awaits, until disposed; the process
 * goes on.
 */
export function onRejections(handle: (reason: string) => void): Disposable {
  const listener = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    handle(event.reason instanceof Error ? event.reason.message : String(event.reason));
  };
  globalThis.addEventListener("unhandledrejection", listener);
  return { [Symbol.dispose]: () => globalThis.removeEventListener("unhandledrejection", listener) };
}
