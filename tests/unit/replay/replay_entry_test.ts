import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Entry } from "../../../src/core/audit/entry.ts";
import { snapshotOf } from "../../../src/core/audit/link_batch.ts";
import { emptyState, foldState } from "../../../src/core/audit/state.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { toolReader } from "../../../src/core/decision/tool_reader.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { InputReferences } from "../../../src/core/replay/input_references.ts";
import { CannotReplay, type KeptStatus } from "../../../src/core/replay/kept_input.ts";
import { referencedInputs } from "../../../src/core/replay/referenced_inputs.ts";
import { replayEntry } from "../../../src/core/replay/replay_entry.ts";
import { StateTrail } from "../../../src/core/replay/state_trail.ts";
import { version } from "../../../src/core/version.ts";

const hex = (digit: string) => digit.repeat(64);
const accepting: JsonObject = {
  policy_digest: `sha256:${hex("1")}`,
  inputs: [{ path: ".scalpel/policy.yaml", sha256: hex("2") }],
  values_sha256: hex("3"),
};

function entryOf(seq: number, type: string, details: JsonObject, severity = "LOW"): Entry {
  const chained = { key: "00000000.0", at: "", prev: hex("0"), mac: hex("0") };
  return { version: 1, seq, type, severity: severity as "LOW", details, ...chained };
}

const genesis = entryOf(0, "audit.genesis", {});
const accepted = entryOf(1, "state.policy_accepted", accepting, "CRITICAL");
const state = foldState(emptyState, accepted);
const decision: JsonObject = {
  decision: "allow",
  codes: [],
  violated: [],
  unmeasured: [],
  mode: "enforce",
  principal: "uid:1",
  operation: { type: "file_write", files: ["a.ts"] },
  policy_digest: `sha256:${hex("1")}`,
  state_digest: `sha256:${snapshotOf(state, sha256).digest}`,
  policy_trust: "accepted",
  engine: version,
  input: { root: "/p", paths: [[0, "missing"]] },
};

function replay(
  given: JsonObject,
  options: {
    readonly kept?: string;
    readonly status?: KeptStatus;
    readonly before?: readonly Entry[];
    readonly policy?: string;
  } = {},
) {
  const trail = new StateTrail(sha256);
  for (const entry of options.before ?? [genesis, accepted]) trail.follow(entry);
  const { kept } = options;
  return replayEntry(entryOf(2, "audit.decision", { ...decision, ...given }), {
    kept: {
      readKept: () => kept === undefined ? null : new TextEncoder().encode(kept),
      keptStatus: () => options.status ?? "missing",
    },
    trail,
    loadPolicy: () => {
      if (options.policy === "") throw new CannotReplay("policy_missing", "gone");
      return parsePolicy(`version: "1.0"\n${options.policy ?? ""}`, "p");
    },
    createPlanner: null,
    toolReader,
    measureComplexity: null,
  });
}

const reference = `sha256:${hex("4")}`;
const content = { operation: { type: "file_write", affected_files: ["a.ts"], content: "x" } };
const measures = { complexity: [null, null, null], changes: [1, 1, 2], content_bytes: 1 };

