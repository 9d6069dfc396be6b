/**
 * Servers that want us to come back at an absurd time.
 *
 * @module
 */
import type { Case } from "./case.ts";

const times: readonly (readonly [name: string, value: string])[] = [
  ["of 30,000 years", "1000000000000"],
  ["beyond all numbers", "9".repeat(400)],
  ["that is negative", "-100"],
  ["that is no time", "soon or later, 5 or -5, 1e3"],
  ["in the past", "Wed, 21 Oct 2015 07:28:00 GMT"],
  ["in 2099", "Fri, 31 Dec 2099 23:59:59 GMT"],
  ["on a day that does not exist", "Mon, 99 Foo 2026 99:99:99 GMT"],
];

export const retryAfter: readonly Case[] = times.flatMap(([name, value]) =>
  ([["429 Too Many Requests", 429], ["503 Service Unavailable", 503]] as const).map(([line, status]): Case => ({
    name: `${status} and a Retry-After ${name}`,
    serving: {
      answer: (peer) => peer.sendAnswer(line, [`retry-after: ${value}`, "content-length: 0", "connection: close"]),
    },
    wanted: { failure: "status", status, message: new RegExp(`${status}`) },
  }))
);
