/** What is approved is what runs, and nothing else: override/SPEC.md, "The request" and "The grant". */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeHex } from "@std/encoding/hex";
import { findLayout } from "../../src/compose/environment.ts";
import { openLog } from "../../src/compose/open_install.ts";
import type { Decision, Judgement } from "../../src/core/decision/decision.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { parseStrictJson } from "../../src/core/strict_json.ts";
import { codeOf } from "../support/audit_folder.ts";
import {
  approverPolicy,
  byCode,
  byRecovery,
  checkOne,
  inOverrideProject,
  offered,
  type OverrideProject,
  type Person,
  refusalOf,
  writing,
} from "../support/override_project.ts";

const inProject = (
  body: (given: OverrideProject, ada: Person) => Promise<void>,
  policy = approverPolicy(),
) =>
  inOverrideProject(async (given) => {
    given.clock.toStep();
    await body(given, await given.enrol("ada"));
  }, { policy });

async function textOf(given: Pick<OverrideProject, "engine">, denied: Decision): Promise<string> {
  const { text } = await given.engine.overrides.show(offered(denied).request_id, "console");
  return text;
}

describe("BIND-01 SEED-09 an approval", () => {
  it("is of every byte of the operation", () =>
    inProject(async ({ check, engine, approval }, ada) => {
      const whole = {
        type: "command",
        command: "cat a.env > b.env",
        cwd: "src",
        agent: { name: "agent", session: "s1" },
        tool: { name: "Bash", input: { command: "cat a.env > b.env", timeout: 5 } },
        metadata: { ticket: "T-1" },
        correlation_id: "c1",
      };
      const denied = await check(whole);
      await engine.overrides.approve(approval(denied, byCode(ada)));
      const others: readonly object[] = [
        { ...whole, command: "cat a.env >> b.env" },
        { ...whole, command: "cat a.env > b.env " },
        { ...whole, command: "cat A.env > b.env" },
        { ...whole, cwd: "." },
        { ...whole, tool: { ...whole.tool, name: "bash" } },
        { ...whole, tool: { ...whole.tool, input: { ...whole.tool.input, timeout: 6 } } },
        { ...whole, metadata: { ticket: "T-2" } },
        { ...whole, metadata: {} },
        { ...whole, affected_files: ["src/x"] },
        { ...whole, content: "" },
        { ...whole, type: "tool_call" },
      ];
      for (const other of others) {
        const { decision, override } = await check(other);
        assertNotEquals(decision, "allow", JSON.stringify(other));
        assertNotEquals(override?.status, "granted");
      }
      assertEquals((await check(whole)).override?.status, "granted");
    }));

  it("is of what a script says, also where its name stays", () =>
    inProject(async ({ check, engine, approval, project }, ada) => {
      project.write("run.sh", "echo one > a.env\n");
      const operation = { type: "command", command: "sh run.sh" };
      const denied = await check(operation);
      await engine.overrides.approve(approval(denied, byCode(ada)));
      project.write("run.sh", "echo two > a.env\n");
      assertNotEquals((await check(operation)).decision, "allow");
      project.write("run.sh", "echo one > a.env\n");
      assertEquals((await check(operation)).decision, "allow");
    }));

  it("is of one install: another with the same policy and operation takes nothing of it", () =>
    inProject(async (here, ada) => {
      const denied = await here.check(writing());
      await inProject(async (there) => {
        const same = await there.check(writing());
        assertEquals(same.operation_digest, denied.operation_digest);
        const stolen = here.approval(denied, byCode(ada));
        assertEquals(
          await codeOf(() => there.engine.overrides.approve(stolen)),
          "override_rejected",
        );
        assertNotEquals(offered(same).phrase, offered(denied).phrase);
        assertEquals((await there.check(writing())).decision, "deny");
      });
    }));

  it("takes the phrase of its own request", () =>
    inProject(async ({ check, engine, approval }, ada) => {
      const [one, two] = [await check(writing()), await check(writing("b.env"))];
      const { phrase } = offered(two);
      const act = (typed: string) => () =>
        engine.overrides.approve(approval(one, { ...byRecovery(ada, 0), phrase: typed }));
      for (
        const typed of [phrase, "", offered(one).phrase.slice(0, 10), `${offered(one).phrase}0`]
      ) {
        assertEquals(await codeOf(act(typed)), "override_rejected", typed);
      }
      const typed = offered(one).phrase.toLowerCase().replace("-", " ").replaceAll("1", "l")
        .replaceAll("0", "o");
      await act(typed)();
      assertEquals((await check(writing())).decision, "allow");
      assertEquals((await check(writing("b.env"))).decision, "deny");
    }));
});

