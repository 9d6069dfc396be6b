/** Returns a value's kind in words: `null`, `an array`, `a number`, `a Promise`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  const maker = typeof value === "object" ? value.constructor?.name : undefined;
  const kind = maker === undefined || maker === "" || maker === "Object" ? typeof value : maker;
  return `${/^[aeio]|^u[^r]/i.test(kind) ? "an" : "a"} ${kind}`;
}
