/** A Python program waits for a person, who approves at a terminal: with the program, and by a server. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { type PtyAnswer, runInPty } from "../support/pty.ts";
import { askPython, serverVariables } from "../support/python_client.ts";
import { binaryPath, compiled, Project } from "../support/sealward.ts";
import { answers, enrolAda, why } from "../support/terminal_person.ts";

const policy = `version: "1.0"
protected: {files: ["*.env"]}
overrides: {approvers: [{name: ada}]}
`;

const atTerminal = (project: Project) => (args: readonly string[], typed: readonly PtyAnswer[]) =>
  runInPty([binaryPath, "override", ...args], {
    cwd: project.root,
    env: { HOME: project.home, COLUMNS: "120", LANG: "C.UTF-8" },
    answers: typed,
  });

/** The request that waits, as soon as there is one. */
async function pending(project: Project): Promise<string> {
  for (let tries = 0; tries < 60; tries++) {
    const { value } = await project.json(["override", "list"]);
    const [first] = value["pending"] as readonly { readonly request_id: string }[];
    if (first !== undefined) return first.request_id;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("nobody asked for an approval");
}

async function liftOnce(
  project: Project,
  env: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const ada = await enrolAda(atTerminal(project));
  const running = askPython(project, ["lift_once.py"], { env });
  const id = await Promise.race([pending(project), running.then(() => "ended")]);
  const typed = answers({ after: "Code of ada", type: () => `${ada.code()}\r` });
  const { exit, screen } = await atTerminal(project)(["approve", id], typed);
  assertEquals(exit, 0, screen);
  return await running;
}

/** What either road gives: O1, the approval lifts this operation, once. */
const expected = {
  approved: true,
  by: "ada",
  justification: why,
  is_later: true,
  valid: true,
  expired: false,
  made_up: false,
  other: "denied",
  first: "ran",
  second: "denied",
  used_up: false,
  ran: ["prod.env"],
  timed_out: [false, "Override request timed out"],
};

describe("the Python client's require_human_override", () => {
  it("BIND-01 BIND-02 BIND-03 is lifted once by a person, with the program", async () => {
    using project = new Project();
    project.write(".scalpel/policy.yaml", policy);
    await project.init(["--yes"]);
    assertEquals(await liftOnce(project, {}), expected);
    const { value } = await project.json(["audit", "query", "--decision", "allow"]);
    assertEquals((value["entries"] as unknown[]).length, 1);
  });

  it("BIND-01 BIND-02 BIND-03 is lifted once by a person, through a server", async () => {
    using project = new Project();
    project.write(".scalpel/policy.yaml", policy);
    await project.init(["--yes"]);
    const server = await startServer(project, compiled);
    try {
      assertEquals(await liftOnce(project, serverVariables(server.url)), expected);
    } finally {
      assertEquals(await server.stop(), 0);
    }
    assert((await project.run(["audit", "verify"])).exit === 0);
  });
});
