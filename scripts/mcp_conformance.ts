// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Runs the official conformance suite of MCP twice, against a server (or a client) itself and with
 * `sealward mcp --http` between the two, under a policy that allows everything, and compares check by
 * check. What differs and is not promised in docs/mcp.md fails.
 *
 *   task build && task test:mcp-conformance [LEG...]
 */
import { startMcpHttp } from "../tests/e2e/fixtures/start_mcp_http.ts";
import { compareChecks, type Difference } from "../tests/support/conformance/compare_checks.ts";
import {
  runFixture,
  type RunningServer,
  runProxiedClient,
  runSuite,
  startEverything,
  startFixture,
} from "../tests/support/conformance/conformance_programs.ts";
import { type Check, readChecks } from "../tests/support/conformance/suite_checks.ts";
import { McpProject } from "../tests/support/mcp_project.ts";
import { sessionPolicy } from "../tests/support/mcp_sessions.ts";
import { compiled } from "../tests/support/sealward.ts";

interface Leg {
  readonly name: string;
  /** Whether the details of each check are compared too. */
  readonly isWhole: boolean;
  readonly run: (project: McpProject | null) => Promise<readonly Check[]>;
  /** Scenarios that differ, and the promise by which they do. */
  readonly promised: Readonly<Record<string, string>>;
}

async function runInto(args: readonly string[]): Promise<readonly Check[]> {
  const folder = Deno.makeTempDirSync({ prefix: "conformance_" });
  try {
    const [command = "", ...rest] = runSuite([...args, "-o", folder]);
    // Its exit status says whether all passed, which is not what is asked here.
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    await new Deno.Command(command, { args: rest, ...quiet }).spawn().status;
    return readChecks(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function testServer(start: () => Promise<RunningServer>, revision: string): Leg["run"] {
  const suite = async (url: string) =>
    await runInto(["server", "--url", url, "--requirements", revision]);
  return async (given) => {
    await using server = await start();
    if (given === null) return await suite(server.url);
    const proxy = await startMcpHttp(given.project, compiled, server.url);
    const checks = await suite(proxy.url);
    await proxy.stop();
    return checks;
  };
}

function testClient(scenarios: readonly string[], revision: string): Leg["run"] {
  return async (given) => {
    const client = given === null
      ? runFixture("client")
      : runProxiedClient([given.project.root, given.project.home]);
    const checks: Check[] = [];
    for (const scenario of scenarios) {
      const args = ["--command", client.join(" "), "--scenario", scenario];
      checks.push(...await runInto(["client", ...args, "--spec-version", revision]));
    }
    return checks;
  };
}

const ownHost = { "dns-rebinding-protection": "the proxy refuses another Host or Origin itself" };
const legs: readonly Leg[] = [
  ...["2025-11-25", "2026-07-28"].map((revision) => ({
    name: `server:${revision}`,
    isWhole: true,
    run: testServer(startFixture, revision),
    promised: ownHost,
  })),
  {
    name: "everything:2025-11-25",
    // It has none of the suite's tools: the words of a refusal are the proxy's.
    isWhole: false,
    run: testServer(startEverything, "2025-11-25"),
    promised: {
      ...ownHost,
      "server-sse-polling": "a tool that the server does not list is not called",
    },
  },
  {
    name: "client:2025-11-25",
    isWhole: true,
    run: testClient([
      ...["initialize", "tools_call", "elicitation-sep1034-client-defaults", "sse-retry"],
      "json-schema-2020-12-preservation",
    ], "2025-11-25"),
    promised: {},
  },
  {
    name: "client:2026-07-28",
    isWhole: true,
    run: testClient([
      ...["tools_call", "request-metadata", "sep-2322-client-request-state"],
      ...["http-standard-headers", "http-custom-headers", "http-invalid-tool-headers"],
      ...["json-schema-ref-no-deref", "json-schema-2020-12-preservation"],
    ], "2026-07-28"),
    promised: {},
  },
];

function count(checks: readonly Check[]): string {
  const by = Object.entries(Object.groupBy(checks, ({ status }) => status));
  return by.map(([status, all = []]) => `${all.length} ${status}`).sort().join(", ");
}

function report({ scenario, bare, proxied }: Difference): void {
  console.log(`  DIFFERENT ${scenario}\n    without ${bare}\n    with    ${proxied}`);
}

/** @returns Whether everything is as promised. */
async function compareLeg({ name, isWhole, run, promised }: Leg): Promise<boolean> {
  using given = new McpProject(compiled);
  await given.init(sessionPolicy);
  const bare = await run(null);
  const proxied = await run(given);
  const scenarios = new Set(bare.map(({ scenario }) => scenario));
  console.log(`${name}: ${scenarios.size} scenarios, ${bare.length} checks: ${count(bare)}`);
  const differences = compareChecks(bare, proxied, isWhole);
  const unpromised = differences.filter(({ scenario }) => !Object.hasOwn(promised, scenario));
  for (const difference of unpromised) report(difference);
  for (const [scenario, why] of Object.entries(promised)) {
    const isThere = differences.some((one) => one.scenario === scenario);
    console.log(`  ${isThere ? "as promised" : "NO LONGER DIFFERENT"}: ${scenario} (${why})`);
    if (!isThere) return false;
  }
  return unpromised.length === 0 && bare.length > 0;
}

const wanted = legs.filter(({ name }) => Deno.args.length === 0 || Deno.args.includes(name));
let isSame = wanted.length > 0;
for (const leg of wanted) isSame = await compareLeg(leg) && isSame;
console.log(isSame ? "The same with and without the proxy." : "Not the same.");
Deno.exit(isSame ? 0 : 1);