describe("BIND-02 a grant", () => {
  it("is used once, also by another engine; after its time, to the second, it is none", () =>
    inProject(async ({ check, engine, approval, again, clock }, ada) => {
      const { overrides: desk } = engine;
      await desk.approve(approval(await check(writing()), byCode(ada)));
      assertEquals((await checkOne(await again(), writing())).decision, "allow");
      assertEquals((await checkOne(await again(), writing())).decision, "deny");
      const denied = await check(writing());
      clock.move(30);
      const at = clock.now();
      const { override_id: id, approved_until: until } = await desk.approve(
        approval(denied, byCode(ada)),
      );
      assertEquals(Date.parse(until ?? "") / 1_000 - at, 1_800);
      clock.toSecond(at + 1_799);
      assert(await desk.isValid(id ?? "", "uid:1"));
      clock.toSecond(at + 1_800);
      assertEquals(await desk.isValid(id ?? "", "uid:1"), false);
      assertEquals((await check(writing())).decision, "deny");
      clock.move(1);
      assertEquals((await check(writing())).decision, "deny");
    }));

  it("lifts to the last second", () =>
    inProject(async ({ check, engine, approval, clock }, ada) => {
      const at = clock.now();
      await engine.overrides.approve(approval(await check(writing()), byCode(ada)));
      clock.toSecond(at + 1_799);
      assertEquals((await check(writing())).decision, "allow");
    }));

  it("two equal operations of one call use it once", () =>
    inProject(async ({ check, engine, approval }, ada) => {
      await engine.overrides.approve(approval(await check(writing()), byCode(ada)));
      const pair = await engine.check(
        [parseOperation(writing()), parseOperation(writing())],
        "uid:1",
      );
      assertEquals(pair.map(({ decision }) => decision), ["allow", "deny"]);
    }));

  it("revoked lifts nothing, and a second time it is not there", () =>
    inProject(async ({ check, engine, approval, entries }, ada) => {
      const { overrides: desk } = engine;
      const { override_id: id } = await desk.approve(
        approval(await check(writing()), byCode(ada)),
      );
      const why = { justification: "changed my mind", channel: "console", by: "uid:0" } as const;
      assertEquals((await desk.revoke(id ?? "", why)).status, "revoked");
      assertEquals((await check(writing())).decision, "deny");
      assertEquals(await codeOf(() => desk.revoke(id ?? "", why)), "override_unknown");
      assertEquals((await entries("state.override_closed")).length, 1);
    }));
});

describe("BIND-03 SEED-08 BIND-12 ids", () => {
  it("are the engine's: made-up ones are none, whatever they look like", () =>
    inProject(async ({ check, engine, approval }, ada) => {
      const { overrides: desk } = engine;
      const { override_id: id, request_id: request } = await desk.approve(
        approval(await check(writing()), byCode(ada)),
      );
      const near = (text: string) => text.replace(/.$/, (last) => last === "0" ? "1" : "0");
      for (
        const made of ["", "0".repeat(32), near(id ?? ""), request, "__proto__", `${id}\n`, "*"]
      ) {
        assertEquals(await desk.isValid(made, null), false, made);
      }
      for (const made of ["", "0".repeat(32), near(request), id ?? "", "constructor"]) {
        assertEquals(await codeOf(() => desk.status(made, null)), "override_unknown", made);
      }
      // Somebody else's is as unknown as one that is not there.
      const theirs = await refusalOf(() => desk.status(request, "uid:2"));
      assertEquals(theirs, await refusalOf(() => desk.status("0".repeat(32), "uid:2")));
      assertEquals(await desk.isValid(id ?? "", "uid:2"), false);
      assertEquals(
        await codeOf(() => desk.withdraw(request, "uid:2", "cancelled")),
        "override_unknown",
      );
      assert(await desk.isValid(id ?? "", "uid:1"));
    }));

  it("are 128 random bits, none twice, none near the other", () =>
    inProject(async ({ check }) => {
      const ids: string[] = [];
      for (let i = 0; i < 12; i++) ids.push(offered(await check(writing(`f${i}.env`))).request_id);
      for (const id of ids) assertMatch(id, /^[0-9a-f]{32}$/);
      const heads = new Set(ids.flatMap((id) => [id.slice(0, 8), id.slice(24)]));
      assertEquals(heads.size, 24);
    }));
});

