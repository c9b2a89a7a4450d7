/**
 * How this very program is started in one of its sandbox roles.
 *
 * @module
 */

/** First word of the arguments; `sealward help` knows neither. */
const roleWords = { worker: "__sandbox-worker", broker: "__sandbox-broker" } as const;

/**
 * Program and arguments. Needs the permission to read where the program is.
 *
 * @returns Null where the program that runs is somebody else's: it knows no roles.
 */
export function roleCommand(
  role: keyof typeof roleWords,
  isOwnProgram: boolean,
): readonly [string, ...string[]] | null {
  if (Deno.build.standalone) {
    return isOwnProgram ? [Deno.execPath(), roleWords[role]] : null;
  }
  const flags = ["--no-prompt", "--quiet", "--cached-only", `--v8-flags=${sandboxV8Flags.join()}`];
  // A bundle has its main file beside this one, and no settings.
  const isBundle = import.meta.url.endsWith(".js");
  const main = new URL(isBundle ? "./main.js" : "../../../main.ts", import.meta.url).pathname;
  if (isBundle) flags.push("--no-config");
  // It looks where the program is, to start it.
  if (role === "broker") flags.push("--allow-read", `--allow-run=${Deno.execPath()}`);
  return [Deno.execPath(), "run", ...flags, main, roleWords[role]];
}

/**
 * Compiling is paid, and ended if need be, while a module is loaded, by no more threads at once on a
 * large machine than on a small one; no memory grows beyond what limits allow, whatever became of
 * the meter; and what nobody uses can be collected when it is due (MemoryAccount). A compiled program
 * has them built in.
 */
export const sandboxV8Flags = [
  "--no-wasm-lazy-compilation",
  "--wasm-num-compilation-tasks=2",
  "--wasm-max-mem-pages=4096",
  "--expose-gc",
] as const;
