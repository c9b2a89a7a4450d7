/**
 * Budgets on a real log: HTTP, several processes' engines, restarts, caches that are gone.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { acceptPolicy } from "../../src/compose/accept_policy.ts";
import { createInstall } from "../../src/compose/create_install.ts";
import { findLayout } from "../../src/compose/environment.ts";
import { openInstall } from "../../src/compose/open_install.ts";
import { EngineError } from "../../src/core/errors.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import type { Engine } from "../../src/pdp.ts";
import { createHttpRoad, surroundingsOf } from "../support/decision_vectors.ts";
import { Project } from "../support/sealward.ts";

const header = 'version: "1.0"\n';
const deletes = (max: number, per = "day") =>
  `budgets:\n  - id: deletes\n    count: deletes\n    per: ${per}\n    max: ${max}\n`;

interface Lab {
  readonly project: Project;
  readonly open: () => Promise<Engine>;
  readonly accept: (policy: string, budgets?: string) => Promise<void>;
}

async function inLab(policy: string, body: (lab: Lab) => Promise<void>): Promise<void> {
  using project = new Project();
  const surroundings = surroundingsOf(project);
  const opened: Awaited<ReturnType<typeof openInstall>>[] = [];
  const accept = async (text: string, budgets: string | null = null) => {
    project.write(".scalpel/policy.yaml", text);
    if (budgets !== null) project.write(".scalpel/budget.yaml", budgets);
    const shown = openPolicyStore(findLayout(surroundings, project.root))();
    await acceptPolicy(surroundings, project.root, shown);
  };
  const open = async () => {
    const install = await openInstall(surroundings, { root: project.root, role: "library" });
    opened.push(install);
    return install.engine;
  };
  project.write(".scalpel/policy.yaml", policy);
  await createInstall(surroundings, project.root);
  await accept(policy);
  try {
    await body({ project, open, accept });
  } finally {
    for (const install of opened) await install.close();
  }
}

let turn = 0;
const remove = (session: string | null = null) =>
  parseOperation({
    type: "file_delete",
    affected_files: [`src/${turn++}`],
    ...(session === null ? {} : { agent: { session } }),
  });

async function ask(engine: Engine, principal = "uid:1", session: string | null = null) {
  const [decision] = await engine.check([remove(session)], principal);
  if (decision === undefined) throw new Error("no decision");
  return decision;
}

async function replays(engine: Engine): Promise<number> {
  let count = 0;
  for await (const result of engine.replay({ first: 0, last: Infinity })) {
    assertEquals(result.status, "agrees", JSON.stringify(result));
    count++;
  }
  return count;
}

describe("budgets on a log", () => {
  it("50 requests at once and a max of 20: 20 are allowed, and all are replayed", () =>
    inLab(header + deletes(20), async ({ open }) => {
      const engine = await open();
      const http = createHttpRoad(engine);
      const answers = await Promise.all(Array.from({ length: 50 }, (_, i) =>
        http({
          type: "file_delete",
          affected_files: [`src/${i}`],
        })));
      const allowed = answers.filter((answer) =>
        "decision" in answer && answer.decision === "allow"
      );
      assertEquals(allowed.length, 20);
      const codes = answers.flatMap((answer) => "codes" in answer ? answer.codes : ["refused"]);
      assertEquals(codes, Array.from({ length: 30 }, () => "budget_exceeded"));
      assertEquals(await replays(engine), 50);
    }));

  it("three engines on one log count together", () =>
    inLab(header + deletes(20), async ({ open }) => {
      const engines = [await open(), await open(), await open()];
      const asked = Array.from({ length: 45 }, (_, i) => ask(engines[i % 3] ?? fail()));
      const allowed = (await Promise.all(asked)).filter((decision) => decision.allowed);
      assertEquals(allowed.length, 20);
      assertEquals(await replays(engines[0] ?? fail()), 45);
    }));

  it("each process starts where the log ends, also without its snapshots", () =>
    inLab(header + deletes(3), async ({ open, project }) => {
      for (let i = 0; i < 3; i++) assertEquals((await ask(await open())).decision, "allow");
      const side = project.path(".scalpel/audit.log.d/state");
      for (let i = 0; i < 3; i++) {
        for (const { name } of Deno.readDirSync(side)) Deno.removeSync(`${side}/${name}`);
        const { decision, violated_policies, violations } = await ask(await open());
        assertEquals([decision, violated_policies], ["deny", ["budgets.deletes"]]);
        assertEquals(violations[0]?.source, {
          file: ".scalpel/policy.yaml",
          line: 3,
          column: 5,
        });
      }
      assertEquals((await ask(await open(), "uid:2")).decision, "allow");
    }));

  it("a batch counts its first operations before the last", () =>
    inLab(header + deletes(12), async ({ open }) => {
      const engine = await open();
      const batch = await engine.check(Array.from({ length: 20 }, () => remove()), "uid:1");
      assertEquals(
        batch.map(({ decision }) => decision),
        [...Array.from({ length: 12 }, () => "allow"), ...Array.from({ length: 8 }, () => "deny")],
      );
      assertEquals(await replays(engine), 20);
    }));

  it("a session is what its label says, and many labels make none of them new", () =>
    inLab(header + deletes(1, "session"), async ({ open }) => {
      const engine = await open();
      const decide = async (session: string) => (await ask(engine, "uid:1", session)).decision;
      assertEquals([await decide("a"), await decide("a"), await decide("b")], [
        "allow",
        "deny",
        "allow",
      ]);
      for (let i = 0; i < 40; i++) await decide(`flood ${i}`);
      assertEquals([await decide("a"), await decide("never seen")], ["deny", "deny"]);
      await replays(engine);
    }));

  it("keep their counts over an acceptance that raises max, and start anew with another meaning", () =>
    inLab(header + deletes(2), async ({ open, accept }) => {
      const engine = await open();
      const decisions = async (count: number) => {
        const list: string[] = [];
        for (let i = 0; i < count; i++) list.push((await ask(engine)).decision);
        return list;
      };
      assertEquals(await decisions(3), ["allow", "allow", "deny"]);
      await accept(header + deletes(3));
      assertEquals(await decisions(2), ["allow", "deny"]);
      await accept(header + deletes(3, "session"));
      assertEquals(await decisions(4), ["allow", "allow", "allow", "deny"]);
      assertEquals(await replays(engine), 9);
    }));

  it("budget.yaml counts as the policy does, and its places are its own", () =>
    inLab(header, async ({ open, accept, project }) => {
      const engine = await open();
      await accept(header, `# ours\n${deletes(1)}`);
      assertEquals((await ask(engine)).decision, "allow");
      const { decision, violations } = await ask(engine);
      assertEquals(decision, "deny");
      assertEquals(violations[0]?.source, { file: ".scalpel/budget.yaml", line: 3, column: 5 });
      await replays(engine);
      project.write(".scalpel/budget.yaml", `# ours\n${deletes(9)}`);
      assertEquals((await ask(engine)).violations[0]?.code, "policy_tampered");
      Deno.removeSync(project.path(".scalpel/budget.yaml"));
      assertEquals((await ask(engine)).violations[0]?.code, "policy_tampered");
      await assertRejects(
        () => accept(header + deletes(1), deletes(2)),
        EngineError,
        "has budgets too",
      );
    }));

  it("rules look back over processes, to anyone where they name principals", () => {
    const policy = `${header}operations: {custom: {approve_deploy: [call], deploy: [call]}}
rules:
  - id: approved
    match:
      types: [deploy]
      without: {types: [approve_deploy], principals: ["token:operator"], within: hour}
`;
    return inLab(policy, async ({ open }) => {
      const decide = async (type: string, principal: string) => {
        const operation = parseOperation({ type, affected_files: [] });
        return (await (await open()).check([operation], principal))[0]?.decision;
      };
      assertEquals(await decide("deploy", "token:agent"), "deny");
      assertEquals(await decide("approve_deploy", "token:agent"), "allow");
      assertEquals(await decide("deploy", "token:agent"), "deny");
      assertEquals(await decide("approve_deploy", "token:operator"), "allow");
      assertEquals(await decide("deploy", "token:agent"), "allow");
      assertEquals(await replays(await open()), 5);
    });
  });

  it("explain looks back too, and counts nothing", () =>
    inLab(header, async ({ open, accept }) => {
      const engine = await open();
      const observing = "rules:\n  - {id: r, mode: observe, match: {after: " +
        "{verbs: [delete], within: session}}}\n";
      await accept(header + observing, deletes(1));
      const explain = () => engine.explain(remove(), "uid:1");
      for (let i = 0; i < 3; i++) assertEquals((await explain()).explanation.verdict, "allow");
      await ask(engine);
      const { explanation } = await explain();
      assertEquals(explanation.findings.map(({ policy, code, source }) => [policy, code, source]), [
        ["budgets.deletes", "budget_exceeded", {
          file: ".scalpel/budget.yaml",
          line: 2,
          column: 5,
          text: "  - id: deletes",
        }],
      ]);
      assertEquals(explanation.would_deny, false);
      const rules = explanation.rules.map(({ id, mode, outcome, met }) => [id, mode, outcome, met]);
      assertEquals(rules, [["r", "observe", "matched", ["after"]]]);
      const { audit } = await ask(engine);
      const logged = await engine.explainEntry(audit.seq);
      assertEquals(
        logged.explanation?.findings.map(({ policy, source }) => [policy, source?.file]),
        [
          ["budgets.deletes", ".scalpel/budget.yaml"],
        ],
      );
    }));

  it("a candidate is judged on what it would have counted", () =>
    inLab(header, async ({ open }) => {
      const engine = await open();
      for (let i = 0; i < 4; i++) await ask(engine);
      await ask(engine, "uid:2");
      const policy = parsePolicy(header + deletes(2), "candidate");
      const verdicts: unknown[] = [];
      const range = { first: 0, last: Infinity };
      for await (const { result } of engine.backtest(range, { policy, digest: "sha256:1" })) {
        if (result?.status === "judged") verdicts.push([result.to, result.toPolicies]);
        else if (result !== null) verdicts.push(result);
      }
      const deny = ["deny", ["budgets.deletes"]];
      assertEquals(verdicts, [["allow", []], ["allow", []], deny, deny, ["allow", []]]);
    }));

  it("the caller's time is nothing", () =>
    inLab(header + deletes(1, "hour"), async ({ open }) => {
      const engine = await open();
      const decisions: string[] = [];
      for (
        const timestamp of ["1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]
      ) {
        const operation = { type: "file_delete", affected_files: ["src/a"], timestamp };
        const [decision] = await engine.check([parseOperation(operation)], "uid:1");
        decisions.push(decision?.decision ?? "none");
      }
      assertEquals(decisions, ["allow", "deny", "deny"]);
    }));

  it("a rule that observes says so in the entry and in the answer", () => {
    const policy = `${header}rules:\n  - {id: r, mode: observe, match: {verbs: [delete]}}\n`;
    return inLab(policy, async ({ open }) => {
      const engine = await open();
      const { decision, would_deny, notices, violations, violated_policies, reason } = await ask(
        engine,
      );
      assertEquals([decision, would_deny, violations, violated_policies], ["allow", true, [], []]);
      assert(notices?.some((notice) => notice.includes('Rule "r"')), JSON.stringify(notices));
      assert(reason.startsWith("Would not be allowed if enforced: "), reason);
      const [entry] = await engine.readEvents({ type: "audit.decision" });
      assertEquals([entry?.details["observed"], entry?.details["would_deny"]], [["rules.r"], true]);
      assertEquals("counted" in (entry?.details ?? {}), false);
      await replays(engine);
    });
  });
});

function fail(): never {
  throw new Error("not there");
}
