import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Fault } from "../net/proxy/proxy_server.ts";
import { GuardedSite } from "./guarded_site.ts";
import { records } from "./kept.ts";
import { type Ended, ends, type RunOptions, sleep } from "./trawl.ts";
import { files } from "./workplace.ts";

/** A password with all that makes passwords difficult, and the word in it that none of them must be found by. */
function canary(word: string): { readonly word: string; readonly password: string; readonly credentials: string } {
  const password = `${word}/p@ss:w 100%é`;
  return { word, password, credentials: `user-${word.slice(0, 3)}:${password}` };
}

const house = canary("k4narienvogel"), paid = canary("w3llensittich"), machine = canary("z3brafink");

/** Every form in which a secret may be written. */
function formsOf({ word, password, credentials }: typeof house): string[] {
  const encoded = (text: string) => [Buffer.from(text).toString("base64"), Buffer.from(text).toString("base64url")];
  return [word, Buffer.from(word).toString("hex"), ...encoded(credentials), ...encoded(password)];
}

/** Fails where a secret is found; `.env` is where the user has put one. */
function assertClean(where: string, bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString("latin1");
  for (const form of [house, paid, machine].flatMap(formsOf)) {
    assert.equal(text.includes(form), false, `"${form}" is in ${where}:\n${text.slice(0, 2000)}`);
  }
}

function address(port: number, { password, credentials }: typeof house, scheme = "http"): string {
  const [user] = credentials.split(":");
  return `${scheme}://${user}:${encodeURIComponent(password)}@localhost:${port}`;
}

Deno.test("no password of a proxy is found in anything that trawl writes or says, whatever happens", async () => {
  await using site = await GuardedSite.open(
    200,
    ({ path, proxied }) => path === "/7" && !proxied ? new Response("no", { status: 403 }) : undefined,
    { credentials: house.credentials },
  );
  const { place, proxy } = site;
  site.latency = 150;
  const variables = [
    `HOUSE_PROXY_URL=${address(proxy.port, house)}`,
    `DATACENTER_PROXY_PASSWORD='${paid.password}'`,
    `${paid.word} is no variable`,
  ];
  place.write(".env", `${variables.join("\n")}\n`);
  const env = site.env();
  const said: string[] = [];
  const run = async (args: readonly string[], code: number, options: RunOptions = {}): Promise<Ended> => {
    const ended = await place.run(args, { env, ...options });
    ends(ended, code);
    said.push(ended.stdout, ended.stderr);
    return ended;
  };
  const crawl = [...site.crawl, "--proxy-type", "house", "--checkpoint-interval", "50ms", "--log-level", "debug"];
  const logged = [...crawl, "--log-file", "crawl.log", "-s", "timeout=2s", "-s", "connectTimeout=500ms"];

  // Every fault that a proxy can have, in the middle of a crawl that is then killed.
  {
    await using trawl = place.start(logged, { env });
    await trawl.until("10 pages", () => site.visits.length >= 10);
    assertClean("the command line", Deno.readFileSync(`/proc/${trawl.pid}/cmdline`));
    for (const fault of ["closes", "no-tunnel", "no-host", "garbage", "dies", "hangs"] satisfies Fault[]) {
      proxy.fault = fault;
      await sleep(100);
      proxy.fault = undefined;
      await sleep(50);
    }
    await trawl.until("a checkpoint", () => place.kept("guarded").isPaused);
    await run(["status"], 0);
    assert.equal(trawl.kill("SIGKILL"), true);
    const ended = await trawl.ended;
    site.latency = 0;
    said.push(ended.stdout, ended.stderr);
  }
  await run(["status", "--json"], 0);
  await run(["checkpoint", "show", "guarded"], 0);
  await run(["checkpoint", "show", "guarded", "--json"], 0);
  for (const path of files(place.folder)) if (!path.endsWith("/.env")) assertClean(path, Deno.readFileSync(path));

  proxy.fault = "denies";
  assert.match((await run([...crawl, "--json"], 1)).stderr, /refuses the user name and password/);
  proxy.fault = undefined;
  await proxy.down();
  await run([...crawl, "--json", "--outage-timeout", "1s"], 4);
  proxy.up();
  await run(logged, 0);
  assert.ok(records(place.kept("guarded").output).length > 100);

  // One page: through the proxy, encrypted, through socks5, through the environment's proxy, and with a wrong address.
  const page = `http://${site.host}/1`, encrypted = `https://${site.host}/1`;
  const one = ["fetch", "-s", "connectTimeout=300ms", "--proxy-type", "house"];
  await run([...one, page, "--json"], 0);
  await run([...one, encrypted, "--json"], 1);
  for (const fault of ["no-tunnel", "denies", "closes", "hangs"] satisfies Fault[]) {
    proxy.fault = fault;
    await run([...one, encrypted], 1);
    await run([...one, page], 1, { env: { ...env, HOUSE_PROXY_URL: address(proxy.port, house, "socks5") } });
  }
  proxy.fault = undefined;
  const behind = { ...env, HTTP_PROXY: address(proxy.port, machine), HTTPS_PROXY: address(proxy.port, machine) };
  await run(["fetch", page], 1, { env: behind });
  await run(["fetch", encrypted], 1, { env: behind });
  await run(["crawl", "./guarded.ts", "--start-url", page, "--limit", "1"], 1, { env: behind });
  const wrongs = [
    `http://user:${house.password}@localhost:1`,
    `user:${house.word}`,
    `ftp://u:${house.word}@a.example`,
  ];
  for (const wrong of wrongs) {
    const ended = await run([...one, page], 2, { env: { ...env, HOUSE_PROXY_URL: wrong } });
    assert.match(ended.stderr, /HOUSE_PROXY_URL is not/);
  }
  // `auto` with what the file says of the paid proxies, and a password that they refuse.
  const auto = { ...env, DATACENTER_PROXY_HOST: "localhost", DATACENTER_PROXY_PORT: String(proxy.port) };
  await run([...site.crawl, "--json", "--log-level", "debug"], 0, {
    env: { ...auto, DATACENTER_PROXY_USERNAME: paid.credentials.split(":")[0]! },
  });

  assert.ok(proxy.asked.some(({ credentials }) => credentials === house.credentials));
  assert.ok(proxy.asked.some(({ credentials }) => credentials === paid.credentials));
  assert.ok(proxy.asked.some(({ credentials }) => credentials === machine.credentials));
  assertClean("what it said", Buffer.from(said.join("\n")));
  const written = files(place.folder).filter((path) => !path.endsWith("/.env"));
  assert.ok(written.some((path) => path.endsWith("crawl.log")) && written.length >= 6, written.join("\n"));
  for (const path of written) assertClean(path, Deno.readFileSync(path));
});
