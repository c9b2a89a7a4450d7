// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Builds dist/sealward: bundle with code splitting, then compile the very same bytes whatever the
 * base is.
 *
 *   task build [--release] [--socket PATH] [--net HOST]... [--trusted-key FILE]... [--output FILE]
 *
 * --release refuses the evaluation base; --socket bakes another socket path than
 * /run/sealward/sealward.sock; --net lets the binary talk to one more host;
 * --trusted-key makes it trust the OpenSSH public keys in a file to sign policies, and no others.
 */
import { parseArgs } from "@std/cli/parse-args";
import { parseTrustedKeys } from "../src/core/integrity/parse_trusted_keys.ts";
import { sha256 } from "../src/core/integrity/sha256.ts";
import { encodeSshKeyLine } from "../src/core/integrity/ssh_public_key.ts";
import { moduleUrl, shippedModules } from "./compile_checks.ts";
import { compileFlags } from "./compile_flags.ts";
import { evaluationBase, officialBase, type RuntimeBase, sha256Hex } from "./runtime_base.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const output = parseOptions(Deno.args).output;
// Beside another output, so that two builds at once do not mix.
const stage = output === `${root}/dist/sealward` ? `${root}/dist/stage` : `${output}.stage`;

interface BuildOptions {
  readonly release: boolean;
  readonly socketPath: string;
  readonly extraHosts: readonly string[];
  /** Files of OpenSSH public keys. */
  readonly trustedKeys: readonly string[];
  readonly output: string;
}

async function run(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd: root,
    env,
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  return {
    success,
    stdout: new TextDecoder().decode(stdout),
    stderr: new TextDecoder().decode(stderr),
  };
}

/** Puts keys in the place of the line that says there are none (src/adapter/compiled_keys.ts). */
async function compileKeys(files: readonly string[]): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const keys = files.flatMap((file) => parseTrustedKeys(Deno.readFileSync(file), file, sha256));
  if (keys.length === 0) throw new Error(`No key in ${files.join(", ")}`);
  const lines = keys.map(({ publicKey, comment }) => encodeSshKeyLine(publicKey, comment));
  // SECURITY: a build that silently trusts nobody would take unsigned policies.
  let places = 0;
  for (const name of (await stagedFiles()).filter((name) => name.endsWith(".js"))) {
    const text = await Deno.readTextFile(`${stage}/${name}`);
    const parts = text.split(/["'`]# no key was compiled in["'`]/);
    if (parts.length === 1) continue;
    places += parts.length - 1;
    await Deno.writeTextFile(`${stage}/${name}`, parts.join(JSON.stringify(lines.join("\n"))));
  }
  if (places !== 1) throw new Error(`The place of compiled keys occurs ${places} times, wanted 1`);
  return keys.map(({ fingerprint }) => fingerprint);
}

async function bundle(): Promise<void> {
  await Deno.remove(stage, { recursive: true }).catch(() => {});
  await Deno.mkdir(stage, { recursive: true });
  // `browser` picks the ES modules of packages that also ship CommonJS: one CommonJS module makes
  // every chunk load the runtime's Node layer, which costs more than a decision.
  const args = ["bundle", "--quiet", "--platform=browser", "--minify", "--code-splitting"];
  const result = await run(Deno.execPath(), [...args, "--outdir", stage, "main.ts"]);
  if (!result.success) throw new Error(`deno bundle failed:\n${result.stderr}`);
  // Threads are programs of their own: whole files beside the main one, under the names it asks for.
  for (const name of ["segment_worker"]) {
    const own = args.filter((arg) => arg !== "--code-splitting");
    const thread = [...own, "--output", `${stage}/${name}.js`, `src/adapter/audit/${name}.ts`];
    const made = await run(Deno.execPath(), thread);
    if (!made.success) throw new Error(`deno bundle failed:\n${made.stderr}`);
  }
}

/** Read on demand from the program's own files; nothing loads them at its start. */
async function copyChecks(): Promise<void> {
  for (const { name } of shippedModules) {
    await Deno.copyFile(moduleUrl(name), `${stage}/${name}.wasm`);
  }
}

async function stagedFiles(): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(stage)) if (entry.isFile) files.push(entry.name);
  return files.sort();
}

async function stageDigest(): Promise<string> {
  const lines: string[] = [];
  for (const name of await stagedFiles()) {
    lines.push(`${await sha256Hex(await Deno.readFile(`${stage}/${name}`))}  ${name}\n`);
  }
  return await sha256Hex(new TextEncoder().encode(lines.join("")));
}

