/** The guide's Python examples, verbatim but for the imported name, against program and server. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { createApproverClient } from "../../src/approver_client.ts";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { unnamedSecret } from "../support/override_project.ts";
import { askPython, serverVariables } from "../support/python_client.ts";
import { compiled, Project } from "../support/sealward.ts";

const folder = new URL("../vectors/guide", import.meta.url).pathname;
const examples = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`).sort();
const workflow = examples.filter((path) => path.includes("override_workflow"));

/** The guide's policy, with the tools of the example's MCP server named. */
const policy = `version: "1.0"
limits: {max_complexity: 10, max_file_size: 10000, max_changes_per_operation: 100}
protected:
  files: ["*.config", "*.env", ".scalpel/*"]
  operations: ["delete", "chmod", "chown"]
rules:
  - {id: notes, match: {tools: [read_note, write_note]}, effect: warn}
`;

async function install(): Promise<Project> {
  using opened = new DisposableStack();
  const project = opened.use(new Project());
  project.write(".scalpel/policy.yaml", policy);
  await project.init(["--yes"]);
  opened.move();
  return project;
}

interface Ran {
  readonly printed: readonly string[];
  readonly raised: readonly (readonly [string, string])[];
}

function expectGuide(project: Project, results: Record<string, unknown>): void {
  const interfaces = Object.entries(results).filter(([name]) => name.includes("_api_"));
  assertEquals(interfaces.map(([, differences]) => differences), [[], [], [], [], []]);
  const ran = (name: string) => results[name] as Ran;
  const names = (name: string) => ran(name).raised.map(([type]) => type);
  // "This will raise PolicyModificationError", says the guide, and nothing else does.
  assertEquals(names("01_basic_usage"), ["PolicyModificationError"]);
  assertEquals(ran("07_human_override_workflow"), { printed: [], raised: [] });
  assertEquals(ran("08_custom_event_types"), { printed: [], raised: [] });
  const batch = ran("09_batch_policy_checks");
  assertEquals(batch.raised, []);
  assertEquals(batch.printed.slice(0, 2), [
    "✓ file_write on [PosixPath('file1.py')] allowed",
    "✓ file_write on [PosixPath('file2.py')] allowed",
  ]);
  assertMatch(batch.printed[2] ?? "", /^✗ file_delete blocked: .*delete/);
  assertEquals([names("10_with_mcp_server"), names("11_with_agent_frameworks")], [[], []]);
  assertEquals(results["server"], ["wrote note.txt", "PolicyModificationError"]);
  const events = ["TASK_EXECUTION", "TASK_SUCCESS", "TASK_EXECUTION", "TASK_FAILURE"];
  assertEquals(results["agent"], ["built", "ZeroDivisionError", events]);
  assertEquals(project.read("note.txt"), "hello");
  assert(![...Deno.readDirSync(project.root)].some(({ name }) => name === "prod.env"));
  assertEquals((Deno.statSync(project.path(".scalpel/policy.yaml")).mode ?? 0) & 0o777, 0o444);
}

describe("SEED-15 the guide's Python examples", () => {
  it("do what the guide says, with the program on PATH", async () => {
    using project = await install();
    expectGuide(project, await askPython(project, ["run_guide.py", ...examples]));
    assertEquals((await project.run(["audit", "verify"])).exit, 0);
  });

  it("do the same through a server", async () => {
    using project = await install();
    const server = await startServer(project, compiled);
    const env = serverVariables(server.url);
    try {
      expectGuide(project, await askPython(project, ["run_guide.py", ...examples], { env }));
    } finally {
      await server.stop();
    }
    // The server decided: the entries say so.
    const { value } = await project.json(["audit", "query", "--type", "audit.decision"]);
    const entries = value["entries"] as { details: { principal: string } }[];
    assert(entries.length > 5);
    assertEquals([...new Set(entries.map(({ details }) => details.principal))], ["token:agent"]);
  });

  it("BIND-03 wait for a person, whose approval they print and proceed by", async () => {
    using project = await install();
    const secret = unnamedSecret();
    const secretFile = `${project.home}/totp`;
    Deno.writeTextFileSync(secretFile, secret.text, { mode: 0o600 });
    const server = await startServer(project, compiled, { SCALPEL_TOTP_SECRET_FILE: secretFile });
    const read = (name: string) => Deno.readTextFileSync(`${project.stateFolder()}/${name}`).trim();
    const approver = createApproverClient({
      url: server.url,
      publicKey: decodeBase64(read("keys/server.pub")),
      token: read("tokens/approver"),
      timeoutMs: 20_000,
    });
    const env = serverVariables(server.url);
    const running = askPython(project, ["run_guide.py", ...workflow], { env });
    try {
      let pending = (await approver.list()).pending;
      for (let tries = 0; pending.length === 0 && tries < 200; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        pending = (await approver.list()).pending;
      }
      const requestId = pending[0]?.request_id ?? "";
      const { phrase } = await approver.show(requestId);
      await approver.approve({
        requestId,
        phrase,
        justification: "agreed in review",
        grant: { kind: "once" },
        proof: { kind: "totp", approver: null, code: secret.code(Date.now() / 1000) },
      });
      const { printed, raised } = (await running)["07_human_override_workflow"] as Ran;
      assertEquals(raised, []);
      assertMatch(printed[0] ?? "", /^Override approved by ./);
      assertMatch(printed[1] ?? "", /^Valid until: \d{4}-\d\d-\d\d /);
    } finally {
      await running.catch(() => null);
      await server.stop();
    }
  });
});
