/**
 * The thread that watches the one that crawls, and ends the process when that one does not listen any more. A kill costs
 * nothing but what was done since the last checkpoint.
 *
 * @module
 */

import { callWords, slowAfter } from "../../engine/time_limit.ts";
import { noteInterrupted } from "../../checkpoint/interrupted.ts";
import { localDisk } from "../../disk/local.ts";
import { counted } from "../../text/count.ts";
import { printable } from "../../text/safe.ts";
import { readThrown } from "../../text/thrown.ts";
import { systemClock } from "../../time/clock.ts";
import { onSignals } from "../signals.ts";
import { eventLine } from "../event_line.ts";
import { type Posted, SharedBoard } from "./board.ts";
import { Patience } from "./patience.ts";
import type { Orders } from "./watchdog.ts";

/** Milliseconds between two looks at the board. */
const lookEvery = 250;

globalThis.addEventListener("message", (event) => watch((event as MessageEvent<Orders>).data), { once: true });

function watch(orders: Orders): void {
  const board = new SharedBoard(orders.board);
  const patience = new Patience(orders);
  onSignals((signal) => patience.signal(signal, board.beats));
  let last = systemClock.now(), isTold = false, isDeafTold = false;
  const look = () => {
    const now = systemClock.now();
    const calls = board.read();
    const counts = orders.countsOnStart || !calls.some(({ name }) => name === "onStart");
    const reason = patience.tick(now - last, board.beats, counts);
    last = now;
    if (reason !== undefined) end(reason, board, orders);
    if (patience.isDeaf && !isDeafTold && orders.tellsSlow) {
      isDeafTold = true;
      tell("warn", `${holderWords(board)} does not let go of the thread; once more ends the process`, orders);
    }
    const isSlow = calls.length > 0 && patience.busy >= 1000 * slowAfter;
    // The crawl's own thread cannot say it.
    if (isSlow && !isTold && orders.tellsSlow) tell("warn", `${callsWords(calls)}; nothing else has its turn`, orders);
    isTold = isSlow;
    systemClock.after(lookEvery, look);
  };
  systemClock.after(lookEvery, look);
}

/** Names who has the thread, as far as it is known. */
function holderWords(board: SharedBoard): string {
  const call = board.holder ?? board.read()[0];
  if (call !== undefined) return callWords(call);
  const { lastEnded } = board;
  return lastEnded === undefined ? "The spider" : `The spider (last called: ${callWords(lastEnded)})`;
}

function end(reason: string, board: SharedBoard, orders: Orders): void {
  const calls = board.read(), { holder, lastEnded } = board;
  const last = lastEnded === undefined ? "" : `. Last called: ${callWords(lastEnded)}`;
  const what = calls.length === 0 ? last : `. ${callsWords(calls)}`;
  // After its first await nobody knows which of them has the thread.
  const suspects = holder !== undefined ? [holder] : calls.length > 0 ? calls : lastEnded ? [lastEnded] : [];
  try {
    if (orders.interrupted !== undefined) {
      noteInterrupted(localDisk, orders.interrupted, suspects, systemClock.wall());
    }
  } catch (error) {
    tell("warn", `The next run will not know of it: ${readThrown(error).message}`, orders);
  }
  tell("error", `Ending the process: ${reason}${what}. What the last checkpoint has is safe`, orders);
  Deno.kill(Deno.pid, "SIGKILL");
}

/** Names the first call, and how many others have begun as well. */
function callsWords([first, ...others]: readonly Posted[]): string {
  if (first === undefined) return "";
  const since = new Date(first.since).toISOString().slice(11, 19);
  const rest = others.length === 0 ? "" : ` (and ${counted(others.length, "other waits", "others wait")})`;
  return `${callWords(first)} has been running since ${since}${rest}`;
}

function tell(level: "warn" | "error", message: string, { json, isLive }: Orders): void {
  const time = new Date(systemClock.wall()).toISOString();
  const text = printable(message, 2000);
  const line = json === undefined
    ? `${isLive ? "\r\x1b[2K" : ""}${time.slice(11, 19)} ${level.padEnd(5)} ${text}`
    : eventLine({ time, level, ...json }, { type: "log", message });
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
