/** Returns a function that gives the longest of these texts that another text begins with, if there is one. */
export function longestPrefixAmong(texts: readonly string[]): (text: string) => string | undefined {
  // In this order a text follows those that it begins with, and whatever stands between them begins with them too.
  const sorted = [...texts].sort();
  const shorter = prefixesOf(sorted);
  return (text) => {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! <= text) low = middle + 1;
      else high = middle;
    }
    let at = low - 1;
    while (at >= 0 && !text.startsWith(sorted[at]!)) at = shorter[at]!;
    return sorted[at];
  };
}

/** For each of the texts the place of the longest other one that it begins with, or -1. */
function prefixesOf(sorted: readonly string[]): Int32Array {
  const shorter = new Int32Array(sorted.length);
  for (let at = 0; at < sorted.length; at++) {
    let before = at - 1;
    while (before >= 0 && !sorted[at]!.startsWith(sorted[before]!)) before = shorter[before]!;
    shorter[at] = before;
  }
  return shorter;
}
