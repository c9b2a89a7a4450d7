// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Fails on any import that points outward, and on cycles. Arrows point inward: core -> core;
 * sandbox -> core; pdp -> core; adapter -> core, sandbox; edge -> pdp, core; client -> core; compose
 * wires all of them for library and main. Reads `deno info --json`.
 */

interface Dependency {
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}
interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

const root = new URL("../", import.meta.url).href;

const allowed: Record<string, readonly string[]> = {
  core: ["core", "std", "unbash"],
  sandbox: ["core", "sandbox"],
  pdp: ["core", "pdp"],
  adapter: ["core", "sandbox", "adapter", "std"],
  edge: ["core", "pdp", "edge", "std", "hono"],
  client: ["core", "client", "std"],
  approver_client: ["core", "client"],
  operator_client: ["core", "client"],
  // Wires adapters to the use case, once, for the binary and the library alike.
  compose: [
    "core",
    "sandbox",
    "pdp",
    "adapter",
    "edge",
    "client",
    "approver_client",
    "compose",
    "std",
  ],
  library: ["core", "pdp", "adapter", "compose", "library"],
  mod: ["core", "library"],
  main: ["compose", "edge", "core"],
};

// Libraries that one file alone may use; everything else must not know them.
const onlyIn: Record<string, RegExp> = {
  yaml: /^src\/core\/policy\//,
  unbash: /^src\/core\/operation\/shell\//,
  hono: /^src\/edge\/server\//,
  uqr: /^src\/edge\/encode_qr\.ts$/,
  // The first Node module a process loads costs more than a decision: lazy, and in one place.
  node: /^src\/adapter\/(?:signing_key|native_hash|free_space|totp_hmac)\.ts$/,
};

function roomOf(specifier: string): string {
  if (specifier.startsWith("node:")) return "node";
  if (specifier.startsWith("npm:/hono") || specifier.startsWith("npm:hono")) return "hono";
  if (specifier.startsWith("npm:/yaml") || specifier.startsWith("npm:yaml")) return "yaml";
  if (/^npm:\/?deno-std/.test(specifier)) return "std";
  if (/^npm:\/?unbash/.test(specifier)) return "unbash";
  if (/^npm:\/?uqr/.test(specifier)) return "uqr";
  const path = specifier.replace(root, "");
  if (path === "main.ts") return "main";
  const match = path.match(/^src\/([a-z_]+)(?:\.ts|\/)/);
  return match?.[1] ?? `outside (${specifier})`;
}

async function readModules(entries: readonly string[]): Promise<readonly Module[]> {
  const found = new Map<string, Module>();
  for (const entry of entries) {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", new URL(entry, root).pathname],
      cwd: new URL(root).pathname,
    });
    const { stdout, success } = await command.output();
    if (!success) throw new Error(`deno info failed on ${entry}`);
    for (const module of JSON.parse(new TextDecoder().decode(stdout)).modules as Module[]) {
      // Ambient types name modules to describe them; they import nothing.
      if (module.specifier.endsWith(".d.ts")) continue;
      if (module.specifier.startsWith(root)) found.set(module.specifier, module);
    }
  }
  return [...found.values()];
}

function targetsOf(module: Module): readonly string[] {
  const targets = (module.dependencies ?? []).flatMap((dependency) =>
    [dependency.code?.specifier, dependency.type?.specifier].filter((s) => s !== undefined)
  );
  return [...new Set(targets)];
}

function findArrow(module: Module): readonly string[] {
  const from = roomOf(module.specifier);
  const name = module.specifier.replace(root, "");
  const complaints: string[] = [];
  for (const target of targetsOf(module)) {
    const to = roomOf(target);
    const owner = onlyIn[to];
    const isOwned = owner?.test(name) ?? false;
    if (owner !== undefined && !isOwned) {
      complaints.push(`${name} -> ${target}: only ${owner.source} may import ${to}`);
    } else if (!isOwned && !(allowed[from] ?? []).includes(to)) {
      complaints.push(`${name} -> ${target.replace(root, "")}: ${from} must not import ${to}`);
    }
  }
  return complaints;
}

function findCycle(modules: readonly Module[]): string | null {
  const graph = new Map(modules.map((module) => [module.specifier, codeTargets(module)]));
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): string | null => {
    const at = trail.indexOf(node);
    if (at >= 0) {
      return [...trail.slice(at), node].map((s) => s.replace(root, "")).join(" -> ");
    }
    if (done.has(node)) return null;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle !== null) return cycle;
    }
    done.add(node);
    return null;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

function codeTargets(module: Module): readonly string[] {
  return targetsOf(module).filter((target) => target.startsWith(root));
}

const modules = await readModules([
  "main.ts",
  "src/mod.ts",
  "src/client.ts",
  "src/approver_client.ts",
  "src/operator_client.ts",
  "src/adapter/audit/segment_worker.ts",
  "src/sandbox/load_check.ts",
  "src/adapter/sandbox_process.ts",
]);
const complaints = modules.flatMap(findArrow);
const cycle = findCycle(modules);
if (cycle !== null) complaints.push(`cycle: ${cycle}`);
// A check that looked at nothing must not pass.
if (modules.length < 20) complaints.push(`only ${modules.length} modules seen`);
for (const complaint of complaints) console.error(`check_imports: ${complaint}`);
if (complaints.length > 0) Deno.exit(1);
console.log(`check_imports: ${modules.length} modules, every arrow points inward`);
