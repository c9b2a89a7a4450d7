/**
 * The runtime that `deno compile` appends the program to. Official first; where Deno's download
 * host is closed but npm is not, a base pinned by hash, loudly marked as an evaluation build.
 */

/** A way to compile: the Deno that does it and, for the fallback, the base it must use. */
export interface RuntimeBase {
  readonly deno: string;
  readonly env: Record<string, string>;
  /** What `sealward version` says. */
  readonly label: string;
  readonly isEvaluation: boolean;
  readonly knowsUnixAddresses: boolean;
}

interface Pin {
  readonly specifier: string;
  readonly file: readonly string[];
  /** Bytes taken from the start of the file; null for all. */
  readonly bytes: number | null;
  readonly sha256: string;
}

// Deno's own denort 2.6.10 for linux-x64 is the unmodified head of a binary somebody compiled with
// it; the trailing part is that program and is cut off. Both files are checked before use.
const compilerPin: Pin = {
  specifier: "npm:@deno/linux-x64-glibc@2.6.8",
  file: ["@deno", "linux-x64-glibc", "2.6.8", "deno"],
  bytes: null,
  sha256: "8b254e08be2565f608a06bfde3f62f3aabbf8994712f0078c7a7f24bc8c46676",
};
const basePin: Pin = {
  specifier: "npm:@mcp-stress/linux-x64@0.2.1",
  file: ["@mcp-stress", "linux-x64", "0.2.1", "bin", "mcp-stress"],
  bytes: 92_183_912,
  sha256: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
};

/** The Deno that runs this script, with the base it downloads by itself. */
export function officialBase(): RuntimeBase {
  return {
    deno: Deno.execPath(),
    env: {},
    label: Deno.version.deno,
    isEvaluation: false,
    knowsUnixAddresses: true,
  };
}

/**
 * Fetches and checks the pinned pair, in Deno's package cache and `folder`.
 *
 * @throws Error when this machine is not linux-x64, or a hash differs: nothing is used then.
 */
export async function evaluationBase(folder: string): Promise<RuntimeBase> {
  if (Deno.build.target !== "x86_64-unknown-linux-gnu") {
    throw new Error(`No pinned base for ${Deno.build.target}: wanted x86_64-unknown-linux-gnu`);
  }
  await Deno.mkdir(folder, { recursive: true });
  const compiler = await materialise(compilerPin, `${folder}/deno-2.6.8`);
  const base = await materialise(basePin, `${folder}/denort-2.6.10`);
  return {
    deno: compiler,
    env: { DENORT_BIN: base },
    label: "2.6.10 (evaluation)",
    isEvaluation: true,
    knowsUnixAddresses: false,
  };
}

async function materialise(pin: Pin, target: string): Promise<string> {
  const existing = await Deno.readFile(target).catch(() => null);
  if (existing !== null && await sha256Hex(existing) === pin.sha256) return target;
  const whole = await Deno.readFile(await cachedFile(pin));
  const wanted = pin.bytes === null ? whole : whole.subarray(0, pin.bytes);
  const got = await sha256Hex(wanted);
  if (got !== pin.sha256) {
    throw new Error(`Hash of ${pin.specifier} is ${got}: wanted ${pin.sha256}`);
  }
  // Written aside and renamed: a build beside this one never sees half a compiler.
  const staging = `${target}.${Deno.pid}`;
  await Deno.writeFile(staging, wanted, { mode: 0o755 });
  await Deno.rename(staging, target);
  return target;
}

async function cachedFile(pin: Pin): Promise<string> {
  await runDeno(["cache", "--quiet", "--no-config", "--no-lock", pin.specifier]);
  const info = JSON.parse(await runDeno(["info", "--json"]));
  const cache = `${info.npmCache}`;
  for await (const host of Deno.readDir(cache)) {
    const path = [cache, host.name, ...pin.file].join("/");
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  throw new Error(`${pin.specifier} is not in the package cache ${cache} after fetching it`);
}

async function runDeno(args: readonly string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: [...args], stderr: "piped" });
  const output = await command.output();
  if (!output.success) {
    throw new Error(`deno ${args[0]} failed: ${new TextDecoder().decode(output.stderr).trim()}`);
  }
  return new TextDecoder().decode(output.stdout);
}

/** Lower-case hex SHA-256. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
