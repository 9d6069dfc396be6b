/** Returns scheme, host and port of an absolute http or https URL, as it spells them: `http://example.com:8080`. */
export function originOf(url: string): string {
  const end = url.indexOf("/", url.indexOf("//") + 2);
  return end < 0 ? url : url.slice(0, end);
}