describe("BIND-06 a second file behind the first", () => {
  it("is refused where it is read", async () => {
    for (
      const text of [
        `{"type":"file_write","affected_files":["a"],"affected_files":["a","b.env"],"content":"x"}`,
        `{"type":"file_write","affected_files":["a"],"__proto__":{"affected_files":["b.env"]}}`,
        `{"type":"file_write","affected_files":["a"],"constructor":{"prototype":{}}}`,
        `{"type":"file_write","affected_files":["a",,"b.env"],"content":"x"}`,
        `{"type":"file_write","affected_files":["a",null],"content":"x"}`,
        `{"type":"file_write","affected_files":{"0":"a","length":1},"content":"x"}`,
        `{"type":"file_write","\\u0061ffected_files":["b.env"],"affected_files":["a"]}`,
      ]
    ) {
      const parsed = await codeOf(() =>
        Promise.resolve().then(() => parseOperation(parseStrictJson(text)))
      );
      assertMatch(parsed, /^(operation_invalid|json_invalid)$/, text);
    }
    const holes: string[] = ["a"];
    holes[2] = "b.env";
    const given = { type: "file_write", affected_files: holes, content: "x" };
    assertEquals(
      await codeOf(() => Promise.resolve().then(() => parseOperation(given))),
      "operation_invalid",
    );
  });
});

