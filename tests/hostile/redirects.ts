/**
 * Servers that send us elsewhere.
 *
 * @module
 */
import type { Case } from "./case.ts";

/** Redirects to a target whatever is asked for. */
function to(name: string, location: string, wanted: Case["wanted"], status?: string): Case {
  return { name, serving: { answer: (peer) => peer.sendRedirect(location, status) }, wanted };
}

const number = (path: string) => Number(/\d+$/.exec(path)?.[0] ?? 0);
const tooMany = { failure: "redirect", status: 302, message: /Redirected more than \d+ times/ } as const;
const noWebPage = { failure: "redirect", status: 302, message: /which is not a web page/ } as const;

/** Of the addresses that belong to nobody here, each as a redirect may spell it. A page must not lead there. */
const links: readonly (readonly [name: string, url: string])[] = [
  ["a link-local address", "http://169.254.77.77/one"],
  ["a link-local address as one number", "http://2852015437/two"],
  ["a link-local address within IPv6", "http://[::ffff:169.254.77.77]/three"],
  ["a private address", "http://172.31.255.254/four"],
];

export const redirects: readonly Case[] = [
  to("a redirect to itself", "/", tooMany),
  {
    name: "two pages that redirect to each other",
    serving: { answer: (peer) => peer.sendRedirect(peer.path === "/" ? "/other" : "/") },
    wanted: tooMany,
  },
  {
    name: "a chain of 1,000 redirects",
    serving: {
      answer: (peer) =>
        number(peer.path) < 1000 ? peer.sendRedirect(`/${number(peer.path) + 1}`) : peer.sendPage("end"),
    },
    wanted: tooMany,
  },
  {
    name: "redirects whose URL grows",
    serving: { answer: (peer) => peer.sendRedirect(`${peer.path}${"more/".repeat(200)}`) },
    wanted: tooMany,
  },
  to("a redirect to a file", "file:///etc/passwd", noWebPage),
  to("a redirect to data", "data:text/html,<title>data</title>", noWebPage),
  to("a redirect to a script", "javascript:alert(1)", noWebPage),
  to("a redirect to FTP", "ftp://127.0.0.1/file", noWebPage),
  to("a redirect to another scheme in capitals", "FILE:/etc/passwd", noWebPage),
  to("a redirect to nowhere", "http://", noWebPage),
  to("a redirect with escapes for the terminal", "foo:\x1b[2J\x1b]0;owned", {
    failure: "protocol",
    message: /not valid HTTP/,
  }),
  {
    name: "a redirect of a megabyte",
    serving: { answer: (peer) => peer.sendRedirect(`/${"x".repeat(1e6)}`) },
    wanted: { failure: "protocol", message: /headers of .+ are too many or too large/ },
  },
  {
    name: "a redirect without a target",
    serving: { answer: (peer) => peer.sendAnswer("302 Found", ["content-length: 0", "connection: close"]) },
    wanted: { failure: "status", status: 302, message: /302/ },
  },
  {
    name: "a redirect with two slashes",
    serving: {
      answer: (peer) =>
        peer.path === "/"
          ? peer.sendRedirect(`//${new URL(peer.origin).host}/there`)
          : peer.sendPage("<title>there</title>"),
    },
    wanted: { pages: 1, title: "there" },
  },
  {
    name: "a relative redirect",
    path: "/a/b/c",
    serving: {
      answer: (peer) =>
        peer.path === "/a/there" ? peer.sendPage("<title>there</title>") : peer.sendRedirect("../there"),
    },
    wanted: { pages: 1, title: "there" },
  },
  ...links.map(([name, url]): Case => ({
    name: `a redirect to ${name}`,
    serving: { answer: (peer) => peer.sendRedirect(url) },
    wanted: { failure: "address", message: /only with --allow-private/, about: new URL(url).href },
  })),
];
