// deno-lint-ignore-file no-console -- what is stopped without need is worth reading, green or red
/**
 * The shell vectors, decided by the binary on a planted project. That the hostile ones really do
 * harm and the harmless ones none is proved in tests/system/shell_suite_test.ts.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";
import {
  decideVectors,
  installStarter,
  listDecisions,
  type VectorDecision,
} from "../support/shell_decisions.ts";
import { plantShellProject } from "../support/shell_project.ts";
import {
  groupVectors,
  loadHarmless,
  loadHostile,
  type ShellVector,
} from "../support/shell_vectors.ts";

/** Share of the everyday commands that may be stopped. */
const maxStoppedShare = 0.02;

/** A project of its own for each list: what one writes must not taint what the other runs. */
async function decideAll<V extends ShellVector>(
  vectors: readonly V[],
): Promise<readonly VectorDecision<V>[]> {
  using project = new Project();
  plantShellProject(project.root, project.home);
  await installStarter(project);
  return await decideVectors(project, vectors);
}

// Attacks in several steps need the disk of the step before: the system suite plays them.
const hostile = loadHostile().filter(({ steps }) => steps.length === 1);
const harmless = loadHarmless();
let hostileDecisions: ReturnType<typeof decideAll> | null = null;

describe("shell/hostile", () => {
  for (const { title, vectors } of groupVectors(hostile)) {
    it(`${title}: none of ${vectors.length} commands is allowed`, async () => {
      const decisions = await (hostileDecisions ??= decideAll(hostile));
      const allowed = decisions.filter(({ vector, last }) => {
        return last.decision === "allow" && vectors.some(({ name }) => name === vector.name);
      });
      assertEquals(allowed.length, 0, `allowed:${listDecisions(allowed)}`);
    });
  }
});

describe("shell/harmless", () => {
  it(`at most ${100 * maxStoppedShare} % of ${harmless.length} commands are stopped`, async () => {
    const decisions = await decideAll(harmless);
    const denied = decisions.filter(({ last }) => last.decision === "deny");
    const asked = decisions.filter(({ last }) => last.decision === "ask");
    const counts = `${denied.length} denied, ${asked.length} asked, of ${harmless.length}`;
    const report = `${counts}${listDecisions([...denied, ...asked])}`;
    if (denied.length + asked.length > 0) console.log(report);
    assert(denied.length + asked.length <= maxStoppedShare * harmless.length, report);
  });
});
