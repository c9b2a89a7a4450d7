/**
 * Law R1: every decision the vectors lead to is made again from the log and what is kept beside it,
 * after the project's files are gone.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openInstall } from "../../src/compose/open_install.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import type { Engine } from "../../src/pdp.ts";
import type { ReplayResult } from "../../src/core/replay/replay_result.ts";
import {
  createHttpRoad,
  earlierAt,
  installVectors,
  loadDecisionVectors,
  operationAt,
  surroundingsOf,
} from "../support/decision_vectors.ts";
import { Project } from "../support/sealward.ts";

async function replayAll(engine: Engine): Promise<readonly ReplayResult[]> {
  const results: ReplayResult[] = [];
  for await (const result of engine.replay({ first: 0, last: Infinity })) results.push(result);
  return results;
}

/** Everything but the log and its folder; the policy too. */
function removeFiles(root: string): void {
  for (const { name } of Deno.readDirSync(root)) {
    if (name !== ".scalpel") Deno.removeSync(`${root}/${name}`, { recursive: true });
  }
  Deno.removeSync(`${root}/.scalpel/policy.yaml`);
}

describe("R1 vectors/decision", () => {
  for (const vectors of loadDecisionVectors()) {
    it(`${vectors.name}: ${vectors.scenarios.length} scenarios are replayed`, async () => {
      using project = new Project();
      await installVectors(project, vectors);
      const request = { root: project.root, role: "library" } as const;
      const install = await openInstall(surroundingsOf(project), request);
      const ask = createHttpRoad(install.engine);
      const asked = vectors.scenarios.flatMap((scenario) => [
        ...earlierAt(project.root, scenario),
        operationAt(project.root, scenario),
      ]);
      // Some in one commit, some alone.
      const half = asked.length >> 1;
      const together = await Promise.all(asked.slice(0, half).map(ask));
      const answers = [...together];
      for (const operation of asked.slice(half)) answers.push(await ask(operation));
      const readable = asked.filter((_operation, i) => "decision" in (answers[i] ?? {}))
        .map(parseOperation);
      // As the library asks.
      await install.engine.check(readable, "library", { readsUnknownAsTool: true });
      await install.engine.check(readable, "library", { scope: "protected_files" });
      await install.engine.check(readable, "hook", { unmeasured: "unverified" });
      removeFiles(project.root);
      const results = await replayAll(install.engine);
      await install.close();
      assertEquals(results.filter(({ status }) => status !== "agrees"), []);
      assertEquals(results.length, 4 * readable.length);
      // A file of refusals alone has no decision.
      assert(results.length > 0 || vectors.name === "refused");
    });
  }
});
