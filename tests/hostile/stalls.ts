/**
 * Servers that take their time.
 *
 * @module
 */
import type { Case } from "./case.ts";

/** Between two bytes of those who drip. */
const second = 1000;

const head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-slow: ";
const tooLate = /had not finished its answer after|sent no answer within|stopped in the middle of its answer/;

export const stalls: readonly Case[] = [
  {
    name: "a head of one byte a second",
    serving: { answer: (peer) => peer.drip(head, second) },
    wanted: { failure: "timeout", message: /sent no answer within/ },
  },
  {
    name: "a body of one byte a second",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", ["content-type: text/html", "content-length: 1000000"]);
        await peer.drip("<!doctype html><title>slow</title>", second);
      },
    },
    wanted: { failure: "timeout", message: /had not finished its answer after/ },
  },
  {
    name: "a short body of one byte a second",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", ["content-type: text/html", "content-length: 100"]);
        await peer.drip("<!doctype html><title>slow</title>", second);
      },
    },
    wanted: { failure: "timeout", message: tooLate },
  },
  {
    name: "a chunk a second for ever",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", ["content-type: text/html", "transfer-encoding: chunked"]);
        await peer.sendForEver("1\r\nx\r\n", second);
      },
    },
    wanted: { failure: "timeout", message: /had not finished its answer after/ },
  },
  {
    name: "silence after the request",
    serving: { answer: (peer) => peer.untilGone() },
    wanted: { failure: "timeout", message: /sent no answer within/ },
  },
  {
    name: "silence after the head",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", ["content-type: text/html", "content-length: 100000"]);
        await peer.untilGone();
      },
    },
    wanted: { failure: "timeout", message: /stopped in the middle of its answer/ },
  },
  {
    name: "silence in the middle of the body",
    serving: {
      async answer(peer) {
        await peer.sendAnswer("200 OK", ["content-type: text/html", "content-length: 100000"], "<p>".repeat(10_000));
        await peer.untilGone();
      },
    },
    wanted: { failure: "timeout", message: /stopped in the middle of its answer/ },
  },
  {
    name: "no word at all, for robots.txt neither",
    serving: { scheme: "http", connected: (_connection, gone) => gone },
    wanted: { failure: "robots", message: /sent no answer within/ },
  },
  {
    name: "interim answers for ever",
    serving: { answer: (peer) => peer.sendForEver("HTTP/1.1 102 Processing\r\n\r\n", 50) },
    wanted: { failure: "timeout", message: /sent no answer within/ },
  },
];
