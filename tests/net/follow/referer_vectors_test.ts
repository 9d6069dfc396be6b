import assert from "node:assert/strict";
import { defaultReferrerPolicy } from "../../../lib/model/referrer_policy.ts";
import { isPolicy, policyOf, refererOf } from "../../../lib/net/follow/referer.ts";
import { conformance } from "../../url/vectors.ts";

interface Case {
  readonly id: number;
  readonly settings: { readonly REFERRER_POLICY?: string };
  readonly response_headers: Readonly<Record<string, string>>;
  readonly request_meta: { readonly referrer_policy?: string };
  readonly from: string;
  readonly to: string;
  readonly expected: string | null;
}

const empty = "an empty policy asked for the full URL once; today it says nothing, and the setting counts";

/** The policy that a name of Scrapy's means: ours, or a class such as `path.to.SameOriginPolicy`. */
function named(name: string): ReturnType<typeof policyOf> {
  const last = name.split(".").at(-1)!.replace(/Policy$/, "");
  const ours = last.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  if (ours === "scrapy-default" || ours === "default-referrer") return defaultReferrerPolicy;
  assert.ok(isPolicy(ours), `the policy ${ours} is not known`);
  return ours;
}

conformance<Case>({
  file: "referer_policy.json",
  name: "refererOf() sends what Scrapy sends",
  notMet: Object.fromEntries([326, 328, 330, 332, 334, 336, 338, 340, 342].map((id) => [id, empty])),
  check({ settings, response_headers, request_meta, from, to, expected }) {
    const said = request_meta.referrer_policy ?? undefined;
    const policy = (said === undefined ? undefined : named(said)) ?? policyOf(new Headers(response_headers)) ??
      named(settings.REFERRER_POLICY ?? "scrapy-default")!;
    assert.equal(refererOf(policy, from, new URL(to).href), expected ?? "");
  },
});
