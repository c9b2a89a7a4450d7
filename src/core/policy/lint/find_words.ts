/**
 * Words in rules that look as if they meant something else than they do.
 *
 * @module
 */
import type { CommandPattern } from "../../operation/command_pattern.ts";
import { meetsWord } from "../../operation/cover_word.ts";
import { listConditions } from "../list_conditions.ts";
import type { Policy } from "../policy.ts";
import { quoted, type Weakness } from "./weakness.ts";

export function findWords(policy: Policy): readonly Weakness[] {
  return listConditions(policy).flatMap(({ condition, path }) => [
    ...(condition.commands ?? []).flatMap((pattern, item) =>
      findSyntax(pattern, `${path}.commands.${item}`)
    ),
    ...(condition.principals ?? []).flatMap((pattern, item) =>
      findStranger(pattern, `${path}.principals.${item}`)
    ),
  ]);
}

const operators = /^(?:&&?|\|\|?|;;?|\(|\)|[0-9]*[<>]+.*)$/;

/** Patterns have no quotes, no operators and no variables: such a word matches only itself. */
function findSyntax({ pattern, words }: CommandPattern, path: string): readonly Weakness[] {
  const odd = words.find((word) => /^["']|["']$/.test(word) || operators.test(word)) ??
    words.slice(0, 1).find((word) => /^\w+=|[;&|]/.test(word));
  if (odd === undefined) return [];
  return [{
    code: "command_syntax",
    message: `${quoted(pattern)} has ${quoted(odd)} in it, which matches only a word written so`,
    hint: "patterns are words of one program, between blanks: no quotes, operators or assignments",
    path,
  }];
}

/** Whoever the edges of this version ask for. */
const principals = ["uid:*", "user", "token:*", "library"];

function findStranger(pattern: string, path: string): readonly Weakness[] {
  if (principals.some((known) => meetsWord(pattern, known))) return [];
  return [{
    code: "principal_unknown",
    message: `Nobody asks as ${quoted(pattern)}: the rule never matches`,
    hint: 'principals are "uid:NUMBER", "user", "token:NAME" and "library"',
    path,
  }];
}
