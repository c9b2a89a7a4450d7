import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeDetails } from "../../../src/core/audit/details.ts";
import { createPlanner, loadPrograms } from "../../../src/core/decision/command_planner.ts";
import type { DecisionInput } from "../../../src/core/decision/decision_input.ts";
import { judgeOperations } from "../../../src/core/decision/judge_operations.ts";
import { recordDecisions } from "../../../src/core/decision/record_decisions.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { maxDetailsBytes, maxInlineInputBytes } from "../../../src/core/limits.ts";
import { measureComplexity } from "../../../src/core/operation/complexity.ts";
import type { Json, JsonObject } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { toolReader } from "../../../src/core/decision/tool_reader.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import type { Disk } from "../../../src/core/ports.ts";
import { createFakeDisk, type FakeTree } from "../../support/fake_disk.ts";

const root = "/p/root";
const policy = parsePolicy('version: "1.0"\nprotected:\n  files: ["*.env"]\n', "p");

interface Recorded {
  readonly details: readonly JsonObject[];
  /** Texts that were kept, in order. */
  readonly kept: readonly string[];
  /** How often a kept input had to prove itself. */
  readonly proofs: number;
}

function record(
  operations: readonly Readonly<Record<string, Json>>[],
  tree: FakeTree = {},
  options: { readonly proves?: boolean; readonly isTrusted?: boolean; disk?: Disk } = {},
): Recorded {
  const kept: string[] = [];
  let proofs = 0;
  const isTrusted = options.isTrusted ?? true;
  const judged = judgeOperations(operations.map(parseOperation), "uid:1", {
    trust: {
      status: isTrusted ? "trusted" : "unaccepted",
      policyDigest: `sha256:${"1".repeat(64)}`,
      message: "",
      changed: [],
    },
    policy: isTrusted ? policy : null,
    stateDigest: `sha256:${"2".repeat(64)}`,
    attestation: "same_uid",
    disk: options.disk ?? createFakeDisk(root, tree),
    sha256,
    measureComplexity,
    createPlanner,
    toolReader,
    written: new Set(),
    denials: [],
    randomBytes: (count) => new Uint8Array(count),
  });
  const events = recordDecisions(judged.map((one) => ({ ...one, options: {} })), {
    sha256,
    keep: (bytes) => {
      kept.push(new TextDecoder().decode(bytes));
      return "f".repeat(64);
    },
    proves: () => {
      proofs++;
      return options.proves ?? true;
    },
  });
  for (const { details } of events) assert(encodeDetails(details).length <= maxDetailsBytes);
  return { details: events.map(({ details }) => details), kept, proofs };
}

const reference = `sha256:${"f".repeat(64)}`;

