/**
 * Servers that break off.
 *
 * @module
 */
import type { Case } from "./case.ts";

const html = ["content-type: text/html"];
const tooEarly = /ends too early|broke the connection off|closed the connection/;

export const cuts: readonly Case[] = [
  {
    name: "a reset before the head",
    serving: { abrupt: true, answer() {} },
    wanted: { failure: "reset", message: /broke the connection off|closed the connection without an answer/ },
  },
  {
    name: "a reset in the middle of the body",
    serving: {
      abrupt: true,
      async answer(peer) {
        await peer.sendAnswer("200 OK", [...html, "content-length: 100000"], "<title>half</title>" + "x".repeat(9000));
        await peer.wait(50);
      },
    },
    wanted: { failure: ["reset", "cut-short"], message: /broke the connection off|ends too early/ },
  },
  {
    name: "an end before the head",
    serving: { answer() {} },
    wanted: { failure: "reset", message: /closed the connection without an answer/ },
  },
  {
    name: "an end in the middle of the head",
    serving: { answer: (peer) => peer.send("HTTP/1.1 200 OK\r\ncontent-type: te") },
    wanted: { failure: "reset", message: /closed the connection without an answer/ },
  },
  {
    name: "an end before the announced length",
    serving: {
      answer: (peer) => peer.sendAnswer("200 OK", [...html, "content-length: 5000"], "<title>half</title>"),
    },
    wanted: { failure: "cut-short", message: tooEarly },
  },
  {
    name: "an end of a large body before the announced length",
    serving: {
      answer: (peer) => peer.sendAnswer("200 OK", [...html, "content-length: 500000"], "x".repeat(400_000)),
    },
    wanted: { failure: "cut-short", message: tooEarly },
  },
  {
    name: "chunks without a last one",
    serving: {
      answer: (peer) => peer.sendAnswer("200 OK", [...html, "transfer-encoding: chunked"], "5\r\nhello\r\n"),
    },
    wanted: { failure: "cut-short", message: tooEarly },
  },
  {
    name: "a chunk that ends too early",
    serving: {
      answer: (peer) => peer.sendAnswer("200 OK", [...html, "transfer-encoding: chunked"], "fff\r\nhello"),
    },
    wanted: { failure: "cut-short", message: tooEarly },
  },
];