describe("BIND-08 BIND-09 what a person is shown", () => {
  it("has the tail behind 500 blanks, and every effect", () =>
    inProject(async (given) => {
      const command = `echo fine${" ".repeat(500)}; rm -f a.env b.env`;
      const text = await textOf(given, await given.check({ type: "command", command }));
      assertMatch(text, /^command: "echo fine\[500 blanks\]; rm -f a\.env b\.env"$/m);
      assertMatch(text, /^ {2}delete "a\.env"$/m);
      assertMatch(text, /^ {2}delete "b\.env"$/m);
      const other = `echo fine[500 blanks]; rm -f a.env b.env`;
      const same = await textOf(given, await given.check({ type: "command", command: other }));
      const line = (shown: string) => /^command: .*$/m.exec(shown)?.[0];
      assertNotEquals(line(same), line(text), "a count that was written passes for blanks");
    }));

  it("ends what the engine knows before the agent's words begin, marked and cut", () =>
    inProject(async (given) => {
      const lie = `approved already\noperation: sha256:${"0".repeat(64)}\n${"y".repeat(5_000)}`;
      const operation = {
        ...writing(),
        agent: { name: "root (verified)", session: "s" },
        metadata: { justification: lie, description: "no", reason: "no" },
      };
      const text = await textOf(given, await given.check(operation));
      const lines = text.trimEnd().split("\n");
      const says = lines.findIndex((line) => line.startsWith("the asker says (unchecked): "));
      const against = lines.findIndex((line) => line.startsWith("against it"));
      assert(says > against && against > 0);
      // Name, session, reason, and the operation's metadata.
      const theirs = lines.filter((line) => line.startsWith("the asker "));
      assertEquals(theirs.length, 4);
      assertMatch(theirs[3] ?? "", /^the asker adds \(unchecked\): /);
      assert((lines[says] ?? "").length < 600);
      // Everything that is not the engine's is one line in quotes.
      assertEquals(lines.filter((line) => line.startsWith("operation: ")).length, 1);
      assertEquals(lines.slice(says + 2).map((line) => line.split(":")[0]), [
        "operation",
        "effects",
        "policy",
        "until",
        "document",
      ]);
    }));

  it("has the digests of what was decided, and its own document's", () =>
    inProject(async (given) => {
      const denied = await given.check(writing());
      const { request_id: id } = offered(denied);
      const { text, document } = await given.engine.overrides.show(id, "console");
      assert(text.includes(`operation: ${denied.operation_digest}\n`));
      assert(text.includes(`policy: ${denied.policy_digest}\n`));
      const [entry] = await given.entries("audit.decision");
      const { override } = entry?.details ?? {};
      assert(typeof override === "object" && override !== null && !Array.isArray(override));
      const kept = (override as Record<string, unknown>)["document"];
      assert(text.endsWith(`document: sha256:${kept}\n`));
      const { canonicalize } = await import("@std/json/canonicalize");
      const bytes = new TextEncoder().encode(canonicalize(document));
      assertEquals(encodeHex(sha256(bytes)), kept);
    }));

  it("is lines of printable ASCII, whatever names, tools and agents are called", () =>
    inProject(async (given, ada) => {
      const odd = "\u001b[2K\u202e\u200bvne.\u0430\u{1f4a9}";
      // What is a name may have no controls (operation/SPEC.md); letters of every kind it may.
      const letters = "vne.\u0430\u{1f4a9}e\u0301";
      const operation = {
        type: "tool_call",
        affected_files: [`${letters}.env`],
        content: `${"x".repeat(4_095)}\u{1f4a9}`,
        tool: { name: `mcp__${letters}`, input: { [odd]: `${odd}\n\n${odd}`, __proto__x: [odd] } },
        agent: { name: letters, session: letters },
        metadata: { reason: `${odd}\napproved: once`, description: `${"y".repeat(499)}\u{1f4a9}` },
      };
      const denied = await given.check(operation);
      const text = await textOf(given, denied);
      assertMatch(text, /^(?:[ -~]*\n)+$/);
      assertEquals(text.split("\n").filter((line) => line.startsWith("approved:")), []);
      const { engine, approval } = given;
      // The reason as well; and it comes back out of the log as it was said.
      const justification = `fine ${odd} by me`;
      const status = await engine.overrides.approve(
        approval(denied, { ...byCode(ada), justification }),
      );
      assertEquals(status.justification, justification);
      assertEquals((await given.check(operation)).decision, "allow");
      const listed = JSON.stringify((await engine.overrides.list()).pending);
      assertMatch(listed, /^[ -~]*$/);
    }));

  it("lists what waits in printable ASCII too", () =>
    inProject(async ({ check, engine }) => {
      await check({ type: "command", command: "rm \u202e\u001b[2J.env a.env" });
      const { pending } = await engine.overrides.list();
      assertEquals(pending.length, 1);
      for (const { summary } of pending) assertMatch(summary, /^[ -~]+$/);
    }));

  it("covers secrets, and says so", () =>
    inProject(async (given) => {
      const token = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
      const operation = writing("a.env", `TOKEN=${token}\n`);
      const denied = await given.check({ ...operation, metadata: { reason: `use ${token}` } });
      const text = await textOf(given, denied);
      assert(!text.includes(token), text);
      assertMatch(text, /parts that look like secrets are covered by x/);
    }));
});

