/**
 * env(1), and words `NAME=value` before a program.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { optionValues, readOptions } from "./read_options.ts";
import { known, UseBuilder } from "./use_builder.ts";

const envOptions =
  "+ -i0v ignore-environment null debug u,unset: C,chdir: S,split-string: a,argv0: " +
  "f,file< block-signal? default-signal? ignore-signal? list-signal-handling";

export function readEnv(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const words = splitStrings(invocation.args);
  const read = readOptions(words, envOptions);
  builder.options(read);
  if (!read.isSure) builder.unverified(`nobody knows which word ${invocation.name} runs`);
  const [folder = null] = optionValues(read, "C");
  builder.folder = folder;
  const { assignments, argv } = splitAssignments(read.operands);
  if (argv.length > 0) runWith(builder, assignments, argv);
  const { folder: _, ...use } = builder.end();
  return use;
}

/** Puts the words of `-S STRING` in its place; they may be options, assignments, the program. */
function splitStrings(args: readonly Argument[]): readonly Argument[] {
  const { options, operands } = readOptions(args, envOptions);
  if (!options.some(({ name }) => name === "S")) return args;
  return [
    ...options.flatMap(({ name, value }) => {
      if (name === "S" && value !== null) return splitWords(value);
      const flag = known(name.length === 1 ? `-${name}` : `--${name}`);
      return value === null ? [flag] : [flag, value];
    }),
    ...operands,
  ];
}

/** Words as `env -S` and simple shells see them; what they would expand is unknown. */
function splitWords({ text, isKnown }: Argument): readonly Argument[] {
  const words = [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => {
    const isPlain = !/[\\$]/.test(word);
    const plain = word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2");
    return { text: isPlain ? plain : plain.replace(/[\\$].*$/s, ""), isKnown: isPlain };
  });
  return isKnown ? words : [...words.slice(0, -1), { text: words.at(-1)?.text ?? "", isKnown }];
}

/** Assignments, and the program they are for. */
export function splitAssignments(
  words: readonly Argument[],
): { readonly assignments: readonly Argument[]; readonly argv: readonly Argument[] } {
  const first = words.findIndex(({ text }) => !/^[^=/]+=/.test(text));
  const at = first === -1 ? words.length : first;
  return { assignments: words.slice(0, at), argv: words.slice(at) };
}

/** Starts a program in the folder its starter chose. */
export function runWith(
  builder: UseBuilder,
  assignments: readonly Argument[],
  argv: readonly Argument[],
): void {
  const { folder } = builder;
  const place = folder === null ? {} : { folder };
  const variables = assignments.length === 0 ? {} : { assignments };
  builder.run({ kind: "argv", argv, ...place, ...variables });
}
