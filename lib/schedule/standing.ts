/**
 * What a host is known for: nothing yet; its last answer came in time; it stalls, but has answered in time before; it
 * stalls, and never has.
 */
export type Standing = "new" | "prompt" | "slow" | "silent";

/** Whether the requests of such a host get places; the others go out beside them. */
export function takesPlaces(standing: Standing): boolean {
  return standing === "new" || standing === "prompt";
}

/** Whether such a host has ever answered in time. */
export function isKnown(standing: Standing): boolean {
  return standing === "prompt" || standing === "slow";
}

/** What becomes of a host's standing when one of its requests stalls. */
export function afterStall(standing: Standing): Standing {
  return isKnown(standing) ? "slow" : "silent";
}
