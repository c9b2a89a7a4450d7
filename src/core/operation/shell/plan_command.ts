/**
 * A command line to effects and doubts. Parsing finds denials: whatever is not understood is a
 * doubt, and no doubt ever becomes an allow here. SPEC.md beside this file.
 *
 * @module
 */
import { parse } from "unbash";
import { maxCommandCharacters } from "../../limits.ts";
import type { Effect } from "../effect.ts";
import type { CommandPlan } from "./command_plan.ts";
import { expandText, expandWord } from "./expand_word.ts";
import { findGap } from "./find_gap.ts";
import { foldPath } from "./fold_path.ts";
import { PlanBuilder, WalkEnded } from "./plan_builder.ts";
import { type Frame, noInput, type Shell } from "./shell.ts";
import { type ShellState, stateOfTrap } from "./shell_state.ts";
import type { ShellSurroundings } from "./surroundings.ts";
import { runArgv } from "./walk_command.ts";
import { walkNode, walkScript } from "./walk_script.ts";

/**
 * Plans one command line of bash. Total.
 *
 * @param findProgram What it throws ends the walk and is the caller's.
 * @param cwd As the operation writes it: absolute, relative to the root, or null for the root.
 * @param isKept The same shell reads the next command too: it must be left as it was.
 */
export function planCommand(
  command: string,
  cwd: string | null,
  surroundings: ShellSurroundings,
  findProgram: Shell["findProgram"],
  isKept = false,
): CommandPlan {
  const plan = new PlanBuilder();
  const shell = createShell({ surroundings, plan, findProgram });
  const { root } = surroundings;
  const folder = foldPath(cwd === null ? root : cwd.startsWith("/") ? cwd : `${root}/${cwd}`);
  const state: ShellState = {
    folders: [folder],
    foldersIfFailed: [],
    variables: new Map(),
    positional: [],
    functions: new Map(),
    locals: null,
    returns: null,
    isDead: false,
  };
  try {
    shell.walkText(command, state, { input: noInput, depth: 0 });
    for (const trap of shell.traps) {
      shell.walkText(trap.text, stateOfTrap(trap.state, state), { input: noInput, depth: 1 });
    }
    const left = isKept ? findLeft(shell, state, folder) : null;
    if (left !== null) plan.doubt("unverified", `${left} stays for later commands: use ( ... )`);
  } catch (thrown) {
    // SECURITY: a stack that runs out on nested text must be no way past the judge.
    if (thrown instanceof RangeError) plan.doubt("unverified", "it is nested too deep to follow");
    else if (!(thrown instanceof WalkEnded)) throw thrown;
  }
  const built = plan.build();
  // Whoever reads the plan joins relative names to the operation's folder; the walk's are the root's.
  return folder === root ? built : { ...built, effects: built.effects.map(fromRoot(root)) };
}

/** SECURITY: the next command is read as if nothing had been before it. */
function findLeft(
  { globbing, readOnly }: Shell,
  { folders, functions, positional }: ShellState,
  folder: string,
): string | null {
  if (folders.length !== 1 || folders[0] !== folder) return "the working folder it changes to";
  if (functions.size > 0) return "a function it defines";
  if (positional === null || positional.length > 0) return "what it sets $1 to";
  if (readOnly.size > 0) return "a variable that cannot be set again";
  return globbing.mayDropWords || globbing.mayCrossFolders ? "how patterns are read" : null;
}

function fromRoot(root: string): (effect: Effect) => Effect {
  return (effect) =>
    effect.kind !== "path" || effect.resource.startsWith("/")
      ? effect
      : { ...effect, resource: `${root}/${effect.resource}` };
}

function createShell(parts: Pick<Shell, "surroundings" | "plan" | "findProgram">): Shell {
  const shell: Shell = {
    ...parts,
    traps: [],
    readOnly: new Set(),
    globbing: { mayDropWords: false, mayCrossFolders: false },
    walkText: (text, state, frame) => walkText(shell, text, state, frame),
    walkScript: (script, state, frame) => walkScript(shell, script, state, frame),
    walkNode: (node, state, frame) => walkNode(shell, node, state, frame),
    expandWords: (words, state, frame) =>
      words.flatMap((word) => expandWord(shell, word, state, frame)),
    expandText: (word, state, frame) => expandText(shell, word, state, frame),
    runArgv: (argv, state, frame) => runArgv(shell, argv, state, frame),
  };
  return shell;
}

/**
 * SECURITY: the shell reads a carriage return as part of a word where people see a line's end;
 * invisible and direction characters make one command look like another.
 */
const unreadable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u00a0]/u;

const maxSubstitutions = 1_000;

function walkText(shell: Shell, text: string, state: ShellState, frame: Frame) {
  const { plan } = shell;
  if (text.length > maxCommandCharacters) {
    return plan.end(`it is longer than ${maxCommandCharacters} characters`);
  }
  // SECURITY: each is a command, or could be one; the parser takes its time for those in one another.
  if ((text.match(/\$[({]|[<>]\(|`/g)?.length ?? 0) > maxSubstitutions) {
    return plan.end("it has too many substitutions");
  }
  if (/(?:[({[!]\s*){200}/.test(text)) return plan.end("it is nested too deep to be read");
  const odd = unreadable.exec(text.replace(/[\n\t]/g, ""))?.[0];
  if (odd !== undefined) {
    const code = odd.codePointAt(0)?.toString(16).padStart(4, "0").toUpperCase();
    plan.doubt("unverified", `it holds the character U+${code}, which people do not see`);
  }
  // SECURITY: the shell joins the lines before it looks for the end of a variable's name.
  if (/\$[\w{(!#]*\\\n/.test(text)) {
    plan.doubt("unverified", "a variable's name is cut by a line end");
  }
  const script = parse(text);
  const output = walkScript(shell, script, state, frame);
  const gap = findGap(script, text);
  if (gap !== null) plan.doubt("unverified", `"${gap}" was not read`);
  return output;
}
