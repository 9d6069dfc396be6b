import assert from "node:assert/strict";
import { certificateWords } from "../../../lib/net/tls/certificate_words.ts";
import { failureOf } from "../../../lib/net/failure.ts";

const of = (words: string) => certificateWords(`client error (Connect): invalid peer certificate: ${words}`);

Deno.test("certificateWords() says in plain words what is wrong", () => {
  const cases: [words: string, expected: string | undefined][] = [
    ["UnknownIssuer", "it has an unknown issuer: --ca-file FILE names one to trust, --insecure takes any"],
    [
      "Other(OtherError(CaUsedAsEndEntity))",
      "it is an authority's own and not a server's: only --insecure takes it",
    ],
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
      "it has the wrong name: it is for b.test, 10.0.0.1",
    ],
    [
      'certificate not valid for name "a.test"; certificate is only valid for DnsName("b"), DnsName("c"), DnsName("d") or DnsName("e")',
      "it has the wrong name: it is for b, c, d ...",
    ],
    ["NotValidForName", "it has the wrong name: it is for another host"],
    [
      'certificate not valid for name "a"; certificate is not valid for any names (according to its subjectAltName extension)',
      "it has the wrong name: it is for no host at all",
    ],
    ["BadSignature", "its signature is wrong"],
    ["Other(OtherError(UnsupportedCertVersion))", "it is of a version that nobody takes any more (X.509 v1)"],
    ["InvalidPurpose", "it is not made for servers"],
    ["BadEncoding", "it cannot be read"],
    ["SomethingNew", undefined],
  ];
  for (const [words, expected] of cases) assert.equal(of(words), expected, words);
});

Deno.test("certificateWords() knows what Node says", () => {
  const cases: [words: string, expected: string][] = [
    ["self-signed certificate", "it is self-signed: --ca-file FILE trusts it, --insecure any"],
    ["certificate has expired", "it has expired"],
    ["certificate is not yet valid", "it is not valid yet"],
    [
      "unable to get local issuer certificate",
      "it has an unknown issuer: --ca-file FILE names one to trust, --insecure takes any",
    ],
    [
      "unable to verify the first certificate",
      "it has an unknown issuer: --ca-file FILE names one to trust, --insecure takes any",
    ],
    [
      "Hostname/IP does not match certificate's altnames: Host: b.localhost. is not in the cert's altnames: DNS:localhost",
      "it has the wrong name: it is for another host",
    ],
  ];
  for (const [words, expected] of cases) assert.equal(certificateWords(words), expected, words);
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
    message: "Cannot trust the certificate of a.test: it has the wrong name: it is for \\e[31mb",
    final: true,
  });
});
