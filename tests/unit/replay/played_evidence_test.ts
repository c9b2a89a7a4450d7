import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createPlanner, loadPrograms } from "../../../src/core/decision/command_planner.ts";
import type { DecisionInput } from "../../../src/core/decision/decision_input.ts";
import type { Verdict } from "../../../src/core/decision/decision.ts";
import { redact } from "../../../src/core/decision/redacted.ts";
import { judgeOperations } from "../../../src/core/decision/judge_operations.ts";
import { planInput } from "../../../src/core/decision/plan_input.ts";
import { summariseOperation } from "../../../src/core/decision/summarise_operation.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { measureComplexity } from "../../../src/core/operation/complexity.ts";
import type { Json } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { toolReader } from "../../../src/core/decision/tool_reader.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import type { Disk } from "../../../src/core/ports.ts";
import { InputMissing } from "../../../src/core/replay/input_missing.ts";
import { parseListing } from "../../../src/core/replay/parse_input.ts";
import { playEvidence } from "../../../src/core/replay/played_evidence.ts";
import { replayInput } from "../../../src/core/replay/replay_input.ts";
import { createFakeDisk, type FakeTree } from "../../support/fake_disk.ts";

const root = "/p/root";
const policy = parsePolicy('version: "1.0"\nprotected:\n  files: ["*.env"]\n', "p");

/** Input, verdict and replayed verdict of each operation, all judged in one commit. */
async function playAll(
  operations: readonly Readonly<Record<string, Json>>[],
  disk: Disk,
): Promise<readonly { input: DecisionInput; verdict: Verdict; replayed: Verdict }[]> {
  await loadPrograms();
  const bench = {
    trust: { status: "trusted", policyDigest: "", message: "", changed: [] } as const,
    policy,
    stateDigest: "",
    attestation: "same_uid" as const,
    disk,
    sha256,
    measureComplexity,
    createPlanner,
    toolReader,
    written: new Set<string>(),
    denials: [],
    randomBytes: (count: number) => new Uint8Array(count),
  };
  return judgeOperations(operations.map(parseOperation), "uid:1", bench).map((judged) => {
    const { judgement, evidence, context: { operation } } = judged;
    const redacted = redact(operation);
    const planned = planInput({ operation, redacted, evidence, options: {} }, sha256);
    assert(planned !== null);
    const input: DecisionInput = JSON.parse(planned.text);
    const again = replayInput(input, summariseOperation(operation), "uid:1", bench);
    return { input, verdict: judgement.verdict, replayed: again.verdict };
  });
}

describe("playEvidence()", () => {
  it("R1 remembers that a script was written by the operation before", async () => {
    const tree: FakeTree = { [`${root}/run.py`]: { kind: "file", bytes: 30 } };
    const text = new TextEncoder().encode("#!/usr/bin/python3\nprint(1)\n");
    const disk = { ...createFakeDisk(root, tree), readBytes: () => text };
    const run = { type: "command", command: "./run.py" };
    const write = { type: "file_write", affected_files: ["run.py"] };
    const [before, , after] = await playAll([run, write, run], disk);
    assertEquals([before?.verdict, before?.replayed], ["allow", "allow"]);
    assertEquals([after?.verdict, after?.replayed], ["deny", "deny"]);
    assertEquals([before?.input.written, after?.input.written], [undefined, [`${root}/run.py`]]);
  });

  it("R1 spends the budget for listings where it was spent", async () => {
    const tree: FakeTree = Object.fromEntries(
      Array.from({ length: 6_000 }, (_, i) => [
        `${root}/a/${i}`,
        { kind: "file", bytes: 1 } as const,
      ]),
    );
    const command = "find a -name 5999 -delete; rm -rf a";
    const [played] = await playAll([{ type: "command", command }], createFakeDisk(root, tree));
    const [folder, listing, times] = played?.input.below?.[0] ?? [];
    assertEquals([folder, listing?.length, times], [`${root}/a`, 6_000, 1]);
    assertEquals([played?.verdict, played?.replayed], ["deny", "deny"]);
  });

  it("answers nothing that was not noted", () => {
    const operation = parseOperation({ type: "file_read", affected_files: ["a"] });
    const { disk, watchShell, findLinks } = playEvidence({ root }, operation);
    const nothing = {} as Parameters<typeof watchShell>[0];
    for (
      const ask of [
        () => disk.resolve("a", null),
        () => disk.listBelow("/", 1),
        () => disk.listNames("/"),
        () => disk.readBytes("a", 1),
        () => watchShell(nothing).readText("a"),
        () => watchShell(nothing).trackedProtected(),
        () => findLinks("a", () => ({ others: [], isWhole: true, hardLinkOf: null })),
        () => playEvidence({}, operation),
      ]
    ) assertThrows(ask, InputMissing);
  });
});

describe("parseListing()", () => {
  it("reads what shares names with the entry before", () => {
    const listing = ["0/src", "1/a.ts", "1/b/c/d", "3/e", "0/1", "0/1/2"];
    assertEquals(parseListing("/p", listing), [
      "/p/src",
      "/p/src/a.ts",
      "/p/src/b/c/d",
      "/p/src/b/c/e",
      "/p/1",
      "/p/1/2",
    ]);
    assertEquals(parseListing("/", ["0/a", "1/b"]), ["/a", "/a/b"]);
    assertEquals(parseListing("/p", null), null);
  });
});
