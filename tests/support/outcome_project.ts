/** An accepted install in a throw-away project, with the engine open in this process. */
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { acceptPolicy } from "../../src/compose/accept_policy.ts";
import { createInstall } from "../../src/compose/create_install.ts";
import { findLayout } from "../../src/compose/environment.ts";
import { openInstall } from "../../src/compose/open_install.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { Decision } from "../../src/core/decision/decision.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import type { Engine, OutcomeAnswer } from "../../src/pdp.ts";
import { surroundingsOf } from "./decision_vectors.ts";
import { Project } from "./sealward.ts";

export const policyText = (mode: string, files = '["*.env", "secrets/"]'): string =>
  `version: "1.0"
enforcement:
  mode: ${mode}
  on_unverified: ask
protected:
  files: ${files}
`;

export interface OutcomeProject {
  readonly project: Project;
  readonly engine: Engine;
  readonly check: (operation: object) => Promise<Decision>;
  readonly done: (id: string, session?: string | null) => Promise<OutcomeAnswer>;
  readonly entries: (type: string) => Promise<readonly Entry[]>;
  /** Accepts another policy, as a human would in another process. */
  readonly accept: (text: string) => Promise<void>;
  /** Opens the same install once more, as another process would. */
  readonly again: () => Promise<Engine>;
}

/** Runs `body` in a project whose policy was accepted. */
export async function inOutcomeProject(
  mode: "enforce" | "observe",
  body: (given: OutcomeProject) => Promise<void>,
): Promise<void> {
  using project = new Project();
  const surroundings = surroundingsOf(project);
  const opened: Awaited<ReturnType<typeof openInstall>>[] = [];
  const again = async () => {
    const install = await openInstall(surroundings, { root: project.root, role: "library" });
    opened.push(install);
    return install.engine;
  };
  const accept = async (text: string) => {
    project.write(".scalpel/policy.yaml", text);
    const shown = openPolicyStore(findLayout(surroundings, project.root))();
    await acceptPolicy(surroundings, project.root, shown);
  };
  project.write(".scalpel/policy.yaml", policyText(mode));
  await createInstall(surroundings, project.root);
  await accept(policyText(mode));
  const engine = await again();
  try {
    await body({
      project,
      engine,
      check: async (operation) => {
        const [decision] = await engine.check([parseOperation(operation)], "uid:1", {
          expectsOutcome: true,
        });
        if (decision === undefined) throw new Error("no decision");
        return decision;
      },
      done: (correlationId, session = "s") =>
        engine.recordOutcome({ correlationId, session, tool: "Write", status: "done" }, "uid:1"),
      entries: (type) => engine.readEvents({ type }),
      accept,
      again,
    });
  } finally {
    for (const install of opened) await install.close();
  }
}

/** Writes to a file of the project, in the wire form. */
export function writeTo(file: string, id: string, session = "s"): object {
  return {
    type: "file_write",
    affected_files: [file],
    correlation_id: id,
    agent: { name: "a", session },
  };
}
