/**
 * One thing an operation would do to one resource. Policies match effects, never operation names
 * alone: `mv a b` and `file_rename` have the same effects.
 *
 * @module
 */

/** Everything an operation can do; `protected.files` covers every verb but `read`. */
export const verbs = [
  "read",
  "write",
  "create",
  "delete",
  "link",
  "chmod",
  "chown",
  "execute",
  "call",
  "connect",
] as const;

export type Verb = typeof verbs[number];

/** What `resource` names: a path as written, a tool or program, a host. */
export interface Effect {
  readonly verb: Verb;
  readonly resource: string;
  readonly kind: "path" | "tool" | "host";
  /**
   * The path was handed to something that may or may not do this. Such an effect denies nothing by
   * itself: where it meets a protected file, what the operation does there is opaque.
   */
  readonly isPossible?: true;
  /**
   * A tool nobody knows was given the path. Where it is a folder the effect is merely possible on
   * what lies in it: most such tools are told where to work.
   */
  readonly unlessFolder?: true;
}
