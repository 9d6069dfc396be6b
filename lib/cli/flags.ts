/**
 * Commands and flags: one table from which parsing, help and the README come.
 *
 * @module
 */

/** One flag. Without `value` it is a switch. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What the help calls the flag's value. */
  readonly value?: string;
  readonly repeatable?: boolean;
  /** The variable of the environment that says it where the command line does not. */
  readonly variable?: string;
  /** An empty value says something. */
  readonly mayBeEmpty?: boolean;
  readonly about: string;
}

/** One command. */
export interface Command {
  readonly name: string;
  /** The arguments as the help shows them. */
  readonly args: string;
  /** Least and most arguments. */
  readonly count: readonly [least: number, most: number];
  readonly about: string;
  readonly flags: readonly Flag[];
}

const dataDir: Flag = {
  name: "data-dir",
  value: "DIR",
  about: "where everything is kept (else $DATA_DIR, else ./data)",
};
const project: Flag = { name: "project", value: "NAME", about: "keep crawls of one spider apart (default: default)" };
const json: Flag = { name: "json", about: "for machines: JSON on standard output" };
const setting: Flag = {
  name: "set",
  short: "s",
  value: "KEY=VALUE",
  repeatable: true,
  about: "any setting of a spider, such as -s concurrency=4",
};

const cache: readonly Flag[] = [
  {
    name: "cache",
    value: "DIR",
    about: "while developing a spider: answer from DIR what is there, and store there what is not",
  },
  {
    name: "cache-age",
    value: "TIME",
    about: "ask the server again after this time, if it can say that nothing has changed (default: never)",
  },
];
const proxyType: Flag = {
  name: "proxy-type",
  value: "TYPE",
  about:
    "none, NAME for the proxies in $NAME_PROXY_URL, or auto: those of $DATACENTER_PROXY_URL for what is blocked (default: auto)",
};

const trust: readonly Flag[] = [
  {
    name: "allow-private",
    about: "let pages lead to private, loopback and link-local addresses, wherever the crawl began",
  },
  { name: "ca-file", value: "FILE", about: "trust the certificates in FILE (PEM) as well" },
  { name: "insecure", about: "accept any certificate: whoever is in between can read and change everything" },
];

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: "crawl",
    args: "<spider | ./file.ts>",
    count: [1, 1],
    about: "run a crawl, or continue the one that was interrupted",
    flags: [
      {
        name: "limit",
        value: "N",
        about: "test run: stop after N items; no checkpoint is touched, and no file is replaced",
      },
      {
        name: "output",
        short: "o",
        value: "FILE",
        about: "write the items to FILE (.jsonl, .csv, .json, or - for standard output)",
      },
      { name: "start-url", value: "URL", repeatable: true, about: "begin here instead of the spider's start URLs" },
      setting,
      { name: "fresh", about: "discard the checkpoint first, and the items so far; what is damaged is put aside" },
      {
        name: "retry-failed",
        about: "crawl just the pages given up in the last finished crawl, into the same output",
      },
      {
        name: "max-failed",
        value: "N",
        about: "exit with 1 when more pages were given up than these: a number, or a share such as 10%",
      },
      {
        name: "timeout",
        value: "TIME",
        variable: "TRAWL_CRAWL_TIMEOUT",
        about: "pause after this time, such as 55m; the next run continues (else $TRAWL_CRAWL_TIMEOUT)",
      },
      {
        name: "grace",
        value: "TIME",
        variable: "TRAWL_CRAWL_GRACE",
        about: "so long after --timeout stop at once, like a second Ctrl+C (else $TRAWL_CRAWL_GRACE, else 30s)",
      },
      {
        name: "callback",
        value: "OLD=NEW",
        repeatable: true,
        about: "the spider's callback OLD is called NEW now: requests that wait for it go there",
      },
      proxyType,
      ...trust,
      ...cache,
      {
        name: "checkpoint-interval",
        value: "TIME",
        about: "time between two checkpoints (default: 5s; 0: only on a pause)",
      },
      { name: "outage-timeout", value: "TIME", about: "pause when the network is down for so long (default: 10m)" },
      project,
      dataDir,
      { name: "log-level", value: "LEVEL", about: "debug, info, warn or error (default: info)" },
      { name: "log-file", value: "FILE", about: "append the log to FILE; standard error gets errors only" },
      { name: "json", about: "for machines: events as JSON lines, on standard error or in the log file" },
      { name: "quiet", short: "q", about: "show errors only; a log file gets everything" },
    ],
  },
  { name: "list", args: "", count: [0, 0], about: "show the spiders that can be named", flags: [json] },
  {
    name: "status",
    args: "[spider]",
    count: [0, 1],
    about: "show what is running, paused or finished",
    flags: [project, dataDir, json],
  },
  {
    name: "checkpoint",
    args: "show|verify|clear <spider>",
    count: [2, 2],
    about: "look into a checkpoint, check every byte of it, or discard it",
    flags: [project, dataDir, json],
  },
  {
    name: "fetch",
    args: "<url>",
    count: [1, 1],
    about: "fetch one page as the crawler sees it",
    flags: [
      {
        name: "header",
        short: "H",
        value: "NAME: VALUE",
        repeatable: true,
        about: "send this header as well, or instead of ours",
      },
      { name: "request", short: "X", value: "METHOD", about: "the method (default: GET, or POST with --data)" },
      {
        name: "data",
        short: "d",
        value: "BODY",
        repeatable: true,
        mayBeEmpty: true,
        about: "send BODY as a form does; @FILE: what is in FILE, @-: standard input, both without their line breaks",
      },
      { name: "css", value: "QUERY", about: "print what a CSS selector matches" },
      { name: "xpath", value: "QUERY", about: "print what an XPath expression matches" },
      { name: "body", about: "print the page as text" },
      {
        name: "output",
        short: "o",
        value: "FILE",
        about: "write the body to FILE, byte by byte (- for standard output)",
      },
      json,
      setting,
      proxyType,
      ...trust,
      ...cache,
    ],
  },
  { name: "new", args: "<name>", count: [1, 1], about: "write a starter spider to ./spiders/<name>.ts", flags: [] },
];
