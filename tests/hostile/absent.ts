/**
 * Hosts that are not there.
 *
 * @module
 */
import type { Case } from "./case.ts";

export const absent: readonly Case[] = [
  {
    name: "a name that does not exist",
    serving: { nobody: "http://no-such-host.invalid/" },
    wanted: { failure: "dns", message: /No host is named no-such-host\.invalid/ },
  },
  {
    name: "a closed port",
    // One that is given to no other test in the meantime, and that `fetch` does not refuse.
    serving: { nobody: "http://127.0.0.1:2/" },
    wanted: { failure: "robots", message: /refused the connection/ },
  },
  {
    name: "a port that is not for web pages",
    serving: { nobody: "http://127.0.0.1:25/" },
    wanted: { failure: "robots", message: /not one for web pages|refused the connection/ },
  },
];
