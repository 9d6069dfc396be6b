/** How much of a page's URL goes with the requests for its links, by the names of the standard (Referrer Policy, 3). */
export const referrerPolicies = [
  "no-referrer",
  "no-referrer-when-downgrade",
  "same-origin",
  "origin",
  "strict-origin",
  "origin-when-cross-origin",
  "strict-origin-when-cross-origin",
  "unsafe-url",
] as const;

/** One of {@linkcode referrerPolicies}. */
export type ReferrerPolicy = typeof referrerPolicies[number];

/** What browsers do where nobody says anything else. */
export const defaultReferrerPolicy: ReferrerPolicy = "strict-origin-when-cross-origin";
