import assert from "node:assert/strict";
import { localDisk } from "../../lib/disk/local.ts";
import { widen } from "../../lib/feed/widen.ts";
import { inFolder } from "./temp_folder.ts";

async function widened(folder: string, text: string, columns: readonly string[], chunk?: number): Promise<string> {
  await Deno.writeTextFile(`${folder}/in`, text);
  await widen(localDisk, `${folder}/in`, `${folder}/out`, columns, chunk);
  return await Deno.readTextFile(`${folder}/out`);
}

const grown = 'a,"b\r\n,"\r\n1,"x,""y""\r\n,"\r\nü,"","\r\n2,3,4\r\n"""",5,6,7\r\n';
const whole = 'a,"b\r\n,",c,"d,"\r\n1,"x,""y""\r\n,",,\r\nü,"","\r\n2,3,4\r\n"""",5,6,7\r\n';

Deno.test("widen() writes the whole header and an empty cell for each column a row did not know", () =>
  inFolder(async (folder) => {
    assert.equal(
      await widened(folder, "a\r\n1\r\n2,3\r\n4,5,6\r\n", ["a", "b", "c"]),
      "a,b,c\r\n1,,\r\n2,3,\r\n4,5,6\r\n",
    );
    assert.equal(await widened(folder, 'a\r\n""\r\nx\r\n', ["a", "b"]), 'a,b\r\n"",\r\nx,\r\n');
    assert.equal(await widened(folder, "a\r\n", ["a", "b"]), "a,b\r\n");
  }));

Deno.test("widen() does not take a comma or line break inside quotes for the end of a cell or row, whatever the chunk", () =>
  inFolder(async (folder) => {
    for (const chunk of [1, 2, 3, 5, 7, 1000]) {
      assert.equal(await widened(folder, grown, ["a", "b\r\n,", "c", "d,"], chunk), whole, `chunks of ${chunk}`);
    }
  }));

Deno.test("widen() replaces what an interrupted copy has left", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/out`, "half a row of an earlier try, which is longer than the copy");
    assert.equal(await widened(folder, "a\r\n1\r\n", ["a", "b"]), "a,b\r\n1,\r\n");
  }));
