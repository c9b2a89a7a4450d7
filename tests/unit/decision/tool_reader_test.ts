/** What reads calls of tools is there where one is judged, and only there. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { judgeOperation } from "../../../src/core/decision/judge_operation.ts";
import { toolReader } from "../../../src/core/decision/tool_reader.ts";
import { EvidenceRecord } from "../../../src/core/decision/evidence_record.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { loadToolReader } from "../../../src/pdp/load_tool_reader.ts";
import { createFakeDisk } from "../../support/fake_disk.ts";

const file = parseOperation({ type: "file_write", affected_files: ["a"] });
const calls = [
  { type: "tool_call", tool: { name: "t" } },
  { type: "file_write", affected_files: ["a"], tool: { name: "t", input: {} } },
  { type: "file_write", affected_files: ["a"], metadata: { tool_definitions: [] } },
].map(parseOperation);

// Releases the doubt about the tool: what it names must be read all the same.
const policy = parsePolicy(
  `version: "1.0"
rules:
  - {id: free, match: {tools: ["t"]}, effect: warn}
`,
  "policy.yaml",
);

function judge(operation: typeof file, reader: typeof toolReader | null) {
  return judgeOperation(operation, "uid:1", {
    trust: { status: "trusted", message: "" },
    policy,
    createPlanner: null,
    toolReader: reader,
    measureComplexity: null,
    evidence: new EvidenceRecord(createFakeDisk("/p", {}), null),
    wasWritten: () => false,
    denials: [],
  });
}

describe("ToolReader", () => {
  it("is loaded where an operation has a tool, or claims how tools are defined", async () => {
    assertEquals(await loadToolReader([file, file]), null);
    for (const call of calls) assertEquals(await loadToolReader([file, call]), toolReader);
  });

  it("D6 must be there: nothing is decided about a tool that nobody reads", () => {
    for (const call of calls) {
      judge(call, toolReader);
      assertThrows(() => judge(call, null), EngineError, "Nobody is here");
    }
    assertEquals(judge(file, null).judgement, judge(file, toolReader).judgement);
  });
});
