/**
 * A server for one test of `trawl fetch`.
 *
 * @module
 */
import { Workplace } from "./workplace.ts";

export type Handler = (request: Request) => Response | Promise<Response>;

/** A server for one test, and a place to work; `asked` are the paths that it was asked for. */
export async function serving(
  handler: Handler,
  test: (place: Workplace, url: string, asked: string[], close: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(pathname + search);
    return pathname === "/robots.txt" ? robots() : handler(request);
  });
  const robots = () => new Response("User-agent: *\nDisallow: /private");
  await using place = await Workplace.open();
  let closed: Promise<void> | undefined;
  const close = () => closed ??= server.shutdown();
  try {
    await test(place, `http://127.0.0.1:${server.addr.port}/`, asked, close);
  } finally {
    await close();
  }
}

/** Returns a text as bytes in Latin-1. */
export const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** Returns an answer of HTML. */
export const html = (body: BodyInit, headers: Record<string, string> = {}, status = 200) =>
  new Response(body, { status, headers: { "content-type": "text/html", ...headers } });
