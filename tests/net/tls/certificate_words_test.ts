import assert from "node:assert/strict";
import { certificateWords } from "../../../lib/net/tls/certificate_words.ts";
import { failureOf } from "../../../lib/net/failure.ts";

const of = (words: string) => certificateWords(`client error (Connect): invalid peer certificate: ${words}`);

Deno.test("certificateWords() says in plain words what is wrong", () => {
  const cases: [words: string, expected: string | undefined][] = [
    ["UnknownIssuer", "who issued it is not known here; --ca-file can say"],
    ["Other(OtherError(CaUsedAsEndEntity))", "it has issued itself, as an authority does"],
    ["Revoked", "it has been revoked"],
    [
      "certificate expired: verification time 1795272712 (UNIX), but certificate is not valid after 1609459200 (185813512 seconds ago)",
      "it expired on 2021-01-01",
    ],
    [
      "certificate not valid yet: verification time 1795272712 (UNIX), but certificate is not valid before 3786912000 (1991639288 seconds in future)",
      "it is valid only from 2090-01-01",
    ],
    ["certificate is not valid after 99999999999999999999", "it expired on a day that no calendar has"],
    [
      'certificate not valid for name "a.test"; certificate is only valid for DnsName("b.test") or IpAddress(10.0.0.1)',
      "it is for b.test, 10.0.0.1",
    ],
    [
      'certificate not valid for name "a.test"; certificate is only valid for DnsName("b"), DnsName("c"), DnsName("d") or DnsName("e")',
      "it is for b, c, d ...",
    ],
    ["NotValidForName", "it is for another host"],
    ["BadSignature", undefined],
  ];
  for (const [words, expected] of cases) assert.equal(of(words), expected, words);
});

Deno.test("certificateWords() says nothing of other errors", () => {
  assert.equal(certificateWords("UnknownIssuer of nothing"), undefined);
  assert.equal(certificateWords("client error (Connect): tcp connect error"), undefined);
});

Deno.test("failureOf() shows what a server put into its certificate without its control characters", () => {
  const error = new TypeError(
    'client error (Connect): invalid peer certificate: certificate not valid for name "a"; certificate is only valid for DnsName("\x1b[31mb")',
  );
  const failure = failureOf(error, "https://a.test/", "answer");
  assert.deepEqual(failure, {
    kind: "tls",
    message: "Cannot trust the certificate of a.test: it is for \\e[31mb",
    final: true,
  });
});
