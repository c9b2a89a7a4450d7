/**
 * `cd`, `pushd` and `popd`: where later names lead.
 *
 * @module
 */
import type { BuiltinCall } from "./builtin_call.ts";
import { foldPath } from "./fold_path.ts";
import type { Input } from "./program_use.ts";
import { noInput, type Shell } from "./shell.ts";
import { knownArgument, type ShellState } from "./shell_state.ts";
import { absoluteIn } from "./touch_path.ts";

/** Moves the working folder; remembers where the shell stays when there is no such folder. */
export function changeFolder({ shell, name, args, state }: BuiltinCall): Input {
  const [target, more] = args.filter(({ text, isKnown }) =>
    !isKnown || !/^-[LPe@n]*$|^--$/.test(text) || text === "-"
  );
  const before = state.folders;
  if (name === "popd" || more !== undefined || target?.isKnown === false) state.folders = [];
  else if (target === undefined) moveHome(shell, name, state);
  else if (target.text === "-" || /^[+-]\d+$/.test(target.text)) state.folders = [];
  else state.folders = before.flatMap((folder) => enter(shell, folder, target.text));
  const isSure = state.folders.length > 0 &&
    state.folders.every((folder) => isSurelyThere(shell, folder));
  state.foldersIfFailed = isSure ? [] : before;
  state.variables.set("OLDPWD", before.length === 1 ? [knownArgument(before[0] ?? "")] : []);
  return noInput;
}

/** SECURITY: the command itself may have taken it away. */
function isSurelyThere({ surroundings, plan }: Shell, folder: string): boolean {
  const toAbsolute = (resource: string) => absoluteIn(surroundings.root, resource);
  return surroundings.kindOf(folder) === "directory" && !plan.replaces(folder, toAbsolute);
}

function moveHome({ surroundings }: Shell, name: string, state: ShellState): void {
  const isMoved = state.variables.has("HOME");
  state.folders = name === "cd" && surroundings.home !== null && !isMoved
    ? [surroundings.home]
    : [];
}

/**
 * Where `cd TARGET` may lead: the shell folds `..` by text, `cd -P` and every program by the disk.
 * Both are kept where a link makes them differ.
 */
function enter({ surroundings }: Shell, folder: string, target: string): readonly string[] {
  const path = target.startsWith("/") ? target : `${folder === "/" ? "" : folder}/${target}`;
  const logical = foldPath(path);
  if (!/(?:^|\/)\.\.(?:\/|$)/.test(path)) return [logical];
  const physical = surroundings.realPath(path);
  return physical === null || physical === surroundings.realPath(logical)
    ? [logical]
    : [logical, physical];
}
