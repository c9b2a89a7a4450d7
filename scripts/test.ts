// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Runs the suites, each with the permissions it is meant to have, and ends with one line:
 * `N passed, N failed`.
 *
 *   task test            everything that needs nothing but Deno: builds the binary, then runs all
 *   task test:source     without the build and the suites on the binary
 *   task test:system     suites that need system tools; says what is missing and fails
 *
 * Random tests draw from one seed, a new one for each run; `--seed=N` plays a run again.
 */
import { testSeed } from "../tests/support/seeded.ts";
import { keepNames } from "./test_names.ts";
import { dealParts, type Part, type Suite } from "./test_parts.ts";

/** Most tests wait for processes that they started: two parts at once keep two cores at work. */
const lanes = Math.min(2, navigator.hardwareConcurrency);

const sourceSuites: readonly Suite[] = [
  // No permission at all: the proof that core touches nothing.
  { folder: "tests/unit", permissions: "unit" },
  { folder: "tests/property", permissions: "unit" },
  { folder: "tests/contract", permissions: "tests", alone: ["sandbox_process_test.ts"] },
];
const binarySuites: readonly Suite[] = [{
  folder: "tests/e2e",
  permissions: "tests",
  shards: 3,
  alone: ["busy_test.ts", "hook_server_test.ts", "hook_test.ts", "sandbox_process_test.ts"],
}];
const systemSuites: readonly Suite[] = [
  {
    folder: "tests/system",
    permissions: "tests",
    // What changes a machine does so in namespaces of its own: see guarded_install.ts.
    shards: 3,
    alone: ["hostile_modules_test.ts", "sandbox_breaker_test.ts", "sandbox_load_test.ts"],
  },
  {
    folder: "tests/e2e",
    permissions: "tests",
    // What a container often is: uid 0, and none of root's powers. The families about policy and paths.
    again: {
      as: "root-without-capabilities",
      filter: "/(PATH|GLOB|RACE|YAML|JSON|MAN|FILE|CFG|SEED)-[0-9]{2}|vectors//",
      through: ["setpriv", "--bounding-set=-all", "--inh-caps=-all"],
    },
  },
];

/** Debian packages of the system suites, by the command they bring. */
const systemTools: Readonly<Record<string, string>> = {
  bash: "bash",
  bc: "bc",
  busybox: "busybox",
  "/usr/bin/rustc": "rustc libstd-rust-dev-wasm32 wasi-libc",
  chrt: "util-linux",
  clang: "clang",
  column: "bsdextrautils",
  cpio: "cpio",
  curl: "curl",
  dash: "dash",
  ed: "ed",
  ex: "vim",
  faketime: "faketime",
  fish: "fish",
  flock: "util-linux",
  gawk: "gawk",
  gcc: "gcc",
  git: "git",
  ionice: "util-linux",
  ip: "iproute2",
  jq: "jq",
  less: "less",
  make: "make",
  mount: "mount",
  node: "nodejs",
  npm: "npm",
  nsenter: "util-linux",
  oathtool: "oathtool",
  openssl: "openssl",
  patch: "patch",
  perl: "perl",
  pmccabe: "pmccabe",
  prlimit: "util-linux",
  ps: "procps",
  python3: "python3",
  radon: "radon",
  rev: "bsdextrautils",
  rsync: "rsync",
  "run-parts": "debianutils",
  script: "bsdutils",
  setarch: "util-linux",
  setpriv: "util-linux",
  setsid: "util-linux",
  shellcheck: "shellcheck",
  sqlite3: "sqlite3",
  ss: "iproute2",
  ssh: "openssh-client",
  strace: "strace",
  "systemd-analyze": "systemd",
  taskset: "util-linux",
  tclsh: "tcl",
  unshare: "util-linux",
  unzip: "unzip",
  useradd: "passwd",
  vim: "vim",
  watch: "procps",
  "wasm-ld": "lld",
  wget: "wget",
  xxd: "xxd",
  zip: "zip",
  zsh: "zsh",
};

