/**
 * Servers whose heads are not what a head should be.
 *
 * @module
 */
import type { Answer, Case } from "./case.ts";

const page = "<title>whole</title>";
const proper = ["content-type: text/html", `content-length: ${page.length}`, "connection: close"];

/** A page with these headers as well. */
function withHeaders(headers: readonly string[]): Answer {
  return (peer) => peer.sendAnswer("200 OK", [...headers, ...proper], page);
}

const notValid = /not valid HTTP/;
const tooMany = { failure: "protocol", message: /headers of .+ are too many or too large/ } as const;

export const heads: readonly Case[] = [
  {
    name: "a header of a megabyte",
    serving: { answer: withHeaders([`x-large: ${"x".repeat(1e6)}`]) },
    wanted: tooMany,
  },
  {
    name: "10,000 headers",
    serving: { answer: withHeaders(Array.from({ length: 10_000 }, (_, at) => `x-${at}: 1`)) },
    wanted: tooMany,
  },
  {
    name: "headers without end",
    serving: {
      async answer(peer) {
        await peer.send("HTTP/1.1 200 OK\r\n");
        await peer.sendForEver(`x-more: ${"x".repeat(1000)}\r\n`);
      },
    },
    wanted: tooMany,
  },
  {
    name: "a status line without end",
    serving: {
      async answer(peer) {
        await peer.send("HTTP/1.1 200 ");
        await peer.sendForEver("O".repeat(1000));
      },
    },
    wanted: tooMany,
  },
  {
    name: "a cookie of 64 KB",
    serving: { hostname: "localhost", answer: withHeaders([`set-cookie: large=${"x".repeat(65_536)}`]) },
    wanted: { pages: 1, title: "whole" },
  },
  {
    name: "60 KB of cookies",
    // The second page is asked for with those of the first: whoever sends them all is refused by most servers.
    serving: {
      hostname: "localhost",
      answer: (peer) =>
        peer.sendAnswer("200 OK", [
          ...Array.from({ length: 60 }, (_, at) => `set-cookie: c${at}=${"x".repeat(1000)}`),
          "content-type: text/html",
          "connection: close",
        ], `${page}<a href="/next">next</a>`),
    },
    wanted: { pages: 2 },
  },
  {
    name: "a NUL in a header",
    serving: { answer: withHeaders(["x-nul: a\0b"]) },
    wanted: { failure: "protocol", message: notValid },
  },
  {
    name: "a CR in a header",
    serving: { answer: withHeaders(["x-cr: a\rb"]) },
    wanted: { failure: "protocol", message: notValid },
  },
  {
    name: "a header that ends with LF alone",
    serving: { answer: withHeaders(["x-lf: a\nx-injected: b"]) },
    // RFC 9112, 2.2: a line may end with LF alone. So the second is just another header.
    wanted: { pages: 1, title: "whole" },
  },
  {
    name: "a header without a colon",
    serving: { answer: withHeaders(["no colon here"]) },
    wanted: { failure: "protocol", message: notValid },
  },
  {
    name: "a folded header",
    serving: { answer: withHeaders(["x-folded: a\r\n b"]) },
    wanted: { failure: "protocol", message: notValid },
  },
  {
    name: "escapes for the terminal in the status line",
    serving: { answer: (peer) => peer.sendAnswer("\x1b[2J\x1b]0;owned\x07 OK", proper, page) },
    wanted: { failure: "protocol", message: notValid },
  },
  {
    name: "a status of one digit",
    serving: { answer: (peer) => peer.sendAnswer("2 OK", proper, page) },
    wanted: { failure: "protocol", message: notValid },
  },
  {
    name: "status 999",
    serving: { answer: (peer) => peer.sendAnswer("999 Whatever", proper, page) },
    wanted: { failure: "status", status: 999, message: /999/ },
  },
  {
    name: "a change of protocols that nobody asked for",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("101 Switching Protocols", ["upgrade: chess", "connection: upgrade"]);
        await peer.untilGone();
      },
    },
    wanted: { failure: "status", status: 101, message: /101/ },
  },
  {
    name: "HTTP/0.9",
    serving: { answer: (peer) => peer.send(`<html>${page}</html>`) },
    wanted: { failure: "protocol", message: notValid },
  },
  {
    name: "HTTP/2 where HTTP/1 was asked for",
    serving: { answer: (peer) => peer.send("\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64") },
    wanted: { failure: "protocol", message: notValid },
  },
  {
    name: "SSH",
    serving: { answer: (peer) => peer.send("SSH-2.0-OpenSSH_9.9\r\n") },
    wanted: { failure: "protocol", message: notValid },
  },
];
