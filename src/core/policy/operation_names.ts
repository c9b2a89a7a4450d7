/**
 * What a name under `protected.operations` stands for. Total over the names listed here; any other
 * is refused when the policy loads, because a name that means nothing protects nothing.
 *
 * @module
 */
import { type OperationType, operationTypes } from "../operation/operation.ts";
import { type Verb, verbs } from "../operation/effect.ts";
import type { ProtectedOperation } from "./policy.ts";

/** Other words for a verb: system calls, shell commands, plain English. */
const verbAliases: Readonly<Partial<Record<Verb, readonly string[]>>> = {
  write: ["append", "edit", "ftruncate", "modify", "truncate"],
  create: ["mkdir", "mkfifo", "mknod", "touch"],
  delete: ["remove", "rm", "rmdir", "shred", "unlink", "unlinkat"],
  link: ["hardlink", "linkat", "ln", "symlink", "symlinkat"],
  chmod: ["chattr", "fchmod", "fchmodat", "setfacl"],
  chown: ["chgrp", "fchown", "fchownat", "lchown"],
  execute: ["exec", "execve", "run", "spawn"],
};

/**
 * Verbs an operation type stands for beside itself, so that `file_delete` also covers `rm` in a
 * command. Renames and copies have none of their own: as verbs they would deny every deletion.
 */
const typeVerbs: Readonly<Record<OperationType, readonly Verb[]>> = {
  file_read: ["read"],
  file_write: ["write", "create"],
  file_create: ["create"],
  file_delete: ["delete"],
  file_rename: [],
  file_copy: [],
  file_link: ["link"],
  chmod: ["chmod"],
  chown: ["chown"],
  code_modification: [],
  command: ["execute"],
  tool_call: ["call"],
  network: ["connect"],
};

/** Other words for an operation type. */
const typeAliases: Readonly<Partial<Record<OperationType, readonly string[]>>> = {
  file_rename: ["move", "mv", "rename", "renameat"],
  file_copy: ["copy", "cp"],
};

const table: ReadonlyMap<string, ProtectedOperation> = new Map([
  ...operationTypes.flatMap((type) =>
    [type, ...typeAliases[type] ?? []].map((name) => entry(name, typeVerbs[type], [type]))
  ),
  ...verbs.flatMap((verb) =>
    [verb, ...verbAliases[verb] ?? []].map((name) =>
      // `chmod` and `chown` are verb and type in one: they cover both.
      entry(name, [verb], operationTypes.filter((type) => type === name))
    )
  ),
]);

/** Every name that may stand under `protected.operations`, in table order. */
export const operationNames: readonly string[] = [...table.keys()];

/**
 * Looks an operation name up.
 *
 * @param name Exactly as the table has it: lower case, no blanks, no look-alikes.
 * @returns Null for any other name; the caller refuses the policy.
 */
export function parseProtectedOperation(name: string): ProtectedOperation | null {
  return table.get(name) ?? null;
}

function entry(
  name: string,
  verbs: readonly Verb[],
  types: readonly string[],
): [string, ProtectedOperation] {
  return [name, { name, verbs, types }];
}
