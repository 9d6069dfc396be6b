import assert from "node:assert/strict";
import { failureOf } from "../../lib/net/failure.ts";

const url = "https://example.com:8443/a";

/** The words of the transport, once as newer versions of Deno pass them on and once as older ones do. */
function bothWays(words: string): Error[] {
  const whole = `error sending request for url (${url}): ${words}`;
  return [new TypeError("fetch failed", { cause: new Error(whole) }), new TypeError(whole)];
}

Deno.test("failureOf() tells by the words of the transport what went wrong", () => {
  const lookup = "client error (Connect): dns error: failed to lookup address information: ";
  const cases: [string, string, string][] = [
    [`${lookup}Name or service not known`, "dns", "No host is named example.com:8443"],
    [
      `${lookup}Temporary failure in name resolution`,
      "dns",
      "Cannot look up the address of example.com:8443: dns error: failed to lookup address information: Temporary failure in name resolution",
    ],
    [
      "client error (Connect): invalid peer certificate: UnknownIssuer",
      "tls",
      "Cannot trust the certificate of example.com:8443: it has an unknown issuer: --ca-file FILE names one to trust, --insecure takes any",
    ],
    [
      "client error (Connect): received fatal alert: HandshakeFailure",
      "tls",
      "Cannot agree on encryption with example.com:8443: received fatal alert: HandshakeFailure",
    ],
    [
      "client error (Connect): received corrupt message of type InvalidContentType",
      "tls",
      "example.com:8443 does not speak TLS on this port",
    ],
    [
      "client error (Connect): tls handshake eof",
      "reset",
      "example.com:8443 closed the connection while encryption was being agreed on",
    ],
    [
      "client error (Connect): tcp connect error: Connection refused (os error 111)",
      "connect",
      "example.com:8443 refused the connection",
    ],
    [
      "client error (Connect): tcp connect error: Network is unreachable (os error 101)",
      "connect",
      "example.com:8443 cannot be reached",
    ],
    [
      "client error (Connect): tcp connect error: No route to host (os error 113)",
      "connect",
      "example.com:8443 cannot be reached",
    ],
    [
      "client error (Connect): tcp connect error: Connection timed out (os error 110)",
      "timeout",
      "example.com:8443 did not take the connection in time",
    ],
    [
      "client error (Connect): tcp open error: Permission denied (os error 13)",
      "connect",
      "Cannot connect to example.com:8443: tcp open error: Permission denied (os error 13)",
    ],
    [
      "client error (SendRequest): connection error: Connection reset by peer (os error 104)",
      "reset",
      "example.com:8443 broke the connection off",
    ],
    [
      "client error (SendRequest): connection error: peer closed connection without sending TLS close_notify",
      "cut-short",
      "The answer of example.com:8443 ends too early",
    ],
    [
      "client error (SendRequest): connection closed before message completed",
      "reset",
      "example.com:8443 closed the connection without an answer",
    ],
    [
      "client error (SendRequest): http2 error: stream error received: refused stream before processing any application logic",
      "reset",
      "example.com:8443 gave the request back unanswered",
    ],
    [
      "client error (SendRequest): http2 error: stream error received: unspecific protocol error detected",
      "protocol",
      "The answer of example.com:8443 is not valid HTTP: http2 error: stream error received: unspecific protocol error detected",
    ],
    [
      "client error (SendRequest): invalid HTTP version parsed",
      "protocol",
      "The answer of example.com:8443 is not valid HTTP: invalid HTTP version parsed",
    ],
  ];
  for (const [words, kind, message] of cases) {
    for (const error of bothWays(words)) {
      const failure = failureOf(error, url, "answer");
      assert.deepEqual([failure.kind, failure.message], [kind, message]);
    }
  }
});

Deno.test("failureOf() marks as final only what another attempt cannot change", () => {
  const final = (words: string) => bothWays(words).map((error) => failureOf(error, url, "answer").final);
  assert.deepEqual(final("dns error: failed to lookup address information: Name or service not known"), [true, true]);
  assert.deepEqual(final("invalid peer certificate: Expired"), [true, true]);
  // What macOS says offline as well.
  assert.deepEqual(
    final("dns error: failed to lookup address information: nodename nor servname provided, or not known"),
    [
      undefined,
      undefined,
    ],
  );
  assert.deepEqual(final("tcp connect error: Connection refused (os error 111)"), [undefined, undefined]);
});

Deno.test("failureOf() tells the errors of a body", () => {
  const kinds = [
    "error reading a body from connection",
    "unexpected end of file",
    "Invalid gzip header",
    "brotli error",
    "something new",
  ]
    .map((words) => failureOf(new TypeError(words), url, "body").kind);
  assert.deepEqual(kinds, ["cut-short", "cut-short", "protocol", "protocol", "cut-short"]);
});

Deno.test("failureOf() takes what it does not know for something that may pass", () => {
  assert.deepEqual(failureOf(new Error("odd\n\x1b[31m"), url, "answer"), {
    kind: "reset",
    message: "example.com:8443 did not answer: odd\\n\\e[31m",
  });
  assert.deepEqual(failureOf("odd", url, "answer"), { kind: "reset", message: "example.com:8443 did not answer: odd" });
});

