import assert from "node:assert/strict";
import { adviceFor } from "../../lib/cli/fetch/advice.ts";
import { OptionReader } from "../../lib/cli/options.ts";
import { readArgs } from "../../lib/cli/parse_args.ts";
import { SmallPlace } from "./in_process.ts";

/** Everything that is wrong with a command line. */
function problemsOf(argv: readonly string[]): readonly string[] {
  const args = readArgs(argv);
  if (!("command" in args)) throw new Error("this is no command");
  const options = new OptionReader(args);
  options.merged("set", undefined);
  return options.problems;
}

const slips: readonly (readonly [argv: string, ...problems: string[]])[] = [
  ["crawl x -s delay", "-s delay: write -s delay=VALUE"],
  ["crawl x -s delya", '-s delya: there is no setting "delya"; did you mean delay?'],
  ["crawl x --limt 5", "there is no flag --limt; did you mean --limit?"],
  ["crawl --limt 5 x", "there is no flag --limt; did you mean --limit?"],
  ["crawl x y", 'crawl does not take "y": it takes <spider | ./file.ts>'],
];
for (const [argv, ...problems] of slips) {
  Deno.test(`${argv}: one mistake is told once`, () => assert.deepEqual(problemsOf(argv.split(" ")), problems));
}

Deno.test("a usage error is in the log file as well, in words or as an event", async () => {
  await using place = new SmallPlace();
  const log = `${place.folder}/log.txt`;
  const ended = await place.run(["crawl", "smal", "--limt", "5", "--log-file", log]);
  assert.equal(ended.code, 2);
  const [slip, unknown, ...rest] = Deno.readTextFileSync(log).trimEnd().split("\n");
  assert.match(slip!, /^\d{4}-\S+Z error there is no flag --limt; did you mean --limit\?$/);
  assert.match(unknown!, /^\d{4}-\S+Z error there is no spider "smal"/);
  assert.deepEqual(rest, []);
  await place.run(["crawl", "smal", "--json", "--log-file", `${log}.json`]);
  const { type, spider, exitCode, problems } = JSON.parse(Deno.readTextFileSync(`${log}.json`));
  assert.deepEqual([type, spider, exitCode, problems.length], ["usage", "smal", 2, 1]);
});

Deno.test("a usage error is never written where items are", async () => {
  await using place = new SmallPlace();
  const file = `${place.folder}/out.jsonl`;
  assert.equal((await place.run(["crawl", "small", "--limt", "-o", file, "--log-file", file])).code, 2);
  assert.throws(() => Deno.statSync(file), Deno.errors.NotFound);
});

Deno.test("a port that speaks the other of http and https is told, without --insecure", () => {
  const plain = { kind: "tls", message: "a.com does not speak TLS on this port" } as const;
  assert.equal(adviceFor(plain, "https://a.com/"), "Ask for http://, or on another port");
  const secure = { kind: "protocol", message: "The answer of a.com is not valid HTTP: invalid HTTP version" } as const;
  assert.equal(adviceFor(secure, "http://a.com/"), "Perhaps the server wants encryption: ask for https://");
  assert.equal(adviceFor(secure, "https://a.com/"), undefined);
  const untrusted = { kind: "tls", message: "Cannot trust the certificate of a.com: it has expired" } as const;
  assert.match(adviceFor(untrusted, "https://a.com/")!, /--insecure$/);
});
