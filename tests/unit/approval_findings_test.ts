import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../src/core/errors.ts";
import {
  findApprovalFaults,
  findApprovals,
} from "../../src/edge/cli/commands/approval_findings.ts";
import type { Engine, OverrideFacts, PolicyStatus } from "../../src/pdp.ts";
import type { OverrideListing } from "../../src/pdp/override_desk.ts";

const facts: OverrideFacts = {
  approvers: [{ name: "maria", totp: true, ssh_keys: 0 }, { name: "jo", totp: false, ssh_keys: 2 }],
  unnamed_approver: false,
  same_uid: "allow",
  grants: ["once"],
  inbox: null,
};

const statusOf = (overrides?: OverrideFacts, more: Partial<PolicyStatus> = {}): PolicyStatus => ({
  status: "trusted",
  policy_digest: "sha256:0",
  accepted_digest: null,
  policy_trust: "signed",
  mode: "enforce",
  message: "",
  ...(overrides === undefined ? {} : { overrides }),
  ...more,
});

const empty: OverrideListing = { pending: [], grants: [], enrolments: [], approvers: [] };
const maria = { name: "maria", proofs: ["totp", "recovery"], locked_until: null } as const;
const jo = { name: "jo", proofs: ["ssh"], locked_until: null } as const;
const enrolment = {
  id: "0".repeat(32),
  name: "maria",
  algorithm: "SHA1",
  enrolled_at: "2026-01-01T00:00:00Z",
  is_named: true,
  recovery_codes_left: 8,
} as const;

/** Level and subject of each. */
const told = (
  listing: Partial<OverrideListing> | null,
  { overrides = facts, isGuarded = true }: { overrides?: OverrideFacts; isGuarded?: boolean } = {},
) =>
  findApprovalFaults(statusOf(overrides), {
    listing: listing === null ? null : { ...empty, ...listing },
    isGuarded,
  });
const rows = (...given: Parameters<typeof told>) =>
  told(...given).map(({ level, subject }) => `${level} ${subject}`);

