import { distance } from "fastest-levenshtein";

/**
 * Returns ` did you mean ...?` for the name nearest to a mistyped one, or, when none is near, the list of the names.
 */
export function suggest(typed: string, names: readonly string[]): string {
  const near = names
    .map((name) => ({ name, edits: distance(typed.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)[0];
  if (near !== undefined && near.edits <= Math.max(1, Math.ceil(typed.length / 3))) return `did you mean ${near.name}?`;
  return `there are ${names.join(", ")}`;
}
