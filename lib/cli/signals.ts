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