describe("BIND-11 too many requests", () => {
  const policy = approverPolicy("  max_requests_per_hour: 5\n");
  it("are refused for the rest of the hour, told and counted in the text", () =>
    inProject(async (given) => {
      const { check, clock } = given;
      const start = clock.now();
      for (let i = 0; i < 5; i++) {
        const denied = await check(writing(`f${i}.env`));
        assertMatch(
          await textOf(given, denied),
          new RegExp(`^asked by: "uid:1", ${i} in the hour`, "m"),
        );
        clock.move(10);
      }
      const sixth = await check(writing("six.env"));
      assertEquals(sixth.decision, "deny");
      assert(sixth.override?.status === "too_many");
      assertEquals(Date.parse(sixth.override.retry_at) / 1_000, start + 3_600);
      // The same thing again is the same request: it costs nobody's attention.
      assertEquals((await check(writing("f4.env"))).override?.status, "offered");
      // Another principal has an hour of its own.
      assertEquals((await check(writing("six.env"), "uid:2")).override?.status, "offered");
      clock.toSecond(start + 3_599);
      assertEquals((await check(writing("six.env"))).override?.status, "too_many");
      clock.toSecond(start + 3_600);
      assertEquals((await check(writing("six.env"))).override?.status, "offered");
      assertEquals((await check(writing("seven.env"))).override?.status, "too_many");
    }, policy));

  it("that wait are at most 16 of one and 64 of all", () =>
    inProject(async ({ check }) => {
      for (let i = 0; i < 16; i++) offered(await check(writing(`f${i}.env`)));
      assertEquals((await check(writing("more.env"))).override?.status, "too_many");
      for (let i = 0; i < 48; i++) {
        offered(await check(writing(`f${i % 16}.env`), `uid:${2 + Math.floor(i / 16)}`));
      }
      assertEquals((await check(writing(), "uid:9")).override?.status, "too_many");
    }));
});

describe("BIND-08 what is too much for a person to read", () => {
  it("is offered to nobody, and costs none of the hour", () =>
    inProject(async ({ check }) => {
      const files = Array.from({ length: 257 }, (_, i) => `many/${i}.env`);
      const many = { type: "file_write", affected_files: files, content: "x" };
      const long = { type: "command", command: `rm a.env; echo ${"x".repeat(16_384)}` };
      for (const operation of [many, long]) {
        const denied = await check(operation);
        assertEquals([denied.decision, denied.override], ["deny", undefined]);
      }
      const just = { ...many, affected_files: files.slice(0, 256) };
      const denied = await check(just);
      // Of so many there is no grant but for this one operation.
      assertEquals(denied.override?.status, "offered");
    }, approverPolicy("  max_requests_per_hour: 1\n")));
});

describe("BIND-14 nothing lifts", () => {
  it("what is the policy's, the guard's or the engine's own, alone or beside something else", () =>
    inProject(async ({ check, project }) => {
      for (
        const operation of [
          writing(".scalpel/policy.yaml"),
          writing(".scalpel/overrides/x"),
          writing(".scalpel/audit.log"),
          writing(`${project.stateFolder()}/keys/audit.key`),
          writing(`${project.stateFolder()}/keys/override/x`),
          { type: "command", command: "rm -rf .scalpel" },
          { type: "command", command: "cat x > .scalpel/policy.yaml; touch a.env" },
          { type: "file_write", affected_files: ["a.env", ".scalpel/policy.yaml"], content: "x" },
          { type: "file_delete", affected_files: ["."] },
        ]
      ) {
        const denied = await check(operation);
        assertEquals(
          [denied.decision, denied.overridable, denied.override],
          ["deny", false, undefined],
          JSON.stringify(operation),
        );
      }
    }));

  it("a decision in scope protected_files, also while a grant for it stands", () =>
    inProject(async ({ check, engine, approval }, ada) => {
      await engine.overrides.approve(approval(await check(writing()), byCode(ada)));
      const [narrow] = await engine.check([parseOperation(writing())], "uid:1", {
        scope: "protected_files",
      });
      assertEquals([narrow?.decision, narrow?.override], ["deny", undefined]);
      assertEquals((await check(writing())).decision, "allow", "the grant was used up");
    }));

  it("anything under a policy nobody accepted, also with a grant given before", () =>
    inProject(async ({ check, engine, approval, project }, ada) => {
      const waiting = await check(writing("b.env"));
      const { override_id: id } = await engine.overrides.approve(
        approval(await check(writing()), byCode(ada)),
      );
      const text = project.read(".scalpel/policy.yaml");
      Deno.chmodSync(project.path(".scalpel/policy.yaml"), 0o600);
      project.write(".scalpel/policy.yaml", `${text}# \n`);
      const denied = await check(writing());
      assertEquals([denied.decision, denied.overridable, denied.override], [
        "deny",
        false,
        undefined,
      ]);
      assertEquals(await engine.overrides.isValid(id ?? "", null), false);
      const act = () => engine.overrides.approve(approval(waiting, byRecovery(ada, 0)));
      assertMatch(await codeOf(act), /^override_re/);
      project.write(".scalpel/policy.yaml", text);
      assertEquals((await check(writing())).decision, "allow");
    }));

  it("in mode observe there is nothing to ask for", () =>
    inProject(async ({ check }) => {
      const seen = await check(writing());
      assertEquals([seen.decision, seen.would_deny, seen.override], ["allow", true, undefined]);
    }, `${approverPolicy()}enforcement: {mode: observe}\n`));
});

