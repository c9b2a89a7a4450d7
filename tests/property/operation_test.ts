import { createHash } from "node:crypto";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { EngineError } from "../../src/core/errors.ts";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import { countChanges } from "../../src/core/operation/count_changes.ts";
import { encodeOperation } from "../../src/core/operation/encode_operation.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { operationDigest } from "../../src/core/operation/operation_digest.ts";
import { parseOperation, parseOperationText } from "../../src/core/operation/parse_operation.ts";
import { planEffects } from "../../src/core/operation/plan_effects.ts";
import { createToolPlanner } from "../../src/core/operation/plan_tool.ts";

const numRuns = 300;
const name = fc.string({ unit: fc.constantFrom(..."abcdefgh"), minLength: 1, maxLength: 6 });
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const content = fc.string({ unit: "grapheme", maxLength: 20 });
const code = fc.array(
  fc.constantFrom(
    "if ",
    "(a)",
    "{",
    "}",
    "a",
    "\n",
    "&&",
    "'",
    "`",
    "${",
    "<p>",
    "</p>",
    "/*",
    "*/",
    ":",
    "?",
    "def f():",
    "  ",
  ),
  { maxLength: 30 },
).map((parts) => parts.join(""));
const diff = fc.array(
  fc.constantFrom(
    "--- a/x",
    "+++ b/x",
    "--- /dev/null",
    "@@ -1 +1 @@",
    "@@ -1,2 +1,2 @@",
    "-a",
    "+b",
    " c",
    "",
    "\\ n",
    "diff --git a/x b/x",
    "rename from x",
    "rename to y",
    "old mode 1",
  ),
  { maxLength: 12 },
).map((lines) => lines.join("\n"));

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const wire = fc.record({
  type: fc.constantFrom("file_write", "file_rename", "network", "db.query", "tool_call"),
  affected_files: fc.array(path, { minLength: 2, maxLength: 4 }),
  metadata: optional(fc.dictionary(name, fc.oneof(fc.integer(), content), { maxKeys: 3 })),
  content: optional(fc.oneof(content, code)),
  diff: optional(diff),
  command: optional(content),
  cwd: optional(path),
  tool: optional(fc.record({ name, input: fc.dictionary(name, content, { maxKeys: 2 }) })),
  agent: optional(fc.record({ name: optional(name), session: optional(name) })),
  correlation_id: optional(name),
});

const sha256 = (data: Uint8Array): Uint8Array => createHash("sha256").update(data).digest();
const digest = (input: unknown): string => operationDigest(parseOperation(input), sha256);

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, member]) => [key, shuffled(member)]),
  );
}

describe("parseOperation() property", () => {
  it("P1 what parses encodes to what parses alike", () => {
    fc.assert(
      fc.property(wire, (input) => {
        const operation = parseOperation(input);
        const encoded = encodeOperation(operation);
        assertEquals(parseOperation(encoded), operation);
        assertEquals(parseOperationText(JSON.stringify(encoded)), operation);
      }),
      { numRuns },
    );
  });

  it("answers any value with an operation or an EngineError", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(wire, name, anything, (input, key, value) => {
        const keys = Object.keys(input);
        for (
          const changed of [value, { ...input, [key]: value }, {
            ...input,
            [keys[key.length] ?? "type"]: value,
          }]
        ) {
          try {
            parseOperation(changed);
          } catch (thrown) {
            assert(thrown instanceof EngineError, `not an EngineError: ${thrown}`);
          }
        }
      }),
      { numRuns: 3 * numRuns },
    );
  });
});

describe("operationDigest() property", () => {
  it("JSON-10 does not depend on the order of keys", () => {
    fc.assert(
      fc.property(wire, (input) => assertEquals(digest(shuffled(input)), digest(input))),
      { numRuns },
    );
  });

  it("does not depend on time, correlation and session", () => {
    fc.assert(
      fc.property(wire, name, name, (input, session, correlation_id) => {
        const agent = { ...input.agent, session };
        const timestamp = "2026-11-22T18:00:00Z";
        assertEquals(digest({ ...input, agent, correlation_id, timestamp }), digest(input));
      }),
      { numRuns },
    );
  });

  it("changes with anything else", () => {
    const fields = [
      "type",
      "affected_files",
      "metadata",
      "content",
      "diff",
      "command",
      "cwd",
      "tool",
    ] as const;
    fc.assert(
      fc.property(wire, wire, fc.constantFrom(...fields), (input, other, field) => {
        const changed = { ...input, [field]: other[field] };
        const [before, after] = [input, changed].map((op): JsonObject =>
          encodeOperation(parseOperation(op))
        );
        fc.pre(JSON.stringify(shuffled(before)) !== JSON.stringify(shuffled(after)));
        assertNotEquals(digest(changed), digest(input));
      }),
      { numRuns },
    );
  });

  it("changes with the order of files, which says what is source and what target", () => {
    fc.assert(
      fc.property(wire, (input) => {
        const affected_files = [...input.affected_files].reverse();
        fc.pre(affected_files.join() !== input.affected_files.join());
        assertNotEquals(digest({ ...input, affected_files }), digest(input));
      }),
      { numRuns },
    );
  });
});

const planTool = createToolPlanner(new Map());

describe("planEffects(), countChanges(), measureComplexity() property", () => {
  it("D6 are total, and every file has an effect", () => {
    fc.assert(
      fc.property(wire, fc.constantFrom("x.py", "x.tsx", "x.ts"), (input, file) => {
        const operation = parseOperation(input);
        const { effects } = planEffects(operation, new Map(), null, planTool);
        const named = new Set(effects.map(({ resource }) => resource));
        for (const affected of operation.affectedFiles) assert(named.has(affected));
        const changes = countChanges(operation);
        assert(changes.total >= changes.files && changes.files >= 1);
        const { measured } = measureComplexity({ ...operation, affectedFiles: [file] });
        assert(measured === null || measured >= 1);
      }),
      { numRuns: 3 * numRuns },
    );
  });

  it("D4 a diff only adds effects and never makes them better known", () => {
    fc.assert(
      fc.property(wire, diff, (input, added) => {
        const plan = (given: unknown) =>
          planEffects(parseOperation({ ...input, diff: given }), new Map(), null, planTool);
        const [plain, more] = [plan(null), plan(added)];
        const known = new Set(more.effects.map((effect) => JSON.stringify(effect)));
        for (const effect of plain.effects) assert(known.has(JSON.stringify(effect)));
        assert(plain.isTypeKnown === more.isTypeKnown);
        assert(plain.doubts.length <= more.doubts.length);
      }),
      { numRuns },
    );
  });
});
