import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../src/core/errors.ts";
import { maxKeptOutcomes } from "../../src/core/limits.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { inOutcomeProject, writeTo } from "../support/outcome_project.ts";

const kindsOf = (alarms: readonly { readonly kind: string }[]) => alarms.map(({ kind }) => kind);

describe("recordOutcome()", () => {
  for (const mode of ["enforce", "observe"] as const) {
    it(`pairs an outcome with the decision that allowed it, in ${mode} mode`, () =>
      inOutcomeProject(mode, async ({ check, done, entries, engine }) => {
        const { allowed, audit } = await check(writeTo("src/a.ts", "id-1"));
        assertEquals(allowed, true);
        assertEquals(await done("id-1"), { decision_seq: audit.seq, alarms: [] });
        const [decision] = await entries("audit.decision");
        assertEquals(decision?.details["expects_outcome"], true);
        const [outcome] = await entries("audit.outcome");
        assertEquals(outcome?.severity, "LOW");
        assertEquals(outcome?.details, {
          correlation_id: "id-1",
          session: "s",
          tool: "Write",
          status: "done",
          decision_seq: audit.seq,
          principal: "uid:1",
        });
        assertEquals(await entries("audit.alarm"), []);
        assertEquals(await engine.settle({ session: "s", reason: "stop" }, "uid:1"), []);
        assertEquals((await engine.verifyLog()).verdict, "OK-UNANCHORED");
      }));
  }

  it("raises an alarm for an outcome nobody asked about", () =>
    inOutcomeProject("enforce", async ({ done, entries }) => {
      const { decision_seq, alarms } = await done("never-asked");
      assertEquals([decision_seq, ...kindsOf(alarms)], [null, "outcome_without_decision"]);
      const [entry, ...more] = await entries("audit.alarm");
      assertEquals([entry?.severity, entry?.seq, more.length], ["HIGH", alarms[0]?.seq, 0]);
      assertEquals((await entries("audit.outcome")).length, 1);
    }));

  it("raises the worst alarm for what was denied and ran all the same", () =>
    inOutcomeProject("enforce", async ({ check, done, entries }) => {
      const { decision, audit } = await check(writeTo(".env", "id-1"));
      assertEquals(decision, "deny");
      const { decision_seq, alarms } = await done("id-1");
      assertEquals([decision_seq, ...kindsOf(alarms)], [audit.seq, "ran_although_denied"]);
      const [entry] = await entries("audit.alarm");
      assertEquals([entry?.severity, entry?.details["decision_seq"]], ["CRITICAL", audit.seq]);
      const [refusal] = await entries("audit.decision");
      assertEquals(refusal?.details["expects_outcome"], undefined);
    }));

  it("takes it as agreed when what was asked ran", () =>
    inOutcomeProject("enforce", async ({ check, done, entries }) => {
      const asked = { type: "command", command: "$TOOL", correlation_id: "id-1", agent: agentS };
      const { decision, audit } = await check(asked);
      assertEquals(decision, "ask");
      assertEquals(await done("id-1"), { decision_seq: audit.seq, alarms: [] });
      const [outcome] = await entries("audit.outcome");
      assertEquals(outcome?.details["asked"], true);
      assertEquals(await entries("audit.alarm"), []);
    }));

  it("pairs one outcome with one decision, the newest first, when an id is used twice", () =>
    inOutcomeProject("enforce", async ({ check, done }) => {
      const first = await check(writeTo("src/a.ts", "id-1"));
      const second = await check(writeTo("src/a.ts", "id-1"));
      assertEquals((await done("id-1")).decision_seq, second.audit.seq);
      assertEquals((await done("id-1")).decision_seq, first.audit.seq);
      assertEquals(kindsOf((await done("id-1")).alarms), ["outcome_without_decision"]);
    }));

  it("does not let an allowed id cover a later denial under the same id", () =>
    inOutcomeProject("enforce", async ({ check, done, engine }) => {
      await check(writeTo("src/a.ts", "id-1"));
      await check(writeTo(".env", "id-1"));
      assertEquals(kindsOf((await done("id-1")).alarms), ["ran_although_denied"]);
      const alarms = await engine.settle({ session: "s", reason: null }, "uid:1");
      assertEquals(kindsOf(alarms), ["allow_without_outcome"]);
    }));

  it("does not pair across sessions", () =>
    inOutcomeProject("enforce", async ({ check, done }) => {
      await check(writeTo("src/a.ts", "id-1", "mine"));
      assertEquals(kindsOf((await done("id-1", "other")).alarms), ["outcome_without_decision"]);
      assertEquals((await done("id-1", "mine")).alarms, []);
    }));

  it("pairs what another process decided, and finds it again after a crash", () =>
    inOutcomeProject("enforce", async ({ check, again }) => {
      const { audit } = await check(writeTo("src/a.ts", "id-1"));
      const other = await again();
      const outcome = {
        correlationId: "id-1",
        session: "s",
        tool: null,
        status: "failed",
      } as const;
      const answer = await other.recordOutcome(outcome, "uid:2");
      assertEquals(answer, { decision_seq: audit.seq, alarms: [] });
      const third = await again();
      assertEquals(await third.settle({ session: "s", reason: "stop" }, "uid:1"), []);
    }));

  it("A4 keeps the alarm of a batch whose writing was cut short, and the decision with it", () =>
    inOutcomeProject("enforce", async ({ project, check, done, again }) => {
      await check(writeTo(".env", "id-1"));
      const log = project.path(".scalpel/audit.log");
      const folders = [project.path(".scalpel/audit.log.d"), `${project.stateFolder()}/log`];
      const slots = folders.flatMap((folder) =>
        [...Deno.readDirSync(folder)].filter(({ name }) => /^(?:head|mark)\./.test(name))
          .map(({ name }) => ({
            path: `${folder}/${name}`,
            bytes: Deno.readFileSync(`${folder}/${name}`),
          }))
      );
      assertEquals(slots.length, 4);
      await done("id-1");
      // As if the machine had stopped in the middle of the write, before head and mark.
      for (const { path, bytes } of slots) Deno.writeFileSync(path, bytes);
      Deno.truncateSync(log, Deno.statSync(log).size - 20);
      const other = await again();
      assertEquals((await other.readEvents({ type: "audit.alarm" })).length, 1);
      assertEquals(await other.readEvents({ type: "audit.outcome" }), []);
      const outcome = { correlationId: "id-1", session: "s", tool: null, status: "done" } as const;
      const { alarms } = await other.recordOutcome(outcome, "uid:1");
      assertEquals(kindsOf(alarms), ["ran_although_denied"]);
    }));

  it("expects nothing of callers that did not promise, nor without a correlation id", () =>
    inOutcomeProject("enforce", async ({ engine, entries }) => {
      const one = parseOperation(writeTo("src/a.ts", "id-1"));
      await engine.check([one], "uid:1");
      await engine.check([{ ...one, correlationId: null }], "uid:1", { expectsOutcome: true });
      for (const { details } of await entries("audit.decision")) {
        assertEquals([details["expects_outcome"], details["pair"]], [undefined, undefined]);
      }
      assertEquals(await engine.settle({ session: "s", reason: "stop" }, "uid:1"), []);
    }));
});

