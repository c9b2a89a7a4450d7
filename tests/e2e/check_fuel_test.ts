/**
 * The same module and request spend the same fuel: run after run, in another process or the engine's
 * own, one-shot or server, compiled or under Deno; and when a decision is replayed.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { HostileCheck } from "../support/hostile_checks.ts";
import { accept, linesOf, place } from "../support/hostile_project.ts";
import { runawayChecks } from "../support/runaway_checks.ts";
import { bundled, compiled, type Program, Project } from "../support/sealward.ts";
import { ask } from "./fixtures/ask.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { startServer } from "./fixtures/start_server.ts";

const runs = 300;
const operation = {
  type: "command",
  command: "cat forbidden src/a.ts",
  timestamp: "2026-01-01T00:00:00Z",
};
const vectors = new URL("../vectors/wasm/", import.meta.url);

/** What compilers made, and what runs out of fuel, of stack, and of memory. */
const checks: readonly HostileCheck[] = [
  ...["c_native", "assemblyscript_native", "c_wasi", "rust_wasi"].map((name): HostileCheck => ({
    title: name,
    code: null,
    abi: name.endsWith("wasi") ? "wasi-cmd" : "native-1",
    build: () => Deno.readFileSync(new URL(`${name}/forbidden_word.wasm`, vectors)),
  })),
  ...runawayChecks.filter(({ title }) =>
    /endless (?:loop|recursion|growth|recursion of large frames)$|all the memory/.test(title)
  ),
];

async function inProject(isolation: string, body: (project: Project) => Promise<void>) {
  using project = new Project();
  await project.init();
  const lines: string[] = [];
  for (const [index, check] of checks.entries()) {
    const placed = await place(project, check, { id: `c${index}`, file: "" });
    const all = linesOf(placed).replace(/ {4}match: .*\n/, "");
    // Generous: who is late is not who spends more.
    lines.push(`${all}    isolation: ${isolation}\n    limits: {deadline_ms: 5000}\n`);
  }
  await accept(project, `version: "1.0"\nchecks:\n${lines.join("")}`);
  await body(project);
}

/** Each check's module, input, code and fuel; one line for each that is different. */
async function spentIn(project: Project): Promise<ReadonlySet<string>> {
  const entries = await readEntries(project, ["--type", "audit.decision"]);
  const lines = entries.flatMap(({ details }) =>
    details["checks"] as readonly Record<string, unknown>[]
  );
  assertEquals(lines.length, entries.length * checks.length);
  return new Set(
    lines.map(({ id, module, input, code, status, fuel }) =>
      JSON.stringify([id, module, input, code ?? status, fuel])
    ),
  );
}

async function askServer(project: Project, program: Program, times: number): Promise<void> {
  const server = await startServer(project, program);
  try {
    for (let run = 0; run < times; run++) {
      const response = await server.fetch("/v1/check", { body: operation });
      assertEquals((await response.json()).allowed, false);
    }
  } finally {
    assertEquals(await server.stop(), 0, server.said());
  }
}

describe("fuel", () => {
  it(`R1 is the same over ${runs} runs of a server, in one-shots, compiled and under Deno`, async () => {
    assert(checks.length >= 8, `${checks.length}`);
    const spent = new Set<string>();
    await inProject("process", async (project) => {
      await askServer(project, compiled, runs);
      await askServer(project, bundled, 10);
      for (const program of [compiled, bundled, compiled]) {
        await ask(project, operation, { program });
      }
      for (const line of await spentIn(project)) spent.add(line);
    });
    await inProject("inline", async (project) => {
      await askServer(project, compiled, runs);
      await askServer(project, bundled, 10);
      for (const program of [compiled, bundled]) await ask(project, operation, { program });
      for (const line of await spentIn(project)) spent.add(line);
    });
    assertEquals(spent.size, checks.length, [...spent].sort().join("\n"));
  });

  for (const isolation of ["process", "inline"]) {
    it(`R1 is the same when a decision is replayed with its checks, ${isolation}`, async () => {
      await inProject(isolation, async (project) => {
        const { decision } = await ask(project, operation);
        const seq = `${decision.audit.seq}`;
        for (const program of [compiled, bundled]) {
          const { exit, value } = await project.json(["replay", seq, "--checks"], { program });
          assertEquals([exit, value["agrees"]], [0, 1], JSON.stringify(value));
        }
      });
    });
  }
});