async function sourceDate(): Promise<number> {
  const fixed = Number(Deno.env.get("SOURCE_DATE_EPOCH"));
  if (Number.isSafeInteger(fixed) && fixed > 0) return fixed;
  const commit = await run("git", ["log", "-1", "--format=%ct"]);
  return Number(commit.stdout.trim()) || 0;
}

/** What was bundled. */
interface Bundle {
  readonly sha256: string;
  /** Fingerprints of compiled keys. */
  readonly trustedKeys: readonly string[];
}

async function describeBuild(base: RuntimeBase, flags: readonly string[], bundle: Bundle) {
  const commit = await run("git", ["rev-parse", "--short=12", "HEAD"]);
  const dirty = await run("git", ["status", "--porcelain"]);
  const date = await sourceDate();
  const config = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const info = {
    version: config.version,
    commit: commit.success ? commit.stdout.trim() + (dirty.stdout === "" ? "" : "+dirty") : null,
    source_date: new Date(date * 1000).toISOString(),
    base: base.label,
    evaluation: base.isEvaluation,
    target: Deno.build.target,
    bundle_sha256: bundle.sha256,
    ...(bundle.trustedKeys.length === 0 ? {} : { trusted_keys: bundle.trustedKeys }),
    flags,
  };
  await Deno.writeTextFile(`${stage}/build_info.json`, JSON.stringify(info) + "\n");
  // Compile embeds modification times: fixed ones make two builds of one commit identical.
  for (const name of await stagedFiles()) await Deno.utime(`${stage}/${name}`, date, date);
}

async function compile(base: RuntimeBase, options: BuildOptions, bundle: Bundle): Promise<string> {
  const flags = compileFlags({ ...options, knowsUnixAddresses: base.knowsUnixAddresses });
  await describeBuild(base, flags, bundle);
  const includes = (await stagedFiles()).filter((name) => name !== "main.js");
  const args = ["compile", "--quiet", "--no-config", "--no-code-cache", ...flags];
  for (const name of includes) args.push("--include", `${stage}/${name}`);
  // Made aside and renamed: who runs the program meanwhile runs a whole one.
  const asideFolder = `${stage}/../new`;
  const aside = `${asideFolder}/sealward`;
  await Deno.mkdir(asideFolder, { recursive: true });
  args.push("--output", aside, `${stage}/main.js`);
  const result = await run(base.deno, args, base.env);
  if (result.success) await Deno.rename(aside, options.output);
  return result.success ? "" : result.stderr;
}

function parseOptions(args: readonly string[]): BuildOptions {
  const parsed = parseArgs(args, {
    boolean: ["release"],
    string: ["socket", "net", "trusted-key", "output"],
    collect: ["net", "trusted-key"],
    unknown: (arg) => {
      const wanted = "--release, --socket, --net, --trusted-key or --output";
      throw new Error(`Unknown build option ${arg}: wanted ${wanted}`);
    },
  });
  return {
    release: parsed["release"] === true,
    socketPath: String(parsed["socket"] ?? "/run/sealward/sealward.sock"),
    extraHosts: (parsed["net"] as string[] | undefined) ?? [],
    trustedKeys: (parsed["trusted-key"] as string[] | undefined) ?? [],
    output: String(parsed["output"] ?? `${root}/dist/sealward`),
  };
}

async function compileSomehow(options: BuildOptions, bundle: Bundle): Promise<RuntimeBase> {
  const official = officialBase();
  const failure = await compile(official, options, bundle);
  if (failure === "") return official;
  console.error(`build: the official runtime base cannot be had here:\n${failure.trim()}`);
  if (options.release) throw new Error("A release build needs the official base");
  console.error("build: WARNING: falling back to the pinned 2.6.10 base; evaluation only");
  const fallback = await evaluationBase(`${root}/.toolchain`);
  const second = await compile(fallback, options, bundle);
  if (second !== "") throw new Error(`deno compile failed on the pinned base:\n${second}`);
  return fallback;
}

async function build(): Promise<void> {
  const options = parseOptions(Deno.args);
  await bundle();
  await copyChecks();
  const trustedKeys = await compileKeys(options.trustedKeys);
  const base = await compileSomehow(options, { sha256: await stageDigest(), trustedKeys });
  const bytes = await Deno.readFile(options.output);
  await Deno.writeTextFile(`${options.output}.sha256`, `${await sha256Hex(bytes)}  sealward\n`);
  console.error(`build: ${options.output.replace(`${root}/`, "")} (base ${base.label})`);
}

try {
  await build();
} catch (error) {
  console.error(`build: error: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