const agentS = { name: "a", session: "s" };

describe("settle()", () => {
  it("raises one alarm for each allowed operation of the session without an outcome, once", () =>
    inOutcomeProject("enforce", async ({ check, done, engine, entries }) => {
      const open = await check(writeTo("src/a.ts", "id-1"));
      await check(writeTo("src/b.ts", "id-2"));
      const other = await check(writeTo("src/c.ts", "id-3", "other"));
      await done("id-2");
      const alarms = await engine.settle({ session: "s", reason: "stop" }, "uid:1");
      assertEquals(alarms.map(({ kind, decision_seq }) => [kind, decision_seq]), [
        ["allow_without_outcome", open.audit.seq],
      ]);
      assertEquals(await engine.settle({ session: "s", reason: "stop" }, "uid:1"), []);
      const [entry, ...more] = await entries("audit.alarm");
      assertEquals([entry?.severity, entry?.details["reason"], more.length], ["MEDIUM", "stop", 0]);
      const later = await engine.settle({ session: "other", reason: "session_end" }, "uid:1");
      assertEquals(later.map(({ decision_seq }) => decision_seq), [other.audit.seq]);
      // What comes after all is an outcome nobody waits for.
      assertEquals(kindsOf((await done("id-1")).alarms), ["outcome_without_decision"]);
    }));

  it("says how many were too many to wait for", () =>
    inOutcomeProject("enforce", async ({ check, engine, again }) => {
      for (let i = 0; i < maxKeptOutcomes + 3; i++) await check(writeTo("src/a.ts", `id-${i}`));
      const other = await again();
      const alarms = await other.settle({ session: "s", reason: "stop" }, "uid:1");
      const lost = alarms.filter(({ kind }) => kind === "outcomes_lost");
      assertEquals([alarms.length, lost.length], [maxKeptOutcomes + 1, 1]);
      assert(lost[0]?.message.startsWith("3 allowed"), lost[0]?.message);
      assertEquals(await engine.settle({ session: "s", reason: "stop" }, "uid:1"), []);
    }));

  it("is an error to the caller when the alarm cannot be written", () =>
    inOutcomeProject("enforce", async ({ project, check, engine }) => {
      await check(writeTo("src/a.ts", "id-1"));
      const log = project.path(".scalpel/audit.log");
      const { size } = Deno.statSync(log);
      Deno.truncateSync(log, size - 10);
      const settling = () => engine.settle({ session: "s", reason: "stop" }, "uid:1");
      assertEquals((await assertRejects(settling, EngineError)).code, "audit_rollback");
      assertEquals(Deno.statSync(log).size, size - 10);
    }));
});

describe("recordEvent()", () => {
  it("refuses the types of outcomes, alarms and protected files", () =>
    inOutcomeProject("enforce", async ({ engine }) => {
      for (const type of ["audit.outcome", "audit.alarm", "Audit.Protected"]) {
        const event = { type, severity: "LOW", details: {} } as const;
        await assertRejects(() => engine.recordEvent(event, "uid:1"));
      }
    }));
});
