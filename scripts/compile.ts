/**
 * Makes `dist/trawl`: one file with the spiders inside and no more rights than a crawl needs.
 *
 * Where Deno's own download host cannot be reached, set `COMPILE_DENO` to a deno that can compile there, and
 * `DENORT_BIN` to its runtime.
 *
 * @module
 */

// The network, because any host may be crawled. Files, because spiders, data folders and outputs may be anywhere. The
// environment, for settings and proxies by name. Not among them: foreign code, system information.
const rights = ["--allow-net", "--allow-read", "--allow-write", "--allow-env"];

// A thread ends the process when a spider hangs, which older versions of Deno take for running programs. It keeps that
// right for itself: the one that runs spiders gives it up before it loads any.
const watchdog = ["--allow-run", "--unstable-worker-options", "--include", "lib/cli/watchdog/worker.ts"];

// What `lib/net/body/garbage.ts` needs; and a heap that grows by half at a time, where V8 would let it grow fourfold.
const v8 = ["--v8-flags=--expose-gc,--heap-growing-percent=50"];

const root = new URL("..", import.meta.url);
const command = new Deno.Command(Deno.env.get("COMPILE_DENO") ?? Deno.execPath(), {
  args: ["compile", "--quiet", "--no-prompt", ...rights, ...watchdog, ...v8, "--output", "dist/trawl", "main.ts"],
  cwd: root,
});
const { code } = await command.spawn().status;
if (code === 0) {
  const { size } = await Deno.stat(new URL("dist/trawl", root));
  console.log(`dist/trawl: ${Math.round(size / 1e6)} MB, ${rights.join(" ")}`);
}
Deno.exit(code);