/** What came of one part. */
interface Ran {
  readonly text: string;
  readonly passed: number;
  readonly failed: number;
}

/** @returns All it wrote on its output, which is shown when it has ended: parts run side by side. */
async function run(program = "", args: readonly string[] = []): Promise<string> {
  const command = new Deno.Command(program, {
    args: [...args],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  console.log(`${decoder.decode(stderr)}${text}`.trimEnd());
  return success ? text : `${text}\nFAILED`;
}

async function runPart({ name, permissions, filter, through, files }: Part): Promise<Ran> {
  console.log(`-- starts ${name}`);
  const selected = [`-P=${permissions}`, ...filter, ...files, "--", `--seed=${testSeed}`];
  const args = ["test", "--quiet", "--frozen", ...selected];
  const [program, ...rest] = [...through, Deno.execPath(), ...args];
  const start = performance.now();
  const text = await run(program, rest);
  console.log(`== ${name}: ${Math.round((performance.now() - start) / 1_000)} s`);
  const counts = [...text.matchAll(/\| (\d+) passed.*\| (\d+) failed/g)].at(-1);
  const passed = Number(counts?.[1] ?? 0);
  const failed = Number(counts?.[2] ?? 0);
  // A part that ran nothing, or broke before its summary, has failed.
  const isBroken = passed + failed === 0 || (failed === 0 && text.endsWith("FAILED"));
  return { text, passed, failed: failed + (isBroken ? 1 : 0) };
}

async function build(): Promise<boolean> {
  console.log("== build");
  const text = await run(Deno.execPath(), ["task", "build"]);
  return !text.endsWith("FAILED");
}

async function missingTools(): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const [tool, debianPackage] of Object.entries(systemTools)) {
    const command = new Deno.Command("sh", { args: ["-c", `command -v ${tool}`], stdout: "null" });
    if (!(await command.output()).success) missing.push(`${tool} (Debian: ${debianPackage})`);
  }
  if (Deno.uid() !== 0) missing.push("root: a second user cannot be played without it");
  return missing;
}

async function plan(): Promise<readonly Suite[] | string> {
  if (!await fetchPackages()) return "the packages could not be fetched";
  if (Deno.args.includes("--source")) return sourceSuites;
  if (!await build()) return "the build failed";
  if (!Deno.args.includes("--system")) return [...sourceSuites, ...binarySuites];
  const missing = await missingTools();
  return missing.length === 0 ? systemSuites : `missing: ${missing.join(", ")}`;
}

/** All packages now: processes that tests start may have no way to the registry of their own. */
async function fetchPackages(): Promise<boolean> {
  const text = await run(Deno.execPath(), ["install", "--quiet", "--frozen"]);
  return !text.endsWith("FAILED");
}

async function main(): Promise<number> {
  const suites = await plan();
  if (typeof suites === "string") {
    console.error(`test: error: ${suites}`);
    console.log("0 passed, 1 failed");
    return 1;
  }
  console.log(`== random tests: --seed=${testSeed}`);
  const { beside, alone } = dealParts(suites);
  const ran = new Map<Part, Ran>();
  const queue = [...beside];
  const lane = async () => {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      ran.set(part, await runPart(part));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const part of alone) ran.set(part, await runPart(part));
  const all = [...ran.values()];
  for (const suite of new Set([...ran.keys()].map((part) => part.suite))) {
    const texts = [...ran].filter(([part]) => part.suite === suite).map(([, { text }]) => text);
    keepNames(suite, texts.join("\n"));
  }
  const red = [...ran].filter(([, { failed }]) => failed > 0);
  if (red.length > 0) {
    console.log(
      `\nfailed in: ${red.map(([{ name }, { failed }]) => `${name} (${failed})`).join(", ")}`,
    );
  }
  const passed = all.reduce((sum, count) => sum + count.passed, 0);
  const failed = all.reduce((sum, count) => sum + count.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

Deno.exit(await main());