Deno.test("failureOf() knows a request that cannot be sent", () => {
  assert.deepEqual(failureOf(new TypeError('Invalid header name: "a b"'), url, "answer"), {
    kind: "protocol",
    message: "Cannot send this request to example.com:8443: Invalid header name",
  });
  assert.equal(
    failureOf(new TypeError("Fetch failed: Requests to port 6000 are blocked"), url, "answer").kind,
    "address",
  );
});

Deno.test("failureOf() is not misled by the words of the URL", () => {
  const words = "certificate/gzip/(timed out)/Name or service not known/blocked";
  for (const named of [`https://example.com/${words}`, `https://example.com/a b?${words}`]) {
    const whole = (rest: string) =>
      new TypeError("fetch failed", { cause: new Error(`error sending request for url (${named}): ${rest}`) });
    assert.equal(
      failureOf(whole("client error (SendRequest): connection closed before message completed"), named, "answer").kind,
      "reset",
    );
    assert.equal(failureOf(whole("connection reset"), named, "answer").kind, "reset");
  }
});

Deno.test("failureOf() understands what Node says of the same things", () => {
  const cases: [string, string, string][] = [
    [
      "getaddrinfo EAI_AGAIN example.com",
      "dns",
      "Cannot look up the address of example.com:8443: getaddrinfo EAI_AGAIN example.com",
    ],
    ["connect ECONNREFUSED 10.0.0.1:443", "connect", "example.com:8443 refused the connection"],
    ["ECONNREFUSED", "connect", "example.com:8443 refused the connection"],
    ["connect ENETUNREACH 10.0.0.1:443", "connect", "example.com:8443 cannot be reached"],
    ["connect EHOSTUNREACH 10.0.0.1:443", "connect", "example.com:8443 cannot be reached"],
    ["connect ETIMEDOUT 10.0.0.1:443", "timeout", "example.com:8443 did not take the connection in time"],
    ["Connect Timeout", "timeout", "example.com:8443 did not take the connection in time"],
    ["read ECONNRESET", "reset", "example.com:8443 broke the connection off"],
    ["write EPIPE", "reset", "example.com:8443 broke the connection off"],
    ["other side closed", "reset", "example.com:8443 closed the connection without an answer"],
    [
      "Client network socket disconnected before secure TLS connection was established",
      "reset",
      "example.com:8443 closed the connection while encryption was being agreed on",
    ],
    ["Headers Overflow Error", "protocol", "The headers of example.com:8443 are too many or too large"],
    [
      "Response does not match the HTTP/1.1 protocol (Invalid status code)",
      "protocol",
      "The answer of example.com:8443 is not valid HTTP: Response does not match the HTTP/1.1 protocol (Invalid status code)",
    ],
  ];
  for (const [words, kind, message] of cases) {
    const failure = failureOf(new Error(words), url, "answer");
    assert.deepEqual([failure.kind, failure.message, failure.final], [kind, message, undefined]);
  }
});

Deno.test("failureOf() takes only Linux at its word that a host does not exist", () => {
  const failure = failureOf(new Error("getaddrinfo ENOTFOUND example.com"), url, "answer");
  assert.deepEqual([failure.kind, failure.final], ["dns", Deno.build.os === "linux" ? true : undefined]);
});

Deno.test("failureOf() knows headers that are too large, over HTTP/2 too", () => {
  const large = [
    "client error (SendRequest): message head is too large",
    'client error (SendRequest): http2 error: connection error detected: detected excessive load generating behavior (b"too_many_continuations")',
    "client error (SendRequest): http2 error: connection error detected: unable to maintain the header compression context",
  ];
  for (const words of large) {
    for (const error of bothWays(words)) {
      assert.deepEqual(failureOf(error, url, "answer"), {
        kind: "protocol",
        message: "The headers of example.com:8443 are too many or too large",
      });
    }
  }
  const unclear = "stream error detected: unspecific protocol error detected";
  assert.deepEqual(failureOf(new TypeError("fetch failed", { cause: new Error(unclear) }), url, "answer"), {
    kind: "protocol",
    message:
      `The answer of example.com:8443 is not valid HTTP/2, or its headers are too large: fetch failed: ${unclear}`,
  });
});

Deno.test("failureOf() is not misled by the words of the URL that was asked in its place", () => {
  const asked = "https://10.0.0.1:8443/certificate";
  const error = new Error(`error sending request for url (${asked}): connection reset`);
  assert.equal(failureOf(error, "https://example.com:8443/certificate", "answer", asked).kind, "reset");
});

Deno.test("failureOf() never takes a proxy of the environment for the host: that it has no name says nothing of the host's", () => {
  const proxy = { name: "HTTP_PROXY", url: "http://p.test:3128" };
  for (
    const [words, message] of [
      [
        "client error (Connect): dns error: failed to lookup address information: Name or service not known",
        "Cannot look up the address of the proxy of the environment (HTTP_PROXY)",
      ],
      [
        "client error (Connect): tcp connect error: Connection refused (os error 111)",
        "The proxy of the environment (HTTP_PROXY) refused the connection",
      ],
      [
        "client error (Connect): tcp connect error: No route to host (os error 113)",
        "The proxy of the environment (HTTP_PROXY) cannot be reached",
      ],
    ] as const
  ) {
    assert.deepEqual(failureOf(new Error(words), url, "answer", url, proxy, true), { kind: "connect", message });
    assert.equal(failureOf(new Error(words), url, "answer", url, proxy).kind, "proxy");
  }
});
