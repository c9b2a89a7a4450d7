/**
 * Who else could change what lies where: modes of the install's own places, and owner and mode of
 * every folder above them.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import { toEngineError } from "../../core/errors.ts";
import type { Finding } from "../../edge/cli/host.ts";

/** @param uid Whoever runs this; null where the system does not say. */
export function examinePlaces(layout: Layout, uid: number | null): readonly Finding[] {
  const rows = [
    { path: layout.stateFolder, mask: 0o077, what: "state folder" },
    { path: layout.keysFolder, mask: 0o077, what: "keys" },
    { path: layout.policyFolder, mask: 0o022, what: "policy folder" },
    { path: layout.policyPath, mask: 0o022, what: "policy file" },
    { path: layout.logPath, mask: 0o022, what: "log" },
  ];
  const program = Deno.build.standalone ? [Deno.execPath()] : [];
  const programs = program.map((path) => ({ path, mask: 0o022, what: "program file" }));
  // In a guarded install root and the engine's user are both right, and only the latter looks.
  const owner = layout.guard?.isEngine === false ? null : uid;
  return [
    ...[...rows, ...programs].map((row) => examineMode(row, owner)),
    ...examineParents([layout.policyPath, layout.stateFolder, ...program], uid),
  ];
}

function examineMode(
  { path, mask, what }: { readonly path: string; readonly mask: number; readonly what: string },
  uid: number | null,
): Finding {
  try {
    const stat = Deno.statSync(path);
    // SECURITY: whoever owns it gives itself the mode it wants.
    if (uid !== null && stat.uid !== null && stat.uid !== 0 && stat.uid !== uid) {
      const message = `${path} belongs to uid ${stat.uid}, who can change it`;
      return { level: "FAIL", subject: what, message, fix: `chown ${uid} ${path}` };
    }
    const mode = (stat.mode ?? 0) & 0o777;
    const shown = `${path} is ${mode.toString(8).padStart(3, "0")}`;
    if ((mode & mask) === 0) return { level: "OK", subject: what, message: shown };
    const fix = `chmod ${mask === 0o077 ? "go-rwx" : "go-w"} ${path}`;
    return { level: "FAIL", subject: what, message: `${shown}: others can reach it`, fix };
  } catch (error) {
    const { message } = toEngineError(error);
    return { level: "FAIL", subject: what, message, fix: "run `sealward init`" };
  }
}

/** Whoever may write to a folder may put another one in the place of what lies in it. */
function examineParents(paths: readonly string[], uid: number | null): readonly Finding[] {
  const folders = new Set(paths.flatMap(foldersAbove));
  const found = [...folders].sort().map((folder) => examineFolder(folder, uid))
    .filter((finding) => finding !== null);
  if (found.length > 0) return found;
  const message = `all ${folders.size} belong to root or to you, and nobody else may write there`;
  return [{ level: "OK", subject: "parent folders", message }];
}

function foldersAbove(path: string): readonly string[] {
  const names = path.split("/").slice(1, -1);
  return ["/", ...names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`)];
}

const sticky = 0o1000;

function examineFolder(folder: string, uid: number | null): Finding | null {
  const subject = "parent folders";
  try {
    const stat = Deno.statSync(folder);
    const mode = stat.mode ?? 0;
    if (uid !== null && stat.uid !== 0 && stat.uid !== uid) {
      const message = `${folder} belongs to uid ${stat.uid}, who can replace what lies in it`;
      return { level: "FAIL", subject, message, fix: `chown root ${folder}` };
    }
    if ((mode & 0o022) === 0) return null;
    const shown = `${folder} is ${(mode & 0o7777).toString(8)}`;
    // There nobody may rename or remove what is another's.
    if ((mode & sticky) !== 0) {
      const message = `${shown}: anybody may make files there, as in every folder for scratch`;
      return { level: "WARN", subject, message, fix: "keep the project in a folder of your own" };
    }
    const message = `${shown}: others can replace what lies in it`;
    return { level: "FAIL", subject, message, fix: `chmod go-w ${folder}` };
  } catch (error) {
    return { level: "FAIL", subject, message: toEngineError(error).message };
  }
}
