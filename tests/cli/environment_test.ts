import assert from "node:assert/strict";
import { parseVariables, readEnvironment } from "../../lib/cli/environment.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

function diskWith(text: string): FaultyDisk {
  const disk = new FaultyDisk();
  const file = disk.append("/work/.env", 0);
  file.write(new TextEncoder().encode(text));
  file.close();
  return disk;
}

Deno.test("without a .env file the environment is that of the process", () => {
  const process = { A: "1" };
  assert.deepEqual(readEnvironment(new FaultyDisk(), "/work", process), { values: process, warnings: [] });
});

Deno.test("a .env file adds variables; one that the process has stays as it is, an empty one included", () => {
  const disk = diskWith("A=file\nB=file\nC=file\n");
  assert.deepEqual(readEnvironment(disk, "/work", { A: "process", C: "" }).values, { A: "process", B: "file", C: "" });
});

Deno.test("a line of .env that cannot be read is named by its number, and never shown", () => {
  const { values, warnings } = readEnvironment(diskWith("A=1\nsecret words\nB=2\n"), "/work", {});
  assert.deepEqual(values, { A: "1", B: "2" });
  assert.deepEqual(warnings, ["Cannot read line 2 of .env: it is not NAME=VALUE, or a quote in it is not closed"]);
});

Deno.test("a .env that cannot be read is a warning", () => {
  const disk = diskWith("A=1\n");
  disk.failWhen(({ name }) => name === "read" ? "EACCES" : undefined);
  const { values, warnings } = readEnvironment(disk, "/work", { B: "2" });
  assert.deepEqual(values, { B: "2" });
  assert.match(warnings.join(), /\.env.*Its variables are left out$/);
});

/** Lines of a file, and what they set. */
const lines: readonly (readonly [text: string, wanted: Record<string, string>])[] = [
  ["A=1", { A: "1" }],
  ["  export A = 1  ", { A: "1" }],
  ["\uFEFFA=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["# A=1\n\n   # B=2\nC=3", { C: "3" }],
  ["A=", { A: "" }],
  ["A= # nothing", { A: "" }],
  ["A=#nothing", { A: "" }],
  ["A=x # a comment", { A: "x" }],
  ["A=x#y # a comment", { A: "x#y" }],
  ["A=two words", { A: "two words" }],
  ["A=k=v&x", { A: "k=v&x" }],
  [`A="x # y" # a comment`, { A: "x # y" }],
  [`A='it''`, {}],
  [`A='C:\\new "x"'`, { A: `C:\\new "x"` }],
  [`A="C:\\new"`, { A: "C:\new" }],
  [`A="a \\"b\\" \\\\ c"`, { A: `a "b" \\ c` }],
  ['A=`it\'s "x"`', { A: `it's "x"` }],
  [`A="one\ntwo"\nB=2`, { A: "one\ntwo", B: "2" }],
  ["A=1\nA=2", { A: "2" }],
  ["A=it's", { A: "it's" }],
];

for (const [text, wanted] of lines) {
  Deno.test(`parseVariables() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseVariables(text).values, wanted);
  });
}

Deno.test("parseVariables() tells the number of each line that it cannot read", () => {
  const text = `A=1\nwords\n=1\n1A=2\nB="open\nC=3\nD="a\nb"\nE="x" y\nF=4`;
  assert.deepEqual(parseVariables(`${text}\nlast`).unread, [2, 3, 4, 5, 9, 11]);
  assert.deepEqual(parseVariables("A='never closed").unread, [1]);
});
