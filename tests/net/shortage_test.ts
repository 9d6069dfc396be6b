import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { failureOf } from "../../lib/net/failure.ts";
import { shortageIn } from "../../lib/net/shortage.ts";
import { RawServer } from "./raw_server.ts";

const url = "https://a.example/";

Deno.test("failureOf() tells what this machine lacks from what is the host's fault", () => {
  const connect = "error sending request for url: client error (Connect): ";
  const files = "This machine has no descriptor left for a connection to a.example (too many open files)";
  const memory = "This machine has no memory left for a connection to a.example";
  const ports = "This machine has no port or address left for a connection to a.example";
  for (
    const [words, lacking, message] of [
      [`${connect}tcp open error: Too many open files (os error 24)`, "files", files],
      [`${connect}dns error: Too many open files (os error 24)`, "files", files],
      [`${connect}tcp open error: Too many open files in system (os error 23)`, "files", files],
      ["connect EMFILE 10.0.0.1:443 - Local (undefined:undefined)", "files", files],
      ["connect ENFILE 10.0.0.1:443", "files", files],
      [`${connect}tcp open error: Cannot allocate memory (os error 12)`, "memory", memory],
      [`${connect}tcp connect error: No buffer space available (os error 105)`, "memory", memory],
      [`${connect}dns error: failed to lookup address information: Memory allocation failure`, "memory", memory],
      [`${connect}dns error: Resource temporarily unavailable (os error 11)`, "memory", memory],
      ["getaddrinfo EAI_MEMORY a.example", "memory", memory],
      [`${connect}tcp connect error: Cannot assign requested address (os error 99)`, "ports", ports],
      [`${connect}tcp connect error: Can't assign requested address (os error 49)`, "ports", ports],
      ["connect EADDRNOTAVAIL 10.0.0.1:443 - Local (0.0.0.0:0)", "ports", ports],
    ] as const
  ) {
    assert.deepEqual(failureOf(new Error(words), url, "answer"), { kind: "shortage", lacking, message }, words);
    const proxy = { name: "house", url: "http://p.example:3128" };
    assert.equal(failureOf(new Error(words), url, "answer", url, proxy).lacking, lacking, `${words}, through a proxy`);
  }
});

Deno.test("a resolver that asks for patience, and what breaks off on the way, is no want of this machine", () => {
  const lookup = "client error (Connect): dns error: failed to lookup address information: ";
  assert.equal(failureOf(new Error(`${lookup}Temporary failure in name resolution`), url, "answer").kind, "dns");
  assert.equal(failureOf(new Error("getaddrinfo EAI_AGAIN a.example"), url, "answer").kind, "dns");
  // It had its connection, and some of it may have arrived.
  const sent = "client error (SendRequest): connection error: No buffer space available (os error 105)";
  assert.notEqual(failureOf(new Error(sent), url, "answer").kind, "shortage");
  assert.equal(failureOf(new Error("Cannot allocate memory (os error 12)"), url, "body").kind, "cut-short");
  assert.equal(shortageIn("connection refused (os error 111)"), undefined);
});

Deno.test({
  name: "without a descriptor no name is missing and no proxy dead, and what is written still is",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    const folder = await Deno.makeTempDir({ prefix: "trawl-descriptors-" });
    try {
      const program = fileURLToPath(new URL("out_of_descriptors.ts", import.meta.url));
      const trawl = [Deno.execPath(), "run", "-A", "--no-check", program, server.url, folder];
      const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
        args: ["-c", 'ulimit -n 80 && exec "$@"', "sh", ...trawl],
        env: { NO_PROXY: "localhost,127.0.0.1", NO_COLOR: "1" },
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      const { before, short, written } = JSON.parse(new TextDecoder().decode(stdout));
      assert.deepEqual(before, {
        has: true,
        address: 200,
        name: 200,
        guardedName: 200,
        missing: "dns",
        through: 200,
        reach: true,
        proxy: "works",
      });
      assert.deepEqual(short, {
        has: false,
        address: "shortage files",
        name: "shortage files",
        guardedName: "shortage files",
        missing: "shortage files",
        through: "shortage files",
        reach: "unknown",
        proxy: "unknown",
      });
      assert.deepEqual(written, ["a1", "b2"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
