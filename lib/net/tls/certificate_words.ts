/** What is wrong with a certificate, by the words of rustls. */
const reasons: readonly (readonly [pattern: RegExp, words: (match: RegExpExecArray) => string])[] = [
  [/not valid after (\d+)/, ([, seconds]) => `it expired on ${dayOf(seconds)}`],
  [/not valid before (\d+)/, ([, seconds]) => `it is valid only from ${dayOf(seconds)}`],
  [/only valid for (.+)$/, ([, names = ""]) => `it is for ${namesIn(names)}`],
  [/not valid for name|NotValidForName/, () => "it is for another host"],
  [/UnknownIssuer/, () => "who issued it is not known here; --ca-file can say"],
  [/CaUsedAsEndEntity/, () => "it has issued itself, as an authority does"],
  [/Revoked/, () => "it has been revoked"],
];

/** Says why a certificate is not trusted; `undefined` where an error is about something else, or new. */
export function certificateWords(reason: string): string | undefined {
  if (!/peer certificate/.test(reason)) return undefined;
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
