/**
 * `read`, `mapfile` and `readarray`: variables that get what nobody here has read.
 *
 * @module
 */
import type { BuiltinCall } from "./builtin_call.ts";
import type { Argument, Input } from "./program_use.ts";
import { setVariable } from "./set_variable.ts";
import { noInput } from "./shell.ts";
import { knownArgument, unknownArgument, unknownList } from "./shell_state.ts";

/** Letters of `read` and `mapfile` that take a value. */
const valueLetters: Readonly<Record<string, string>> = { read: "adinNptu" };

/** Sets every variable they name. */
export function readVariables({ shell, name, args, state }: BuiltinCall): Input {
  const { arrays, names, isPlain } = splitNames(args, valueLetters[name] ?? "dnOsuCc");
  for (const { text, isKnown } of [...arrays, ...names]) {
    if (!isKnown || !/^[A-Za-z_]\w*$/.test(text)) {
      shell.plan.doubt("unverified", `which variable "${name}" sets is not known`);
    } else {
      const isArray = name !== "read" || arrays.length > 0;
      setVariable(shell, text, isArray ? unknownList : [unknownArgument], state, isArray);
    }
  }
  // SECURITY: `mapfile -C` runs a command for every so many lines.
  if (!isPlain) shell.plan.doubt("unverified", `"${name}" has an option that is not followed here`);
  return noInput;
}

function splitNames(args: readonly Argument[], letters: string): {
  readonly arrays: readonly Argument[];
  readonly names: readonly Argument[];
  readonly isPlain: boolean;
} {
  const arrays: Argument[] = [];
  let isPlain = true;
  let at = 0;
  for (; args[at]?.text.startsWith("-") === true; at++) {
    const { text, isKnown } = args[at] ?? unknownArgument;
    isPlain &&= isKnown;
    if (text === "--") return { arrays, names: args.slice(at + 1), isPlain };
    const first = [...text].findIndex((letter) => letters.includes(letter));
    if (first === -1) continue;
    const attached = text.slice(first + 1);
    const value = attached === "" ? args[++at] : knownArgument(attached);
    isPlain &&= text[first] !== "C" && text[first] !== "c";
    if (text[first] === "a" && value !== undefined) arrays.push(value);
  }
  return { arrays, names: args.slice(at), isPlain };
}
