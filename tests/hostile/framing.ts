/**
 * Servers that do not say, or say twice, where their answer ends.
 *
 * @module
 */
import type { Answer, Case } from "./case.ts";

const html = ["content-type: text/html"];
const chunked = [...html, "transfer-encoding: chunked"];
const page = "<title>whole</title>";

/** Sends these chunks, and waits: what is wrong must not be found out by the end of the connection. */
function chunks(body: string): Answer {
  return async (peer) => {
    await peer.sendAnswer("200 OK", chunked, body);
    await peer.untilGone();
  };
}

const notValid = /not valid HTTP|cannot be read to its end|ends too early/;

export const framing: readonly Case[] = [
  {
    name: "garbage after the body",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", [...html, `content-length: ${page.length}`], page + "\0\xff garbage\r\n\r\n");
        await peer.untilGone();
      },
    },
    wanted: { pages: 1, title: "whole" },
  },
  {
    name: "another answer after the body",
    serving: {
      async answer(peer) {
        const other = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 20\r\n\r\n<title>other</title>";
        await peer.sendAnswer("200 OK", [...html, `content-length: ${page.length}`], page + other);
        await peer.untilGone();
      },
    },
    wanted: { pages: 1, title: "whole" },
  },
  {
    name: "a chunk size that is no number",
    serving: { answer: chunks("zz\r\nhello\r\n0\r\n\r\n") },
    wanted: { failure: "cut-short", message: notValid },
  },
  {
    name: "a negative chunk size",
    serving: { answer: chunks("-5\r\nhello\r\n0\r\n\r\n") },
    wanted: { failure: "cut-short", message: notValid },
  },
  {
    name: "a chunk size beyond all numbers",
    serving: { answer: chunks(`${"f".repeat(40)}\r\nhello\r\n0\r\n\r\n`) },
    wanted: { failure: "cut-short", message: notValid },
  },
  {
    name: "a chunk extension of a megabyte",
    serving: { answer: chunks(`5;${"x".repeat(1e6)}\r\nhello\r\n0\r\n\r\n`) },
    wanted: { failure: "cut-short", message: notValid },
  },
  {
    name: "a chunk extension without end",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", chunked, "5;");
        await peer.sendForEver("x".repeat(10_000));
      },
    },
    wanted: { failure: "cut-short", message: notValid },
  },
  {
    name: "trailers without end",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", chunked, "5\r\nhello\r\n0\r\n");
        await peer.sendForEver(`x-trailer: ${"x".repeat(1000)}\r\n`);
      },
    },
    wanted: { failure: "cut-short", message: notValid },
  },
  {
    name: "a length and chunks",
    serving: {
      answer: (peer) => peer.sendAnswer("200 OK", [...chunked, "content-length: 3"], `14\r\n${page}\r\n0\r\n\r\n`),
    },
    // RFC 9112, 6.3: chunks count, and the length is passed over.
    wanted: { pages: 1, title: "whole" },
  },
  {
    name: "two lengths",
    serving: {
      answer: (peer) =>
        peer.sendAnswer("200 OK", [...html, "content-length: 5", `content-length: ${page.length}`], page),
    },
    wanted: { failure: "protocol", message: /not valid HTTP/ },
  },
  {
    name: "a negative length",
    serving: { answer: (peer) => peer.sendAnswer("200 OK", [...html, "content-length: -1"], page) },
    wanted: { failure: "protocol", message: /not valid HTTP/ },
  },
  {
    name: "a length that is no number",
    serving: { answer: (peer) => peer.sendAnswer("200 OK", [...html, "content-length: many"], page) },
    wanted: { failure: "protocol", message: /not valid HTTP/ },
  },
  {
    name: "no length at all",
    serving: { answer: (peer) => peer.sendAnswer("200 OK", html, page) },
    // The end of the connection is the end of the body (RFC 9112, 6.3).
    wanted: { pages: 1, title: "whole" },
  },
];