describe("findApprovalFaults()", () => {
  it("says that nobody can approve where nobody is named", () => {
    const [found, ...more] = told({});
    assertEquals([found?.level, more.length], ["OK", 0]);
    assertMatch(found?.message ?? "", /denials offer none/);
  });

  it("has a line for each approver, with how they approve", () => {
    assertEquals(rows({ approvers: [maria, jo] }), [
      "OK approvals",
      "OK approver maria",
      "OK approver jo",
    ]);
    const messages = told({ approvers: [maria, jo] }).map(({ message }) => message);
    assertEquals(messages, [
      "2 of 2 approvers can approve; 0 requests wait, 0 approvals can be used",
      "approves by codes, recovery codes",
      "approves by SSH signatures",
    ]);
  });

  it("counts nobody whose proofs are denied here, and says what would count", () => {
    const overrides = { ...facts, same_uid: "deny" } as const;
    const approvers = [{ ...maria, proofs: [] }, { ...jo, proofs: [] }];
    const found = told({ approvers }, { overrides, isGuarded: false });
    assertEquals(found.map(({ level }) => level), ["WARN", "WARN", "WARN"]);
    assertMatch(found[0]?.message ?? "", /^0 of 2 approvers can approve/);
    for (const { fix } of found) assertMatch(fix ?? "", /security key/);
  });

  it("says that nothing is offered where the policy only observes", () => {
    const found = told({ approvers: [maria], mode: "observe" });
    assertMatch(found[0]?.message ?? "", /denials offer none/);
    assertMatch(found[0]?.fix ?? "", /enforcement.mode: enforce/);
  });

  it("tells of a shared secret of no use", () => {
    const found = told({ approvers: [{ name: null, proofs: [], locked_until: null }] });
    assertMatch(found[0]?.message ?? "", /^0 of 1/);
    assertMatch(found[1]?.message ?? "", /secret that is set is of no use/);
  });

  it("asks about wrong and repeated codes alike", () => {
    const locked = { ...maria, locked_until: "2026-11-23T10:00:00Z" };
    const fix = told({ approvers: [locked] }).map((one) => one.fix ?? "").join();
    assertMatch(fix, /--type INVALID_OVERRIDE_CODE --type OVERRIDE_REUSE_ATTEMPTED/);
  });

  it("tells of a name that is not enrolled, and what to run", () => {
    const [all, first, second] = told({ approvers: [{ ...maria, proofs: [] }, jo] });
    assertEquals([all?.level, first?.level, second?.level], ["OK", "WARN", "OK"]);
    assertEquals(first?.fix, "run `sealward override enroll maria`");
    assertEquals(rows({ approvers: [{ ...maria, proofs: [] }] }), [
      "WARN approvals",
      "WARN approver maria",
    ]);
  });

  it("tells until when codes are refused", () => {
    const locked = { ...maria, locked_until: "2026-01-01T00:00:30Z" };
    const [, found] = told({ approvers: [locked] });
    assertEquals(found?.level, "WARN");
    assertMatch(found?.message ?? "", /refused until 2026-01-01T00:00:30Z/);
  });

  it("the shared secret is worth a look: the log cannot say who", () => {
    const [, found] = told({ approvers: [{ name: null, proofs: ["totp"], locked_until: null }] });
    assertEquals([found?.level, found?.subject], ["WARN", "whoever has the shared secret"]);
    assertMatch(found?.message ?? "", /cannot say who/);
  });

  it("tells of a shared secret that the policy speaks of and nobody set", () => {
    const overrides = { ...facts, approvers: [], unnamed_approver: true };
    assertEquals(rows({}, { overrides }), ["OK approvals", "WARN whoever has the shared secret"]);
    const shared = { name: null, proofs: ["totp"], locked_until: null } as const;
    assertEquals(rows({ approvers: [shared] }, { overrides }).length, 2);
  });

  it("tells of enrolments that count for nothing, and of the last recovery code", () => {
    const enrolments = [
      enrolment,
      { ...enrolment, name: "mallory", is_named: false },
      { ...enrolment, name: "jo", recovery_codes_left: 0 },
    ];
    const found = told({ approvers: [maria], enrolments }).slice(2);
    assertEquals(found.map(({ level, subject }) => `${level} ${subject}`), [
      "WARN enrolment of mallory",
      "WARN enrolment of jo",
    ]);
    assertMatch(found[0]?.fix ?? "", /unenroll 0{32}/);
  });

  it("a local install says that its approvals are same_uid, unless they are refused", () => {
    const local = { isGuarded: false };
    const [warning] = told({ approvers: [maria] }, local).slice(-1);
    assertEquals(warning?.level, "WARN");
    assertMatch(warning?.message ?? "", /approvals are same_uid/);
    const strict = { ...local, overrides: { ...facts, same_uid: "deny" } as const };
    const [found] = told({ approvers: [maria] }, strict).slice(-1);
    assertEquals(found?.level, "OK");
    assertMatch(found?.message ?? "", /only security keys/);
    assertEquals(rows({ approvers: [{ ...maria, proofs: [] }] }, local).length, 2);
  });

  it("a client of the server knows the names alone", () => {
    assertEquals(told(null).map(({ message }) => message), ["may be given by maria, jo"]);
    const nobody = { overrides: { ...facts, approvers: [] } };
    assertMatch(told(null, nobody)[0]?.message ?? "", /nobody can approve/);
    const shared = { overrides: { ...facts, unnamed_approver: true } };
    assertMatch(told(null, shared)[0]?.message ?? "", /jo, whoever has the shared secret/);
    assertEquals(findApprovalFaults(statusOf(), { listing: null, isGuarded: true }), []);
  });

  it("says nothing of a policy nobody trusts", () => {
    for (const status of ["unaccepted", "tampered"] as const) {
      const policy = statusOf(facts, { status });
      const listing = { ...empty, approvers: [maria] };
      assertEquals(findApprovalFaults(policy, { listing, isGuarded: false }), []);
    }
  });
});

describe("findApprovals()", () => {
  const installOf = (list: Engine["overrides"]["list"]) => ({
    engine: { overrides: { list } } as unknown as Engine,
    guard: null,
  });

  it("asks the desk of the open engine", async () => {
    const install = installOf(() => Promise.resolve({ ...empty, approvers: [jo] }));
    const found = await findApprovals(install, statusOf(facts));
    assertEquals(found.map(({ subject }) => subject), ["approvals", "approver jo", "approvals"]);
  });

  it("does not ask where the policy is not trusted", async () => {
    const install = installOf(() => Promise.reject(new Error("asked")));
    assertEquals(await findApprovals(install, statusOf(facts, { status: "tampered" })), []);
  });

  it("says that it could not look", async () => {
    const failure = new EngineError("internal", "No log", { hint: "look" });
    const found = await findApprovals(installOf(() => Promise.reject(failure)), statusOf(facts));
    assertEquals(found, [{ level: "WARN", subject: "approvals", message: "No log", fix: "look" }]);
  });
});
