/**
 * Servers whose bodies are too long, or packed in ways that they are not.
 *
 * @module
 */
import { deflateRawSync, gzipSync } from "node:zlib";
import { type Bomb, bombs } from "../net/body/bombs.ts";
import type { Case, Scale } from "./case.ts";
import { prepared } from "./prepared.ts";

const html = ["content-type: text/html"];
const page = "<title>whole</title>";
const packed = (encoding: string) => [...html, `content-encoding: ${encoding}`];
const tooLarge = { failure: "too-large", message: /larger than/ } as const;
const damaged = { failure: "protocol", message: /Cannot decompress/ } as const;

/** The names of the bombs do not depend on how large they are. */
const bombNames = bombs(1 / 1024).map(({ name }) => name);
const allBombs = prepared(({ gigabytes }) => bombs(gigabytes));

/** Returns one of the bombs. */
export function bombOf(scale: Scale, name: string): Bomb {
  return allBombs(scale).find((each) => each.name === name)!;
}

export const bodies: readonly Case[] = [
  {
    name: "a body without end",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", html, page);
        await peer.sendForEver("x".repeat(65_536));
      },
    },
    wanted: tooLarge,
  },
  {
    name: "chunks without end",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", [...html, "transfer-encoding: chunked"]);
        await peer.sendForEver(`10000\r\n${"x".repeat(65_536)}\r\n`);
      },
    },
    wanted: tooLarge,
  },
  {
    name: "10 GB, announced",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", [...html, "content-length: 10000000000"]);
        await peer.sendForEver("x".repeat(65_536));
      },
    },
    wanted: tooLarge,
  },
  ...bombNames.map((name): Case => ({
    name: `a bomb: ${name}`,
    serving: {
      async answer(peer) {
        const { encoding, body } = bombOf(peer.scale, name);
        await peer.sendAnswer("200 OK", [...packed(encoding), `content-length: ${body.length}`], body);
      },
    },
    prepare: allBombs,
    // Some are refused before they have become large.
    wanted: { failure: ["too-large", "protocol"], message: /larger than|Cannot decompress/ },
  })),
  {
    name: "gzip without end",
    serving: {
      async answer(peer) {
        // A megabyte that ends on a whole byte and not the stream, again and again.
        const piece = deflateRawSync(new Uint8Array(2 ** 20), { finishFlush: 3 });
        await peer.sendAnswer("200 OK", [...packed("gzip"), "transfer-encoding: chunked"]);
        await peer.send("a\r\n");
        await peer.send(new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]));
        await peer.send("\r\n");
        const chunk = new Uint8Array([
          ...new TextEncoder().encode(`${piece.length.toString(16)}\r\n`),
          ...piece,
          13,
          10,
        ]);
        await peer.sendForEver(chunk);
      },
    },
    wanted: tooLarge,
  },
  {
    name: "plain text that is called gzip",
    serving: { answer: (peer) => peer.sendPage(page, ["content-encoding: gzip"]) },
    wanted: damaged,
  },
  {
    name: "plain text that is called br",
    serving: { answer: (peer) => peer.sendPage(page, ["content-encoding: br"]) },
    wanted: damaged,
  },
  {
    name: "plain text that is called zstd",
    serving: { answer: (peer) => peer.sendPage(page, ["content-encoding: zstd"]) },
    wanted: damaged,
  },
  {
    name: "gzip that is called deflate",
    serving: { answer: (peer) => peer.sendPage(gzipSync(page), ["content-encoding: deflate"]) },
    wanted: { pages: 1, title: "whole" },
  },
  {
    name: "gzip that is cut short",
    serving: {
      answer: (peer) => peer.sendPage(gzipSync(page.repeat(50)).subarray(0, -12), ["content-encoding: gzip"]),
    },
    wanted: { failure: "cut-short", message: /ends too early/ },
  },
  {
    name: "an encoding that nobody knows",
    serving: { answer: (peer) => peer.sendPage(page, ["content-encoding: whatever"]) },
    // Sites send `utf-8` and `none` here: what is no encoding is passed over.
    wanted: { pages: 1, title: "whole" },
  },
  {
    name: "500 encodings",
    serving: { answer: (peer) => peer.sendPage(page, [`content-encoding: ${"gzip, ".repeat(500)}gzip`]) },
    wanted: { failure: "protocol", message: /./ },
  },
  {
    name: "nothing at all",
    serving: { answer: (peer) => peer.sendPage("") },
    wanted: { pages: 1, title: "" },
  },
];
