/**
 * The fourth road: every decision vector through `check --batch` of the binary, one process for each
 * file of vectors; and random operations, which the command line and HTTP must answer alike.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { openInstall } from "../../src/compose/open_install.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { worstExit } from "../../src/edge/cli/commands/decision_exit.ts";
import {
  type Answer,
  answerOf,
  askHttpBatch,
  createHttpRoad,
  earlierAt,
  installVectors,
  loadDecisionVectors,
  operationAt,
  surroundingsOf,
} from "../support/decision_vectors.ts";
import { Project } from "../support/sealward.ts";
import { chooseSeed } from "../support/seeded.ts";

interface Outcome {
  /** Decisions and refusals as the command line writes them. */
  readonly lines: readonly Line[];
  readonly exit: number;
}

// deno-lint-ignore no-explicit-any -- a line of output, which answerOf reads as a decision
type Line = any;

async function askCommandLine(
  project: Project,
  operations: readonly JsonObject[],
): Promise<Outcome> {
  const stdin = operations.map((operation) => `${JSON.stringify(operation)}\n`).join("");
  const { exit, stdout, stderr } = await project.run(["check", "--batch"], { stdin });
  const lines = stdout.split("\n").filter((line) => line !== "");
  assertEquals(lines.length, operations.length, stderr);
  return { lines: lines.map((line) => JSON.parse(line)), exit };
}

function parseAnswer(line: Line, earlier: readonly string[] = []): Answer {
  if (line.error === undefined) return answerOf(line, earlier);
  assertEquals(line.allowed, false);
  return { refused: line.error.code, exit: line.exit };
}

describe("vectors/decision", () => {
  for (const vectors of loadDecisionVectors()) {
    it(`${vectors.name}: ${vectors.scenarios.length} scenarios on the command line`, async () => {
      using project = new Project();
      await installVectors(project, vectors);
      const { scenarios } = vectors;
      const operations = scenarios.map((scenario) => operationAt(project.root, scenario));
      // What came before is another commit, and another process.
      const before = scenarios.map((scenario) => earlierAt(project.root, scenario));
      const asked = before.flat();
      const ids = asked.length === 0
        ? []
        : (await askCommandLine(project, asked)).lines.map(({ decision_id }) => decision_id);
      const { lines, exit } = await askCommandLine(project, operations);
      const answers = lines.map((line, i) => {
        const start = before.slice(0, i).flat().length;
        return parseAnswer(line, ids.slice(start, start + (before[i]?.length ?? 0)));
      });
      const named = (list: readonly Answer[]) =>
        Object.fromEntries(scenarios.map(({ name }, i) => [name, list[i]]));
      assertEquals(named(answers), named(scenarios.map(({ expect }) => expect)));
      assertEquals(exit, worstExit(scenarios.map(({ expect }) => expect.exit)));
      // Law R1; a file of refusals alone has nothing to replay.
      const hasDecision = scenarios.some(({ expect }) => "decision" in expect);
      const replayed = await project.run(["replay", "--all"]);
      assertEquals(replayed.exit, hasDecision ? 0 : 3, replayed.stdout);
    });
  }
});

function isOperation(operation: JsonObject): boolean {
  try {
    return parseOperation(operation) !== null;
  } catch {
    return false;
  }
}

const path = fc.constantFrom(
  "src/app.ts",
  "new.md",
  "prod.env",
  ".scalpel/policy.yaml",
  "link",
  "folder",
  ".",
  "../x",
  "~/x",
  "/outside/x",
  "folder/../PROD.ENV",
  "a\\b",
  "",
  "x\u0000",
);
// Mostly left out: an operation that says everything at once is nearly always refused.
const optional = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, { arbitrary, weight: 1 });
const wire = fc.record({
  type: fc.constantFrom(
    "file_read",
    "file_write",
    "file_write",
    "file_create",
    "file_delete",
    "file_rename",
    "file_copy",
    "file_link",
    "chmod",
    "code_modification",
    "command",
    "command",
    "command",
    "tool_call",
    "tool_call",
    "network",
    "format",
    "db.drop",
    "Nonsense",
  ),
  affected_files: fc.option(fc.array(path, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  metadata: optional(fc.record({
    complexity: optional(fc.constantFrom(0, 1, 3, 99, null, "1")),
    url: optional(fc.constantFrom("https://a", "x")),
  })),
  content: optional(fc.constantFrom("", "a\nb\n", "x".repeat(60))),
  diff: optional(fc.constantFrom("--- a/prod.env\n+++ b/prod.env\n@@ -1 +1 @@\n-a\n+b\n", "?")),
  command: optional(fc.constantFrom("ls", " ")),
  cwd: optional(fc.constantFrom("src", "gone", "/")),
  tool: optional(fc.constant({ name: "t", input: {} })),
  correlation_id: optional(fc.constantFrom("id-1", "")),
});

const randomPolicy = `version: "1.0"
enforcement:
  on_unverified: ask
limits:
  max_complexity: 2
  max_file_size: 50
  max_changes_per_operation: 3
protected:
  files: ["*.env"]
  operations: ["chmod"]
operations:
  custom:
    format: ["write"]
`;

describe("roads", () => {
  it("INV-4 command line and HTTP answer 1,000 random operations alike", async () => {
    using project = new Project();
    await installVectors(project, {
      name: "random",
      policy: randomPolicy,
      trust: "accepted",
      disk: [{ path: "link", link: "prod.env" }, { path: "folder/a.env", bytes: 3 }],
      scenarios: [],
    });
    const seed = chooseSeed("decision roads");
    const sampled = fc.sample(wire, { numRuns: 1_000, seed });
    const operations: readonly JsonObject[] = sampled.map((each) =>
      JSON.parse(JSON.stringify(each))
    );
    // What is denied is remembered from one commit to the next, and a batch is cut into commits by
    // its length, refusals of the command line included: both roads get the same lists.
    const valid = operations.filter(isOperation);
    const invalid = operations.filter((operation) => !isOperation(operation));
    const install = await openInstall(surroundingsOf(project), {
      root: project.root,
      role: "library",
    });
    const decided = (await askCommandLine(project, valid)).lines.map((line) => parseAnswer(line));
    const decidedOverHttp = await askHttpBatch(install.engine, valid);
    const refused = (await askCommandLine(project, invalid)).lines.map((line) => parseAnswer(line));
    const single = createHttpRoad(install.engine);
    const refusedOverHttp: Answer[] = [];
    for (const operation of invalid) refusedOverHttp.push(await single(operation));
    await install.close();
    const overHttp = [...decidedOverHttp, ...refusedOverHttp];
    const answers = [...decided, ...refused];
    for (const [i, operation] of [...valid, ...invalid].entries()) {
      assertEquals(overHttp[i], answers[i], `seed ${seed}: ${JSON.stringify(operation)}`);
    }
    // Not all alike because all are refused: each kind of answer occurs.
    for (const decision of ["allow", "ask", "deny"]) {
      const seen = answers.some((answer) => "decision" in answer && answer.decision === decision);
      assert(seen, `seed ${seed}: no ${decision} among the answers`);
    }
    assert(refused.length > 0 && refused.every((answer) => "refused" in answer), `seed ${seed}`);
    const { exit, stdout } = await project.run(["replay", "--all"]);
    assertEquals(exit, 0, `seed ${seed}: ${stdout}`);
  });
});
