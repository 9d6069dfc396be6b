import assert from "node:assert/strict";

/** How a file of conformance cases is run. */
export interface Conformance<Case extends { readonly id: number }> {
  /** The file in the folder of conformance cases, which lies beside the project and not in it. */
  readonly file: string;
  /** What is being promised; it becomes the test's name. */
  readonly name: string;
  /** Why a case asks for something that is not offered at all; it is not run. */
  readonly outside?: (one: Case) => string | undefined;
  /**
   * Cases that are deliberately answered in another way, each with the reason. One that starts to pass fails the test.
   */
  readonly notMet?: Readonly<Record<number, string>>;
  /** Throws, or rejects, where the case is not met. */
  readonly check: (one: Case) => void | Promise<void>;
}

/** Registers one test for a file of cases, or one that is skipped and says so where the file is missing. */
export function conformance<Case extends { readonly id: number }>(suite: Conformance<Case>): void {
  const { cases, missing } = read<Case>(suite.file);
  Deno.test({
    name: missing ? `${suite.name} (skipped: ../shared/vectors/${suite.file} is missing)` : suite.name,
    ignore: missing,
    async fn() {
      const wrong: string[] = [];
      let run = 0;
      for (const one of cases) {
        if (suite.outside?.(one) !== undefined) continue;
        run++;
        const listed = suite.notMet?.[one.id];
        try {
          await suite.check(one);
          if (listed !== undefined) wrong.push(`case ${one.id} is met, and listed as not met: ${listed}`);
        } catch (error) {
          if (listed === undefined) {
            wrong.push(`case ${one.id} is not met: ${error instanceof Error ? error.message : error}`);
          }
        }
      }
      assert.deepEqual(wrong, []);
      assert.ok(run > 0, "no case was run");
    },
  });
}

function read<Case>(file: string): { readonly cases: readonly Case[]; readonly missing: boolean } {
  try {
    const text = Deno.readTextFileSync(new URL(`../../../shared/vectors/${file}`, import.meta.url));
    return { cases: JSON.parse(text).cases, missing: false };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { cases: [], missing: true };
    throw error;
  }
}

/** The bytes of a base64 text. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
