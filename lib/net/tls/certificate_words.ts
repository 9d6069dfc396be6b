const trust = "--ca-file FILE trusts it, --insecure any";

/** What is wrong with a certificate, by the words of rustls and of Node. The first that fits counts. */
const reasons: readonly (readonly [pattern: RegExp, words: (match: RegExpExecArray) => string])[] = [
  [/not valid after (\d+)/, ([, seconds]) => `it expired on ${dayOf(seconds)}`],
  [/certificate has expired|Expired\b/, () => "it has expired"],
  [/not valid before (\d+)/, ([, seconds]) => `it is valid only from ${dayOf(seconds)}`],
  [/not yet valid|NotValidYet/, () => "it is not valid yet"],
  [/not valid for any names/, () => "it has the wrong name: it is for no host at all"],
  [/only valid for (.+)$/, ([, names = ""]) => `it has the wrong name: it is for ${namesIn(names)}`],
  [/not valid for name|NotValidForName|altnames/, () => "it has the wrong name: it is for another host"],
  [
    /self-signed, CaUsedAsEndEntity/,
    () => "it is self-signed, and an authority's, which --ca-file cannot change: only --insecure takes it",
  ],
  [/self-signed/, () => `it is self-signed: ${trust}`],
  [/CaUsedAsEndEntity/, () => "it is an authority's own and not a server's: only --insecure takes it"],
  [
    /UnknownIssuer|unable to (?:get|verify)/,
    () => `it has an unknown issuer: --ca-file FILE names one to trust, --insecure takes any`,
  ],
  [/Revoked|revoked/, () => "it has been revoked"],
  [/BadSignature/, () => "its signature is wrong"],
  [/UnsupportedCertVersion/, () => "it is of a version that nobody takes any more (X.509 v1)"],
  [
    /UnsupportedSignatureAlgorithm/,
    () => "it is signed in a way that nobody takes any more, or that is not known here",
  ],
  [/InvalidPurpose|RequiredEkuNotFound/, () => "it is not made for servers"],
  [/BadEncoding|BadDer/, () => "it cannot be read"],
];

/** Says why a certificate is not trusted; `undefined` where an error is about something else, or new. */
export function certificateWords(reason: string): string | undefined {
  if (!/certificate/.test(reason)) return undefined;
  for (const [pattern, words] of reasons) {
    const match = pattern.exec(reason);
    if (match !== null) return words(match);
  }
  return undefined;
}

function dayOf(seconds = ""): string {
  const time = new Date(1000 * Number(seconds));
  return Number.isNaN(time.getTime()) ? "a day that no calendar has" : time.toISOString().slice(0, 10);
}

/** `DnsName("a.test") or IpAddress(10.0.0.1)`, as it says them. */
function namesIn(text: string): string {
  const names = [...text.matchAll(/\("?([^")]+)"?\)/g)].map(([, name]) => name);
  return names.length === 0
    ? "another host"
    : names.length > 3
    ? `${names.slice(0, 3).join(", ")} ...`
    : names.join(", ");
}
