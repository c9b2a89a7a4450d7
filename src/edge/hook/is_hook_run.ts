/**
 * Whether a command line is a host's call of its hook: then no status but 0 and 2 may leave the
 * process, whatever goes wrong before or after the line is understood.
 *
 * @module
 */
import { hookHosts } from "./hook_event.ts";

/** Words after `hook` that people type; everything else after it is taken for a host's call. */
const forPeople: ReadonlySet<string> = new Set(["install", "uninstall", "status", "--help", "-h"]);

export function isHookRun(argv: readonly string[]): boolean {
  const cut = argv.indexOf("--");
  // What stands behind it is another program's, whose status is passed on as it is.
  if (cut > 0 && argv.slice(0, cut).includes("exec")) return false;
  const at = argv.indexOf("hook");
  const next = argv[at + 1] ?? "";
  // SECURITY: a mistyped host must not end with 64, on which the tool would run.
  if (at === 0) return !forPeople.has(next);
  // Nor may a mistyped `hook` before a host's name.
  const words = [at > 0 ? next : "", /^hoo/i.test(argv[0] ?? "") ? argv[1] : ""];
  return hookHosts.some((host) => words.includes(host));
}