describe("recordDecisions()", () => {
  it("keeps a short operation in its entry, by the number of its file", () => {
    const { details, kept, proofs } = record([
      { type: "file_write", affected_files: ["src/a.ts", "b.ts"] },
    ], { [`${root}/src/a.ts`]: { kind: "file", bytes: 12 } });
    assertEquals(details[0]?.["input"], { root, paths: [[0, 12], [1, "missing"]] });
    assertEquals([kept, proofs], [[], 0]);
  });

  it("writes out what is not usual, and names a place of the engine's own only where it matters", () => {
    const { details } = record([{ type: "file_write", affected_files: ["l", ".scalpel/x"] }], {
      [`${root}/l`]: { kind: "link", target: "t.env" },
      [`${root}/t.env`]: { kind: "file", bytes: 1 },
    });
    assertEquals(details[0]?.["input"], {
      root,
      own: [`${root}/.scalpel`],
      paths: [[0, { size: 1, real: `${root}/t.env` }], [1, "missing"]],
    });
  });

  it("AUD-21 keeps content, diff and tool input in one file for the commit, not in the entries", () => {
    const { details, kept } = record([
      { type: "file_write", affected_files: ["a.ts"], content: "some content\n" },
      { type: "file_read", affected_files: ["b.ts"] },
      { type: "tool_call", tool: { name: "t", input: { note: "some input" } } },
      { type: "code_modification", affected_files: ["a.ts"], diff: "some diff" },
    ]);
    assert(!/some (?:content|input|diff)/.test(JSON.stringify(details)));
    assertEquals(details.map(({ input }) => typeof input), [
      "string",
      "object",
      "string",
      "string",
    ]);
    assertEquals(details.map(({ input_line: line }) => line), [undefined, undefined, 1, 2]);
    assertEquals(kept.length, 1);
    const lines = (kept[0] ?? "").trimEnd().split("\n").map((line) => JSON.parse(line));
    const said = lines.map(({ operation: o }) => o.content ?? o.tool?.input.note ?? o.diff);
    assertEquals(said, ["some content\n", "some input", "some diff"]);
  });

  it("keeps claims of metadata in the entry, and nothing else of it", () => {
    const { details } = record([{
      type: "file_write",
      affected_files: ["a"],
      metadata: { complexity: 3, note: "n" },
    }]);
    const { operation } = details[0]?.["input"] as DecisionInput;
    assertEquals(operation?.["metadata"], { complexity: 3 });
  });

  it("keeps what is too long for a short line in a file", async () => {
    await loadPrograms();
    const fits = record([{ type: "command", command: `echo ${"x ".repeat(300)}` }]);
    assertEquals([typeof fits.details[0]?.["input"], fits.kept.length], ["object", 0]);
    const long = record([{ type: "command", command: `echo ${"x ".repeat(600)}` }]);
    assertEquals([long.details[0]?.["input"], long.kept.length], [reference, 1]);
    const text = JSON.stringify(fits.details[0]?.["input"]);
    assert(text.length <= maxInlineInputBytes && text.length > maxInlineInputBytes / 2);
  });

  it("makes what was not kept whole prove itself, and says when it does not", () => {
    const command = "API_KEY=abcd1234 ls";
    const proven = record([{ type: "command", command }]);
    assertEquals([proven.proofs, proven.details[0]?.["replayable"]], [1, undefined]);
    const failing = record([{ type: "command", command }], {}, { proves: false });
    assertEquals(failing.details[0]?.["replayable"], "redacted");
    assert(!JSON.stringify([proven, failing]).includes("abcd1234"));
  });

  it("keeps content past the limit by its hash, with its measures", () => {
    const content = "\u0001".repeat(200_000);
    const { kept, proofs } = record([{ type: "file_write", affected_files: ["a.ts"], content }]);
    const input = JSON.parse(kept[0] ?? "");
    assertEquals(input.operation.content.bytes, 200_000);
    assertEquals([input.measures.content_bytes, proofs], [200_000, 1]);
  });

  it("says what is too large to keep at all", () => {
    const diff = "\u0001".repeat(200_000);
    const { details, kept } = record([{ type: "file_write", affected_files: ["a"], diff }]);
    const { replayable, input } = details[0] ?? {};
    assertEquals([replayable, input, kept], ["too_large", undefined, []]);
  });

  it("keeps nothing of an operation that no policy looked at", () => {
    const given = { type: "file_write", affected_files: ["a"], content: "the content" };
    const { details, kept } = record([given], {}, { isTrusted: false });
    assertEquals([details[0]?.["input"], kept], [{}, []]);
  });

  it("asks the disk each question once", () => {
    const asked: string[] = [];
    const fake = createFakeDisk(root, {});
    const disk: Disk = {
      ...fake,
      resolve: (written, cwd) => {
        asked.push(written);
        return fake.resolve(written, cwd);
      },
    };
    record([{ type: "command", command: "cp a b && rm a && mv b a && cat a" }], {}, { disk });
    assert(asked.length > 0);
    assertEquals(asked.length, new Set(asked).size);
  });
});
