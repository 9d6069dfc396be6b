/**
 * The lint rules that keep the floors of `lib/README.md`.
 *
 * `trawl/floors`: a file imports from its own folder or from a lower floor; `import type` counts. `trawl/reserved`: the
 * disk, the network, the clock, the terminal and the end of the process each belong to one folder.
 *
 * @module
 */

const floors: readonly (readonly string[])[] = [
  ["url", "html", "text", "disk", "time"],
  ["model"],
  ["frontier", "net", "robots", "select", "feed", "checkpoint"],
  ["schedule", "spider", "pipeline"],
  ["engine", "monitor"],
  ["cli"],
];

/** What only one folder of `lib/` may use, by its written form. */
const reserved: readonly { readonly pattern: RegExp; readonly owner: string }[] = [
  {
    pattern:
      /^Deno\.(open|openSync|create|createSync|readFile|readFileSync|readTextFile|readTextFileSync|writeFile|writeFileSync|writeTextFile|writeTextFileSync|remove|removeSync|rename|renameSync|mkdir|mkdirSync|readDir|readDirSync|stat|statSync|lstat|lstatSync|truncate|truncateSync|copyFile|copyFileSync|makeTempDir|makeTempDirSync|realPathSync|readLinkSync|symlinkSync|linkSync)$/,
    owner: "disk",
  },
  { pattern: /^(fetch|Deno\.(connect|connectTls|createHttpClient|resolveDns|listen|serve))$/, owner: "net" },
  {
    pattern: /^(setTimeout|clearTimeout|setInterval|clearInterval|Date\.now|performance\.now)$/,
    owner: "time",
  },
  { pattern: /^(console\.\w+|Deno\.(stdout|stderr)\.\w+)$/, owner: "cli" },
  { pattern: /^Deno\.exit$/, owner: "main.ts" },
];

/**
 * The path below the repository's root: everything from the last `lib/`, `spiders/`, `tests/` or `scripts/`, or the
 * bare file name.
 */
function place(filename: string): readonly string[] {
  const parts = filename.replaceAll("\\", "/").split("/");
  const at = parts.findLastIndex((part) => ["lib", "spiders", "tests", "scripts"].includes(part));
  return at < 0 ? parts.slice(-1) : parts.slice(at);
}

/** Why a file at `from` may not import `specifier`; `undefined` when it may. */
export function refusal(from: readonly string[], specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const target = new URL(specifier, `file:///${from.join("/")}`).pathname.slice(1).split("/");
  // The list of the spiders is no spider.
  if (from[0] === "spiders" && from[1] !== "mod.ts") {
    return target.join("/") === "lib/mod.ts" ? undefined : "a spider imports only ../lib/mod.ts";
  }
  if (from[0] !== "lib" || from.length < 3) return undefined;
  const [own, other] = [from[1] ?? "", target[1] ?? ""];
  if (target[0] !== "lib" || target.length < 3) return `lib/${own} imports ${target.join("/")}, which is above it`;
  if (own === other) return undefined;
  const [ownFloor, otherFloor] = [own, other].map((folder) => floors.findIndex((floor) => floor.includes(folder)));
  if (ownFloor === undefined || otherFloor === undefined || ownFloor < 0 || otherFloor < 0) {
    return `no floor is named for lib/${(ownFloor ?? -1) < 0 ? own : other}: see scripts/lint_floors.ts`;
  }
  return otherFloor < ownFloor
    ? undefined
    : `lib/${own} (floor ${ownFloor}) imports lib/${other} (floor ${otherFloor})`;
}

function written(node: Deno.lint.Expression | Deno.lint.PrivateIdentifier | Deno.lint.Super): string {
  if (node.type === "Identifier") return node.name;
  if (node.type === "MemberExpression" && !node.computed) return `${written(node.object)}.${written(node.property)}`;
  return "";
}

const plugin: Deno.lint.Plugin = {
  name: "trawl",
  rules: {
    floors: {
      create(context) {
        const from = place(context.filename);
        const check = (node: Deno.lint.Node, source: string | undefined) => {
          const why = source === undefined ? undefined : refusal(from, source);
          if (why !== undefined) context.report({ node, message: why });
        };
        return {
          ImportDeclaration: (node) => check(node, node.source.value),
          ExportNamedDeclaration: (node) => check(node, node.source?.value),
          ExportAllDeclaration: (node) => check(node, node.source.value),
        };
      },
    },
    reserved: {
      create(context) {
        const from = place(context.filename);
        if (from[0] !== "lib") return {};
        return {
          CallExpression(node) {
            const name = written(node.callee);
            const rule = reserved.find(({ pattern }) => pattern.test(name));
            if (rule !== undefined && rule.owner !== from[1]) {
              context.report({ node, message: `${name}() belongs to ${rule.owner}` });
            }
          },
        };
      },
    },
  },
};
export default plugin;
