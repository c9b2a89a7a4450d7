/**
 * Entries of a list that say again what the list has said.
 *
 * @module
 */
import { coversCommand } from "../../operation/cover_command.ts";
import { coversWord } from "../../operation/cover_word.ts";
import { listConditions } from "../list_conditions.ts";
import type { Condition, Policy, ProtectedOperation } from "../policy.ts";
import { coversTool } from "./cover_rule.ts";
import { quoted, type Weakness } from "./weakness.ts";

/** `protected.operations`, and the lists of words in rules; patterns are find_patterns.ts. */
export function findRepeats(policy: Policy): readonly Weakness[] {
  return [
    ...findOperations(policy.protectedOperations),
    ...listConditions(policy).flatMap(({ condition, path }) => findConditions(condition, path)),
  ];
}

function findOperations(operations: readonly ProtectedOperation[]): readonly Weakness[] {
  return operations.flatMap((operation, index): readonly Weakness[] => {
    const path = `protected.operations.${index}`;
    const name = quoted(operation.name);
    if (operations.slice(0, index).some((other) => other.name === operation.name)) {
      const message = `${name} is listed twice`;
      return [{ code: "operation_repeated", message, hint: "remove one", path }];
    }
    const cover = operations.find((other, at) =>
      at !== index && coversOperation(other, operation) &&
      // Of two that cover each other only the later one is too much.
      (at < index || !coversOperation(operation, other))
    );
    if (cover === undefined || cover.name === operation.name) return [];
    const message = `${name} adds nothing: ${quoted(cover.name)} covers it`;
    return [{ code: "operation_covered", message, hint: "remove it, or the other one", path }];
  });
}

function coversOperation(wide: ProtectedOperation, narrow: ProtectedOperation): boolean {
  return narrow.verbs.every((verb) => wide.verbs.includes(verb)) &&
    narrow.types.every((type) => wide.types.includes(type));
}

function findConditions(condition: Condition, path: string): readonly Weakness[] {
  const same = (one: string, other: string) => one === other;
  const { types, verbs, principals, tools, commands } = condition;
  return [
    ...findInList(types ?? [], same, { path: `${path}.types`, show: quoted }),
    ...findInList(verbs ?? [], same, { path: `${path}.verbs`, show: quoted }),
    ...findInList(principals ?? [], coversWord, { path: `${path}.principals`, show: quoted }),
    ...findInList(tools ?? [], coversTool, { path: `${path}.tools`, show: quoted }),
    ...findInList(commands ?? [], coversCommand, {
      path: `${path}.commands`,
      show: ({ pattern }) => quoted(pattern),
    }),
  ];
}

/** Every entry that another one makes superfluous; of equal ones, all but the first. */
function findInList<T>(
  list: readonly T[],
  covers: (wide: T, narrow: T) => boolean,
  { path, show }: { readonly path: string; readonly show: (entry: T) => string },
): readonly Weakness[] {
  return list.flatMap((entry, index): readonly Weakness[] => {
    const at = `${path}.${index}`;
    const cover = list.find((other, i) =>
      i !== index && covers(other, entry) && (i < index || !covers(entry, other))
    );
    if (cover === undefined) return [];
    const isSame = covers(entry, cover);
    const message = isSame
      ? `${show(entry)} is listed twice`
      : `${show(entry)} adds nothing: ${show(cover)} covers it`;
    const code = isSame ? "condition_repeated" : "condition_covered";
    return [{ code, message, hint: "remove it", path: at }];
  });
}