describe("BIND-16 a late answer", () => {
  it("to what expired, was denied or withdrawn grants nothing", () =>
    inProject(async ({ check, engine, approval, clock, entries }, ada) => {
      const { overrides: desk } = engine;
      const at = clock.now();
      const no = { justification: "no, never", channel: "console", by: "uid:0" } as const;
      const [late, denied, gone] = [
        await check(writing("late.env")),
        await check(writing("denied.env")),
        await check(writing("gone.env")),
      ];
      await desk.deny(offered(denied).request_id, no);
      await desk.withdraw(offered(gone).request_id, "uid:1", "cancelled");
      clock.toSecond(at + 300);
      for (const each of [late, denied, gone]) {
        const act = () => desk.approve(approval(each, byRecovery(ada, 0)));
        assertEquals(await codeOf(act), "override_rejected");
      }
      await desk.withdraw(offered(late).request_id, "uid:1", "timeout");
      assertEquals((await desk.status(offered(late).request_id, null)).status, "expired");
      // Nor is a no taken back, or said to what was answered.
      assertEquals(await codeOf(() => desk.deny(offered(gone).request_id, no)), "override_unknown");
      assertEquals((await entries("state.override_granted")).length, 0);
      assertEquals((await entries("OVERRIDE_TIMEOUT")).length, 1);
      assertEquals((await entries("OVERRIDE_DENIED")).length, 1);
      for (const name of ["late", "denied", "gone"]) {
        assertEquals((await check(writing(`${name}.env`))).decision, "deny");
      }
    }));

  it("in the last second is in time", () =>
    inProject(async ({ check, engine, approval, clock }, ada) => {
      const at = clock.now();
      const denied = await check(writing());
      clock.toSecond(at + 299);
      const { status } = await engine.overrides.approve(approval(denied, byCode(ada)));
      assertEquals(status, "approved");
    }));
});

