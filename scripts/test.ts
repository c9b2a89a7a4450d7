// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Runs the suites, each with the permissions it is meant to have, and ends with one line:
 * `N passed, N failed`.
 *
 *   task test            everything that needs nothing but Deno: builds the binary, then runs all
 *   task test:source     without the build and the suites on the binary
 *   task test:system     suites that need system tools; says what is missing and fails
 */
import { keepNames } from "./test_names.ts";

interface Suite {
  readonly folder: string;
  /** Permission set of deno.json. */
  readonly permissions: "unit" | "tests";
  /** Only tests whose names match, and the program that starts them; for a suite run once more. */
  readonly again?: {
    readonly as: string;
    readonly filter: string;
    readonly through: readonly string[];
  };
}

const sourceSuites: readonly Suite[] = [
  // No permission at all: the proof that core touches nothing.
  { folder: "tests/unit", permissions: "unit" },
  { folder: "tests/property", permissions: "unit" },
  { folder: "tests/contract", permissions: "tests" },
];
const binarySuites: readonly Suite[] = [{ folder: "tests/e2e", permissions: "tests" }];
const systemSuites: readonly Suite[] = [
  { folder: "tests/system", permissions: "tests" },
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

interface Count {
  readonly passed: number;
  readonly failed: number;
}

async function run(program = "", args: readonly string[] = []): Promise<string> {
  const command = new Deno.Command(program, {
    args: [...args],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "inherit",
  });
  const child = command.spawn();
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    Deno.stdout.writeSync(chunk);
  }
  const { success } = await child.status;
  return success ? text : `${text}\nFAILED`;
}

async function runSuite({ folder, permissions, again }: Suite): Promise<Count> {
  const name = again === undefined ? folder : `${folder} ${again.as}`;
  console.log(`\n== ${name}`);
  const filter = again === undefined ? [] : ["--filter", again.filter];
  const args = ["test", "--quiet", "--frozen", `-P=${permissions}`, ...filter, folder];
  const [program, ...rest] = [...again?.through ?? [], Deno.execPath(), ...args];
  const text = await run(program, rest);
  keepNames(name, text);
  const counts = [...text.matchAll(/\| (\d+) passed.*\| (\d+) failed/g)].at(-1);
  const passed = Number(counts?.[1] ?? 0);
  const failed = Number(counts?.[2] ?? 0);
  // A suite that ran nothing, or broke before its summary, has failed.
  const isBroken = passed + failed === 0 || (failed === 0 && text.endsWith("FAILED"));
  return { passed, failed: failed + (isBroken ? 1 : 0) };
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
  let passed = 0;
  let failed = 0;
  const red: string[] = [];
  for (const suite of suites) {
    const count = await runSuite(suite);
    passed += count.passed;
    failed += count.failed;
    if (count.failed > 0) red.push(`${suite.folder} (${count.failed})`);
  }
  if (red.length > 0) console.log(`\nfailed in: ${red.join(", ")}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

Deno.exit(await main());
