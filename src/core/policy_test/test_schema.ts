/**
 * Every key a file of policy tests may have.
 *
 * @module
 */
import { maxEarlierOperations, maxFolderEntries, maxPatternCharacters } from "../limits.ts";
import type { SchemaNode } from "../policy/schema_node.ts";

const text = {
  kind: "text",
  isRequired: false,
  maxCharacters: maxPatternCharacters,
  shape: null,
} as const;
const required = { ...text, isRequired: true } as const;
const operation = {
  kind: "json",
  isRequired: true,
  // The operation in wire form, as `sealward check` takes it.
} as const;
/** Who asks; left out: user. */
const principal = text;

/** Cases of one file; the parser of YAML stops at 50,000 values long before. */
const maxCases = 10_000;
/** A file's text in a test. */
const maxContentCharacters = 262_144;

const files = {
  kind: "sections",
  maxItems: maxFolderEntries,
  // All there is below the root; left out, the files that are really there count.
  item: {
    kind: "section",
    // A file, or a folder (path with a slash at its end), or a link.
    keys: {
      /** Relative to the root. */
      path: required,
      content: { ...text, maxCharacters: maxContentCharacters },
      size: {
        kind: "limit",
        // Bytes of the file, in place of a text.
      },
      /** Where a symbolic link leads. */
      target: text,
    },
  },
} as const satisfies SchemaNode;

const testCase = {
  kind: "section",
  // One operation and what has to come of it.
  keys: {
    /** Used once in its file. */
    name: required,
    operation,
    principal,
    unmeasured: {
      kind: "choice",
      values: ["listed", "unverified"],
      default: "listed",
      // unverified asks as hooks do: a limit nobody can measure stops the operation.
    },
    earlier: {
      kind: "sections",
      maxItems: maxEarlierOperations,
      // Operations asked for before, in order.
      item: {
        kind: "section",
        // One operation, and who asked.
        keys: { operation, principal },
      },
    },
    files,
    expect: {
      kind: "section",
      minKeys: 1,
      // What has to come of it.
      keys: {
        decision: {
          kind: "choice",
          values: ["allow", "ask", "deny"],
          default: "",
          // The answer.
        },
        violated_policies: {
          kind: "strings",
          minItems: 0,
          maxItems: 256,
          maxCharacters: maxPatternCharacters,
          // Every policy that is violated, and no other; left out: none.
        },
        would_deny: {
          kind: "json",
          isRequired: false,
          // Whether only observing allows it; left out, it is not looked at.
        },
        overridable: {
          kind: "boolean",
          default: null,
          // Whether a person may approve it; left out, it is not looked at.
        },
        /** A part of the reason, or of a violation's message. */
        message: text,
      },
    },
    recorded: {
      kind: "json",
      isRequired: false,
      // Where the case came from; for people, and not read.
    },
  },
} as const satisfies SchemaNode;

export const testSchema = {
  kind: "section",
  // Policy tests.
  keys: {
    schema_version: { kind: "limit" },
    mode: {
      kind: "choice",
      values: ["as_written", "enforce", "observe"],
      default: "as_written",
      // Judges as if enforcement.mode said so.
    },
    files,
    cases: {
      kind: "sections",
      maxItems: maxCases,
      // The tests.
      item: testCase,
    },
  },
} as const satisfies SchemaNode;
