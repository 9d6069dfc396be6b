import type { Scale } from "./case.ts";

/**
 * Returns a function that makes something once for each scale.
 *
 * What takes long to make is made before anybody asks for it, with a case's `prepare`: a server that is slow by mistake
 * would be measured as a hostile one.
 */
export function prepared<Made>(make: (scale: Scale) => Made): (scale: Scale) => Made {
  const made = new Map<string, Made>();
  return (scale) => {
    const key = JSON.stringify(scale);
    const known = made.get(key);
    if (known !== undefined) return known;
    const fresh = make(scale);
    made.set(key, fresh);
    return fresh;
  };
}
