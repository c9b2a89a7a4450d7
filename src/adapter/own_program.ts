/**
 * How this very program is started once more, with all its permissions.
 *
 * @module
 */

/** Program and first arguments; what to run comes behind them. */
export function ownProgram(): readonly [string, ...string[]] {
  if (Deno.build.standalone) return [Deno.execPath()];
  // A bundle has its main file beside this one, and no settings.
  const isBundle = import.meta.url.endsWith(".js");
  const main = new URL(isBundle ? "./main.js" : "../../main.ts", import.meta.url).pathname;
  return [
    Deno.execPath(),
    ...["run", "--quiet", "--no-prompt", "--cached-only", ...(isBundle ? ["--no-config"] : [])],
    ...["--allow-read", "--allow-write=/", "--allow-run", "--allow-env", "--allow-net=127.0.0.1"],
    ...["--allow-sys=uid,gid,hostname,statfs", main],
  ];
}
