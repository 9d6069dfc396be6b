/**
 * Queries that have been read once.
 *
 * @module
 */

/** How many queries are kept. A spider has tens; one that builds its queries from data makes new ones without end. */
const most = 256;

/**
 * Returns `make` with a memory: what it returned for a query is returned again, and nothing is kept of a query that it
 * refused.
 */
export function remembered<Query>(make: (text: string) => Query): (text: string) => Query {
  const known = new Map<string, Query>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (known.size >= most) {
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    }
    known.set(text, made);
    return made;
  };
}
