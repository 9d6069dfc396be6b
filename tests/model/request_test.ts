import assert from "node:assert/strict";
import { createRequest, isRequest } from "../../lib/model/request.ts";

Deno.test("createRequest() gives what is not said its default, and freezes it", () => {
  const request = createRequest("http://a.com/", { jar: "alice", body: undefined });
  assert.deepEqual({ ...request }, {
    url: "http://a.com/",
    callback: "parse",
    priority: 0,
    meta: {},
    method: "GET",
    headers: {},
    body: undefined,
    dontFilter: false,
    repeatable: false,
    handleStatuses: [],
    jar: "alice",
    cookies: {},
    referrerPolicy: undefined,
    depth: 0,
    attempt: 0,
    waits: 0,
    wait: 0,
    notBefore: 0,
    redirects: [],
    referer: "",
    referrer: "",
    userinfo: "",
  });
  assert.ok(Object.isFrozen(request) && isRequest(request));
  assert.ok(!isRequest({ ...request }) && !isRequest(null));
});

Deno.test("createRequest() takes a login out of the URL, in place of any other", () => {
  const { url, userinfo } = createRequest("https://me:secret@a.com/x?y=@", { userinfo: "you" });
  assert.deepEqual([url, userinfo], ["https://a.com/x?y=@", "me:secret"]);
  assert.equal(createRequest("https://a.com/", { userinfo: "you" }).userinfo, "you");
});
