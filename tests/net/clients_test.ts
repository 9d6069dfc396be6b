import assert from "node:assert/strict";
import { Clients } from "../../lib/net/clients.ts";
import type { Proxy } from "../../lib/net/proxy/proxy.ts";

/** Clients whose transports only know whether they are closed; `made` are their names, in order. */
function world(): { clients: Clients; made: string[]; closed: string[] } {
  const made: string[] = [], closed: string[] = [];
  const clients = new Clients((proxy, keeps) => {
    const name = `${proxy?.name ?? "direct"}${keeps ? "" : " without keeping"}`;
    made.push(name);
    return { ask: () => assert.fail("nobody asks"), close: () => void closed.push(name) };
  });
  return { clients, made, closed };
}

const proxy = (at: number, more: Partial<Proxy> = {}): Proxy => ({
  name: `p${at}`,
  url: `http://p${at}.test:3128`,
  ...more,
});

Deno.test("lend() makes one transport for direct requests, and one for each proxy", () => {
  const { clients, made } = world();
  assert.deepEqual(made, []);
  const direct = clients.lend(undefined);
  assert.equal(clients.lend(undefined).transport, direct.transport);
  const first = clients.lend(proxy(1));
  assert.equal(clients.lend(proxy(1, { name: "the same by another name" })).transport, first.transport);
  for (const other of [{ username: "me" }, { username: "you" }, { username: "me", password: "secret" }]) {
    assert.notEqual(clients.lend(proxy(1, other)).transport, first.transport);
  }
  assert.deepEqual(made, ["direct", "p1", "p1", "p1", "p1"]);
});

Deno.test("lend() closes the transport that was used longest ago, beyond 32", () => {
  const { clients, made, closed } = world();
  for (let at = 0; at < 32; at++) clients.lend(proxy(at)).giveBack();
  clients.lend(proxy(0)).giveBack();
  assert.deepEqual(closed, []);
  clients.lend(proxy(32)).giveBack();
  assert.deepEqual(closed, ["p1"]);
  clients.lend(proxy(1)).giveBack();
  assert.deepEqual(closed, ["p1", "p2"]);
  assert.equal(made.length, 34);
});

Deno.test("lend() closes no transport that is in use", () => {
  const { clients, closed } = world();
  const lent = Array.from({ length: 40 }, (_, at) => clients.lend(proxy(at)));
  const again = clients.lend(proxy(3));
  assert.deepEqual(closed, []);
  for (const at of [3, 7]) lent[at]!.giveBack();
  clients.lend(proxy(40));
  assert.deepEqual(closed, ["p7"]);
  again.giveBack();
  clients.lend(proxy(41));
  assert.deepEqual(closed, ["p7", "p3"]);
});

Deno.test("renew() closes what nobody uses, and what is in use when it is given back; others are made as it says", () => {
  const { clients, made, closed } = world();
  const lent = [clients.lend(undefined), clients.lend(undefined), clients.lend(proxy(1))];
  clients.lend(proxy(2)).giveBack();
  clients.renew(false);
  assert.deepEqual(closed.splice(0), ["p2"]);
  assert.notEqual(clients.lend(undefined).transport, lent[0]!.transport);
  clients.lend(proxy(1)).giveBack();
  assert.deepEqual(made, ["direct", "p1", "p2", "direct without keeping", "p1 without keeping"]);
  lent[0]!.giveBack();
  assert.deepEqual(closed, []);
  for (const each of lent.slice(1)) each.giveBack();
  assert.deepEqual(closed.splice(0), ["direct", "p1"]);
  clients.renew(true);
  assert.deepEqual(closed.splice(0), ["p1 without keeping"]);
  clients.lend(undefined);
  assert.equal(made.at(-1), "direct");
  clients.close();
  assert.deepEqual(closed.sort(), ["direct", "direct without keeping"]);
});

Deno.test("close() closes all of them, in use or not, and each once", () => {
  const { clients, made, closed } = world();
  clients.lend(undefined);
  clients.lend(proxy(1));
  clients.lend(proxy(2)).giveBack();
  clients.close();
  clients.close();
  assert.deepEqual(closed.sort(), made.sort());
});
