/**
 * Every key a file of policy tests may have.
 *
 * @module
 */
import { maxEarlierOperations, maxFolderEntries, maxPatternCharacters } from "../limits.ts";
import type { SchemaNode } from "../policy/schema_node.ts";

const since = "0.1.0";

const text = (description: string, maxCharacters = maxPatternCharacters) =>
  ({
    kind: "text",
    isRequired: false,
    maxCharacters,
    shape: null,
    examples: [],
    description,
    since,
  }) as const;
const required = (description: string) => ({ ...text(description), isRequired: true }) as const;
const operation = {
  kind: "json",
  isRequired: true,
  description: "The operation in wire form, as `sealward check` takes it.",
  since,
} as const;
const principal = text("Who asks; left out: user.");

/** Cases of one file; the parser of YAML stops at 50,000 values long before. */
const maxCases = 10_000;
/** A file's text in a test. */
const maxContentCharacters = 262_144;

const files = {
  kind: "sections",
  maxItems: maxFolderEntries,
  description: "All there is below the root; left out, the files that are really there count.",
  since,
  item: {
    kind: "section",
    description: "A file, or a folder (path with a slash at its end), or a link.",
    since,
    keys: {
      path: required("Relative to the root."),
      content: text("Text of the file.", maxContentCharacters),
      size: {
        kind: "limit",
        description: "Bytes of the file, in place of a text.",
        examples: [1_024],
        since,
      },
      target: text("Where a symbolic link leads."),
    },
  },
} as const satisfies SchemaNode;

const testCase = {
  kind: "section",
  description: "One operation and what has to come of it.",
  since,
  keys: {
    name: required("Name, used once in its file."),
    operation,
    principal,
    unmeasured: {
      kind: "choice",
      values: ["listed", "unverified"],
      default: "listed",
      description: "unverified asks as hooks do: a limit nobody can measure stops the operation.",
      since,
    },
    earlier: {
      kind: "sections",
      maxItems: maxEarlierOperations,
      description: "Operations asked for before, in order.",
      since,
      item: {
        kind: "section",
        description: "One operation, and who asked.",
        since,
        keys: { operation, principal },
      },
    },
    files,
    expect: {
      kind: "section",
      minKeys: 1,
      description: "What has to come of it.",
      since,
      keys: {
        decision: {
          kind: "choice",
          values: ["allow", "ask", "deny"],
          default: "",
          description: "The answer.",
          since,
        },
        violated_policies: {
          kind: "strings",
          minItems: 0,
          maxItems: 256,
          maxCharacters: maxPatternCharacters,
          examples: ["protected.files", "builtin.files", "limits.max_file_size"],
          description: "Every policy that is violated, and no other; left out: none.",
          since,
        },
        would_deny: {
          kind: "json",
          isRequired: false,
          description: "Whether only observing allows it; left out, it is not looked at.",
          since,
        },
        overridable: {
          kind: "boolean",
          default: null,
          description: "Whether a person may approve it; left out, it is not looked at.",
          since,
        },
        message: text("A part of the reason, or of a violation's message."),
      },
    },
    recorded: {
      kind: "json",
      isRequired: false,
      description: "Where the case came from; for people, and not read.",
      since,
    },
  },
} as const satisfies SchemaNode;

export const testSchema = {
  kind: "section",
  description: "Policy tests.",
  since,
  keys: {
    schema_version: { kind: "limit", description: "1", examples: [1], since },
    mode: {
      kind: "choice",
      values: ["as_written", "enforce", "observe"],
      default: "as_written",
      description: "Judges as if enforcement.mode said so.",
      since,
    },
    files,
    cases: {
      kind: "sections",
      maxItems: maxCases,
      description: "The tests.",
      since,
      item: testCase,
    },
  },
} as const satisfies SchemaNode;
