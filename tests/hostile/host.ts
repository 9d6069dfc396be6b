/**
 * A host of a hostile case: one port of this machine.
 *
 * @module
 */
import type { Case, Scale, Serving } from "./case.ts";
import type { Certificates } from "../net/tls/certificates.ts";
import { Peer } from "./peer.ts";

type Answering = Extract<Serving, { readonly answer: unknown }>;
type Absent = Extract<Serving, { readonly nobody: string }>;

/** Where a case can be met, while it is served. */
export interface Host extends AsyncDisposable {
  readonly case: Case;
  /** `127.0.0.1:4000`, or the name of a host that nobody serves. */
  readonly host: string;
  /** Where a crawl begins. */
  readonly start: string;
}

/** Serves a case until it is disposed of. */
export function serve(hostile: Case, scale: Scale, certificates: Certificates): Host {
  const { serving } = hostile;
  return "nobody" in serving ? absent(hostile, serving.nobody) : listen(hostile, serving, scale, certificates);
}

/** A host at which nobody is. */
function absent(hostile: Case, start: Absent["nobody"]): Host {
  return { case: hostile, host: new URL(start).host, start, [Symbol.asyncDispose]: () => Promise.resolve() };
}

function listen(hostile: Case, serving: Exclude<Serving, Absent>, scale: Scale, certificates: Certificates): Host {
  const place = { hostname: "127.0.0.1", port: 0 };
  const certificate = "answer" in serving ? serving.certificate : undefined;
  const listener = certificate === undefined
    ? Deno.listen(place)
    : Deno.listenTls({ ...place, ...certificates[certificate] });
  const { port } = listener.addr as Deno.NetAddr;
  const scheme = "scheme" in serving ? serving.scheme : certificate === undefined ? "http" : "https";
  const { hostname = "127.0.0.1" } = "answer" in serving ? serving : {};
  const host = `${hostname}:${port}`, origin = `${scheme}://${host}`;
  const stop = new AbortController();
  const connections = new Set<Deno.Conn>();

  async function one(connection: Deno.Conn): Promise<void> {
    try {
      if ("connected" in serving) {
        const gone = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
        await serving.connected(connection as Deno.TcpConn, gone);
      } else {
        await answer(connection, serving);
      }
    } catch (error) {
      // The client went away, or the server stops: most cases end so. Anything else is a mistake in the case.
      if (!Object.values(Deno.errors).some((known) => error instanceof known)) throw error;
    } finally {
      close(connection);
    }
  }

  async function answer(connection: Deno.Conn, { answer, robots = noRobots, abrupt }: Answering): Promise<void> {
    const target = await readTarget(connection, abrupt === true ? "\r\n" : "\r\n\r\n");
    if (target === undefined) return;
    const peer = new Peer(connection, target, origin, scale, stop.signal);
    await (target === "/robots.txt" ? robots : answer)(peer);
  }

  function close(connection: Deno.Conn): void {
    if (connections.delete(connection)) connection.close();
  }

  const ended = (async () => {
    const served: Promise<void>[] = [];
    while (!stop.signal.aborted) {
      try {
        const connection = await listener.accept();
        connections.add(connection);
        served.push(one(connection));
      } catch (error) {
        // A handshake that failed is the client's refusal, or ours to stop.
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) break;
      }
    }
    await Promise.all(served);
  })();

  return {
    case: hostile,
    host,
    start: `${origin}${hostile.path ?? "/"}`,
    async [Symbol.asyncDispose]() {
      stop.abort();
      listener.close();
      for (const connection of connections) close(connection);
      await ended;
    },
  };
}

async function noRobots(peer: Peer): Promise<void> {
  await peer.sendAnswer("404 Not Found", ["content-length: 0", "connection: close"]);
}

/** Reads a request up to a mark and no byte further; returns its target, or `undefined` when the client goes before. */
async function readTarget(connection: Deno.Conn, mark: string): Promise<string | undefined> {
  const byte = new Uint8Array(1);
  let head = "";
  while (!head.endsWith(mark)) {
    if (await connection.read(byte) === null) return undefined;
    head += String.fromCharCode(byte[0]!);
  }
  return head.split(" ")[1];
}
