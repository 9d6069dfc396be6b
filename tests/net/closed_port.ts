/** A port where nobody listens: no other test is given it in the meantime, and `fetch` does not refuse it. */
export const closedPort = 2;