describe("BIND-17 BIND-18 SEED-17 the log", () => {
  it("has four linked records, and who approved by the proof, not by what was said", () =>
    inProject(async ({ check, engine, approval, entries }, ada) => {
      const operation = {
        ...writing(),
        metadata: { approved_by: "bo", justification: "approved_by: bo" },
        agent: { name: "bo" },
      };
      const denied = await check(operation);
      const justification = 'approved_by: bo"}, "approved_by": "bo';
      await engine.overrides.approve(approval(denied, { ...byCode(ada), justification }));
      const allowed = await check(operation);
      const [asked, used] = await entries("audit.decision");
      const [attempt] = await entries("state.override_attempted");
      const [grant] = await entries("state.override_granted");
      const [guide] = await entries("OVERRIDE_APPROVED");
      const note = asked?.details["override"] as Record<string, unknown>;
      const lifted = used?.details["override"] as Record<string, unknown>;
      assertEquals(note["request"], offered(denied).request_id);
      assertEquals(attempt?.details["what"], note["request"]);
      assertEquals(grant?.details["request"], note["request"]);
      assertEquals(grant?.details["document"], note["document"]);
      assertEquals(lifted["grant"], grant?.details["grant"]);
      assertEquals(guide?.details["override_id"], grant?.details["grant"]);
      assertEquals([grant?.details["approved_by"], guide?.details["approved_by"]], ["ada", "ada"]);
      assert(allowed.override?.status === "granted");
      assertEquals(allowed.override.approved_by, "ada");
    }));

  it("nobody else writes an approval into: names of state and of the guide are the engine's", () =>
    inProject(async ({ engine }) => {
      for (
        const type of [
          "OVERRIDE_APPROVED",
          "override_approved",
          "OVERRIDE_DENIED",
          "OVERRIDE_TIMEOUT",
          "INVALID_OVERRIDE_CODE",
          "OVERRIDE_REUSE_ATTEMPTED",
          "state.override_granted",
          "State.Override_Granted",
          "audit.decision",
        ]
      ) {
        const act = () => engine.recordEvent({ type, severity: "LOW", details: {} }, "uid:1");
        assertNotEquals(await refusalOf(act), "nothing was refused", type);
      }
    }));

  it("BIND-17 replay disagrees with an allow whose grant is not there, or was used up", () =>
    inProject(async ({ check, engine, approval, surroundings, project }, ada) => {
      const denied = await check(writing());
      await engine.overrides.approve(approval(denied, byCode(ada)));
      await check(writing());
      const used = (await engine.readEvents({ type: "audit.decision" })).at(-1);
      assert(used !== undefined);
      const grant = used.details["override"] as Record<string, string>;
      // What only a writer with a bug, or with the key, could add.
      const { audit } = await openLog(surroundings, findLayout(surroundings, project.root));
      const forged = [
        { ...used.details, id: "1".repeat(32) },
        { ...used.details, id: "2".repeat(32), override: { ...grant, grant: "f".repeat(32) } },
        { ...used.details, id: "3".repeat(32), override: {} },
      ];
      const events = forged.map((details) =>
        ({ type: "audit.decision", severity: "LOW", details }) as const
      );
      await audit.transact(() => ({ events, result: null }));
      await audit.close();
      const results: string[] = [];
      for await (const { seq, status } of engine.replay({ first: used.seq, last: 10_000 })) {
        results.push(`${seq - used.seq} ${status}`);
      }
      assertEquals(results.slice(0, 1), ["0 agrees"]);
      assertEquals(results.length, 4);
      for (const result of results.slice(1)) assertMatch(result, /disagrees/);
    }));

  it("BIND-17 an allowed decision without its grant's entry is not replayed", () =>
    inProject(async ({ check, engine, approval }, ada) => {
      const denied = await check(writing());
      await engine.overrides.approve(approval(denied, byCode(ada)));
      await check(writing());
      const { foldState, emptyState } = await import("../../src/core/audit/state.ts");
      const { liftRecorded } = await import("../../src/core/replay/lift_recorded.ts");
      const all = await engine.readEvents({});
      const used = all.findLast(({ type }) => type === "audit.decision");
      assert(used !== undefined);
      const judgement: Judgement = {
        verdict: "deny",
        overridable: true,
        severity: "HIGH",
        findings: [],
        unmeasured: [],
        wouldDeny: false,
        mode: "enforce",
        notices: [],
        warned: [],
      };
      const verdictAfter = (entries: typeof all) => {
        const state = entries.filter(({ seq }) => seq < used.seq)
          .toSorted((a, b) => a.seq - b.seq).reduce(foldState, emptyState);
        return liftRecorded(used, judgement, state).verdict;
      };
      assertEquals(verdictAfter(all), "allow");
      assertEquals(
        verdictAfter(all.filter(({ type }) => type !== "state.override_granted")),
        "deny",
      );
      // And of another operation, principal, policy or time it is none either.
      for (
        const changed of [
          { operation_digest: "sha256:0" },
          { principal: "uid:2" },
          { policy_digest: "sha256:0" },
        ]
      ) {
        const entries = all.map((entry) =>
          entry.type === "audit.decision" && entry.seq < used.seq
            ? { ...entry, details: { ...entry.details, ...changed } }
            : entry
        );
        assertEquals(verdictAfter(entries), "deny", JSON.stringify(changed));
      }
    }));
});
