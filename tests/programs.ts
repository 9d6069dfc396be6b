/**
 * Programs of others that some tests want. A test that wants one says so, and is skipped where it is missing.
 *
 * @module
 */

/**
 * Returns whether a program can be started and ends well with these arguments. Where it cannot, it says on standard
 * output what is skipped.
 */
export async function hasProgram(name: string, args: readonly string[], skipped: string): Promise<boolean> {
  const isThere = await endsWell(name, args);
  if (!isThere) console.log(`${name} is not there: ${skipped} are skipped`);
  return isThere;
}

/** Runs a program to its end without showing it; false where it fails or cannot be started. */
export async function endsWell(name: string, args: readonly string[]): Promise<boolean> {
  try {
    // A program that is missing is an error of this call itself, and not of its promise.
    const { success } = await new Deno.Command(name, { args: [...args], stdout: "null", stderr: "null" }).output();
    return success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) throw error;
    return false;
  }
}
