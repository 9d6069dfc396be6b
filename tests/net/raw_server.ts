const encoder = new TextEncoder();

type Talk = (connection: Deno.TcpConn, head: string) => Promise<void> | void;

/** The same bytes for every request, after which it closes; or what to do with one, of which the head has been read. */
export type RawAnswer = string | Uint8Array | Talk;

/** A server that answers in its own words, to say what no proper server says. */
export class RawServer implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #ended: Promise<void>;
  /** Resolves when the first request has been read. */
  readonly asked = Promise.withResolvers<void>();

  constructor(answer: RawAnswer) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }) as Deno.TcpListener;
    this.#ended = this.#serve(
      typeof answer === "function" ? answer : async (connection) => {
        await send(connection, answer);
        this.#close(connection);
      },
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}/`;
  }

  async #serve(answer: Talk): Promise<void> {
    const served: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      served.push(this.#one(connection, answer));
    }
    await Promise.all(served);
  }

  async #one(connection: Deno.TcpConn, answer: Talk): Promise<void> {
    try {
      let head = "";
      while (!head.includes("\r\n\r\n")) {
        const buffer = new Uint8Array(4096);
        const length = await connection.read(buffer);
        if (length === null) return;
        head += new TextDecoder().decode(buffer.subarray(0, length));
      }
      this.asked.resolve();
      await answer(connection, head);
    } catch {
      // The client went away, which is what several tests are about.
    }
  }

  #close(connection: Deno.TcpConn): void {
    if (this.#connections.delete(connection)) connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) this.#close(connection);
    await this.#ended;
  }
}

/** Sends all of a text or of some bytes. */
export async function send(connection: Deno.Conn, what: string | Uint8Array): Promise<void> {
  let rest = typeof what === "string" ? encoder.encode(what) : what;
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}

/** Closes a connection that may have been closed at either end. */
export function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** A whole answer with a body. */
export function answer(headers: readonly string[], body: string | Uint8Array = ""): Uint8Array {
  const head = encoder.encode(`HTTP/1.1 200 OK\r\n${headers.map((header) => `${header}\r\n`).join("")}\r\n`);
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const whole = new Uint8Array(head.length + bytes.length);
  whole.set(head);
  whole.set(bytes, head.length);
  return whole;
}