describe("replayEntry()", () => {
  it("R1 agrees with what it comes to again", () => {
    assertEquals(replay({}), { seq: 2, decision: "allow", engine: version, status: "agrees" });
  });

  it("names every member that differs, and another version", () => {
    const other = { policy: 'protected:\n  files: ["*.ts"]\n' };
    const { status, differences } = replay({}, other);
    assertEquals(status, "disagrees");
    assertEquals(differences?.map(({ field }) => field), [
      "decision",
      "codes",
      "overridable",
      "violated",
      "severity",
    ]);
    const { message } = replay({ engine: "0.0.9" }, other);
    assertMatch(message ?? "", /decision was "allow", is now "deny".*version 0\.0\.9 decided/);
  });

  it("takes the line of a kept file that the entry names", () => {
    const kept = `{}\n${JSON.stringify({ ...content, measures, root: "/p", paths: [[0, 5]] })}\n`;
    assertEquals(replay({ input: reference, input_line: 1 }, { kept }).status, "agrees");
    assertEquals(replay({ input: reference, input_line: 0 }, { kept }).code, "input_missing");
    assertEquals(replay({ input: reference, input_line: 9 }, { kept }).code, "input_missing");
  });

  const rows: readonly (readonly [string, JsonObject, Parameters<typeof replay>[1], string])[] = [
    ["an entry of a version that kept none", { input: [] }, {}, "input_missing"],
    ["a file that is gone", { input: reference }, {}, "input_missing"],
    ["a file that was changed", { input: reference }, { status: "changed" }, "input_changed"],
    ["a file of rubbish", { input: reference }, { kept: "{" }, "input_missing"],
    ["a question nobody noted", { input: { root: "/p" } }, {}, "input_missing"],
    ["no root", { input: {} }, {}, "input_missing"],
    ["an operation nobody can read", { input: { operation: { a: 1 } } }, {}, "input_missing"],
    ["a policy that is gone", {}, { policy: "" }, "policy_missing"],
    ["a log without its beginning", {}, { before: [accepted] }, "state_missing"],
    ["what was too large", { replayable: "too_large" }, {}, "not_replayable"],
    ["what covering changed", { replayable: "redacted" }, {}, "not_replayable"],
  ];
  for (const [name, given, options, code] of rows) {
    it(`${code}: ${name}`, () => {
      const result = replay(given, options);
      assertEquals([result.status, result.code], ["cannot", code]);
    });
  }

  it("denies again without a trusted policy, whatever was kept of the operation", () => {
    const denied = { decision: "deny", violated: ["builtin.integrity"], input: {} };
    const tampered = { ...denied, codes: ["policy_tampered"], policy_digest: "unreadable" };
    // The severity of these entries is LOW, which no such decision has.
    assertEquals(replay(tampered).differences?.map(({ field }) => field), ["severity"]);
    const unaccepted = {
      ...denied,
      codes: ["policy_unaccepted"],
      state_digest: `sha256:${snapshotOf(emptyState, sha256).digest}`,
    };
    const result = replay(unaccepted, { before: [genesis] });
    assertEquals(result.differences?.map(({ field }) => field), ["severity"]);
  });

  it("does not believe a state that the log does not lead to", () => {
    const given = { state_digest: `sha256:${hex("9")}` };
    assertEquals(replay(given).differences?.map(({ field }) => field), ["state_digest"]);
    // Another version may count other things to the state.
    assertEquals(replay({ ...given, engine: "0.0.9" }).status, "agrees");
  });
});

describe("InputReferences", () => {
  const decided = entryOf(2, "audit.decision", { input: reference });
  const watched = (seq: number, digit: string) =>
    entryOf(seq, "audit.protected", { digest: hex(digit) });

  it("names what each type of entry names", () => {
    assertEquals(referencedInputs(accepted), [hex("2"), hex("3")]);
    assertEquals(referencedInputs(decided), [hex("4")]);
    assertEquals(referencedInputs(watched(3, "5")), [hex("5")]);
    const rubbish = [{}, { input: "x" }, { input: {} }, { digest: 1, inputs: "x" }];
    for (const details of rubbish) {
      for (const type of ["audit.decision", "state.policy_accepted", "audit.protected", "x"]) {
        assertEquals(referencedInputs(entryOf(1, type, details)), []);
      }
    }
  });

  it("counts what entries name, and of lists the last", () => {
    const references = new InputReferences();
    for (const entry of [accepted, decided, decided, watched(3, "5"), watched(4, "6")]) {
      references.follow(entry);
    }
    assertEquals([...references.inUse], [
      [hex("2"), 1],
      [hex("3"), 1],
      [hex("4"), 2],
      [hex("6"), 4],
    ]);
    const status = (digest: string): KeptStatus =>
      digest === hex("2") ? "changed" : digest === hex("4") ? "missing" : "kept";
    assertEquals(references.findMissing(status), {
      total: 4,
      missing: [{ sha256: hex("4"), seq: 2 }],
      changed: [{ sha256: hex("2"), seq: 1 }],
    });
  });

  it("keeps what the state before the first entry names", () => {
    const references = new InputReferences();
    references.begin(foldState(state, watched(3, "5")), 9);
    references.follow(entryOf(10, "audit.decision", { input: reference }));
    assertEquals([...references.inUse.keys()], [hex("2"), hex("3"), hex("4"), hex("5")]);
  });
});
