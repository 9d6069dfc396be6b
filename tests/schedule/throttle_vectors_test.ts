import assert from "node:assert/strict";
import { autoThrottle } from "../../lib/schedule/throttle.ts";
import { conformance } from "../url/vectors.ts";

interface Case {
  readonly id: number;
  readonly config: {
    readonly target_concurrency: number;
    readonly download_delay: number;
    readonly max_delay: number;
    readonly start_delay: number;
  };
  readonly responses: readonly { readonly latency: number; readonly status: number }[];
  readonly expected_delays: readonly number[];
}

conformance<Case>({
  file: "autothrottle.json",
  name: "autoThrottle(), kept between the least and the longest delay, gives the delays of Scrapy's AutoThrottle",
  check({ config, responses, expected_delays }) {
    // The two limits are not autoThrottle's: the scheduler has the configured delay, and adjust() the longest.
    let delay = Math.max(config.download_delay, config.start_delay);
    const delays = responses.map(({ latency, status }) => {
      const next = autoThrottle(delay, latency / config.target_concurrency, status);
      return delay = Math.min(config.max_delay, Math.max(config.download_delay, next));
    });
    assert.deepEqual(delays.map(rounded), expected_delays.map(rounded));
  },
});

function rounded(delay: number): number {
  return Math.round(delay * 1e9) / 1e9;
}
