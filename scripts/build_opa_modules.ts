// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Compiles the modules of Rego again, with OPA's own compiler.
 *
 *   SEALWARD_OPA_SOURCE=FOLDER task build:opa    writes the modules
 *   SEALWARD_OPA_SOURCE=FOLDER task test:opa     writes nothing; fails where bytes differ
 *
 * FOLDER is a checkout of https://github.com/open-policy-agent/opa at v0.60.0, or of a program that
 * vendors that version (https://github.com/open-policy-agent/gatekeeper at v3.15.0). Go is Debian's
 * `golang-go`, 1.19 or newer. The folder is copied, not changed.
 */

/** Entrypoint and source, below the project's root; the module stands beside its source. */
const modules: Readonly<Record<string, string>> = {
  "tests/vectors/opa/rbac.rego": "app/rbac/allow",
  "tests/vectors/opa/deny.rego": "sealward/deny",
  "src/checks/rego/protected_branches.rego": "sealward/protected_branches/violations",
};
const root = new URL("..", import.meta.url).pathname;
const opaPackage = "github.com/open-policy-agent/opa";

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { GOFLAGS: "-mod=vendor", CGO_ENABLED: "0", GOTOOLCHAIN: "local" };
  const command = new Deno.Command(program, { args: [...args], cwd, env, stderr: "piped" });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Builds the compiler in a copy of the tree; its path. */
async function buildCompiler(source: string, place: string): Promise<string> {
  const tree = `${place}/tree`;
  const isVendored = isThere(`${source}/vendor/${opaPackage}/ast`);
  if (!isVendored && !isThere(`${source}/ast`)) throw new Error(`${source} is no source of OPA`);
  await run("cp", ["-r", source, tree], place);
  const folder = isVendored ? `vendor/${opaPackage}/opabuild` : "opabuild";
  await Deno.mkdir(`${tree}/${folder}`);
  await Deno.copyFile(`${root}scripts/opabuild.go`, `${tree}/${folder}/main.go`);
  if (isVendored) {
    // Go takes no package from there that the list does not name.
    const list = `${tree}/vendor/modules.txt`;
    const text = await Deno.readTextFile(list);
    const line = `${opaPackage}/ast\n`;
    await Deno.writeTextFile(list, text.replace(`\n${line}`, `\n${line}${opaPackage}/opabuild\n`));
  }
  await run("go", ["build", "-o", `${place}/opabuild`, `${opaPackage}/opabuild`], tree);
  return `${place}/opabuild`;
}

async function buildModule(compiler: string, source: string, place: string): Promise<Uint8Array> {
  await run(compiler, [`${place}/out.wasm`, `${root}${source}`, modules[source] ?? ""], place);
  return await Deno.readFile(`${place}/out.wasm`);
}

async function buildAll(source: string, isTest: boolean): Promise<number> {
  const place = await Deno.makeTempDir({ prefix: "sealward-opa-" });
  let failed = 0;
  try {
    const compiler = await buildCompiler(source, place);
    for (const name of Object.keys(modules)) {
      const bytes = await buildModule(compiler, name, place);
      const target = `${root}${name.replace(/rego$/, "wasm")}`;
      if (!isTest) await Deno.writeFile(target, bytes, { mode: 0o644 });
      const kept = await Deno.readFile(target);
      const isSame = kept.length === bytes.length && kept.every((byte, at) => byte === bytes[at]);
      if (!isSame) failed++;
      console.log(`${name}: ${bytes.length} bytes${isSame ? "" : `, others than the ones kept`}`);
    }
  } finally {
    await Deno.remove(place, { recursive: true });
  }
  return failed;
}

const source = Deno.env.get("SEALWARD_OPA_SOURCE");
if (source === undefined) {
  console.error("opa: error: set SEALWARD_OPA_SOURCE to a source tree of OPA v0.60.0");
  Deno.exit(1);
}
const failed = await buildAll(source.replace(/\/$/, ""), Deno.args.includes("--compare"));
console.log(`${Object.keys(modules).length - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
