/**
 * Returns a text as certificates to be trusted, in PEM. Throws a `RangeError` that says what is wrong with it.
 *
 * There may be several in it, and other things beside them.
 */
export function caCertsOf(text: string): readonly string[] {
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new RangeError("there is no certificate in it; one in PEM begins with -----BEGIN CERTIFICATE-----");
  }
  try {
    Deno.createHttpClient({ caCerts: [text] }).close();
  } catch (error) {
    throw new RangeError(`a certificate in it cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  return [text];
}
