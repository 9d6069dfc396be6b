import assert from "node:assert/strict";
import { createScope } from "../../lib/engine/scope.ts";
import { createRequest } from "../../lib/model/request.ts";

const at = (url: string, depth = 0) => createRequest(url, { depth });

Deno.test("createScope() allows everything for a spider without domains", () => {
  const inScope = createScope({ allowedDomains: undefined, startUrls: ["http://a.com/"], depthLimit: Infinity });
  assert.equal(inScope(at("http://b.com/", 1000)), undefined);
});

Deno.test("createScope() allows the domains, what is below them, and the hosts of the start URLs, at any port", () => {
  const inScope = createScope({
    allowedDomains: ["a.com"],
    startUrls: ["http://start.org:8080/x"],
    depthLimit: Infinity,
  });
  for (const host of ["a.com", "www.a.com", "a.com:81", "start.org", "start.org:8080", "deep.er.a.com"]) {
    assert.equal(inScope(at(`http://${host}/`)), undefined, host);
  }
  for (const host of ["b.com", "xa.com", "a.com.b.com", "a.org", "org"]) {
    assert.equal(inScope(at(`http://${host}/`)), "offsite", host);
  }
});

Deno.test("createScope() with an empty list allows the hosts of the start URLs only", () => {
  const inScope = createScope({ allowedDomains: [], startUrls: ["http://127.0.0.1:80/"], depthLimit: Infinity });
  assert.equal(inScope(at("http://127.0.0.1/")), undefined);
  assert.equal(inScope(at("http://a.com/")), "offsite");
});

Deno.test("createScope() counts depth from the start URL, and keeps to the limit", () => {
  const inScope = createScope({ allowedDomains: undefined, startUrls: [], depthLimit: 2 });
  assert.deepEqual([0, 1, 2, 3].map((depth) => inScope(at("http://a.com/", depth))), [
    undefined,
    undefined,
    undefined,
    "tooDeep",
  ]);
  const none = createScope({ allowedDomains: undefined, startUrls: [], depthLimit: 0 });
  assert.deepEqual([none(at("http://a.com/", 0)), none(at("http://a.com/", 1))], [undefined, "tooDeep"]);
});

Deno.test("createScope() lets nothing in where there is no room", () => {
  let left = 1;
  const options = { allowedDomains: ["a.com"], startUrls: [], depthLimit: 1, hasRoom: () => left-- > 0 };
  const inScope = createScope(options);
  assert.deepEqual([inScope(at("http://a.com/1")), inScope(at("http://a.com/2"))], [undefined, "tooMany"]);
  assert.equal(inScope(at("http://b.com/")), "offsite");
  assert.equal(inScope(at("http://a.com/", 2)), "tooDeep");
});
