import { decodeBase64 } from "@std/encoding/base64";
import { createClient } from "../../src/client.ts";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { askPython } from "../support/python_client.ts";
import { compiled, Project } from "../support/sealward.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

const checks = 600;
const operation = { type: "file_write", affected_files: ["src/app.ts"] };

/**
 * One check after another over loopback, durable, signed and verified, by each client; against the
 * same request and answer without a client and without proof.
 */
export async function benchClient(): Promise<readonly BenchRow[]> {
  using project = new Project();
  await project.init();
  const server = await startServer(project, compiled);
  try {
    const state = project.stateFolder();
    const read = (name: string) => Deno.readTextFileSync(`${state}/${name}`).trim();
    const token = read("tokens/agent");
    const client = createClient({
      url: server.url,
      token,
      publicKey: decodeBase64(read("keys/server.pub")),
    });
    const bare = () => askBare(`${server.url}/v1/check`, token, '"allowed":true');
    const check = () => client.check(operation);
    using floor = await openFloor(project, token);
    await measure([floor.ask, bare, check], 100);
    // In turn: a machine that others use is slow and fast by the second.
    const [floorMs = NaN, bareMs = NaN, typescriptMs = NaN] = await measure(
      [floor.ask, bare, check],
      checks,
    );
    const paths = [`${state}/tokens/agent`, `${state}/keys/server.pub`];
    const python = await askPython(project, [
      "time_checks.py",
      server.url,
      ...paths,
      String(checks),
    ]);
    const baseline = { name: "bare request without proof", value: bareMs, unit: "ms" };
    return [
      benchRow({
        name: "client_bare_request_p50",
        value: bareMs,
        unit: "ms",
        baseline: {
          name: "a bare Hono echo and 1 KiB written durably",
          value: floorMs,
          unit: "ms",
        },
        target: "none",
        met: true,
      }),
      clientRow("client_typescript_check_p50", typescriptMs, baseline),
      clientRow("client_python_check_p50", Number(python["p50"]), baseline),
      benchRow({
        name: "client_python_own_work_p50",
        value: Number(python["own_p50"]),
        unit: "ms",
        baseline,
        target: "none",
        met: true,
      }),
      benchRow({
        name: "client_python_first_check",
        value: Number(python["first"]),
        unit: "ms",
        baseline,
        target: "none",
        met: true,
      }),
    ];
  } finally {
    await server.stop();
  }
}

function clientRow(name: string, value: number, baseline: BenchRow["baseline"]): BenchRow {
  return benchRow({ name, value, unit: "ms", baseline, target: "<= 1 ms", met: value <= 1 });
}

/** The median of each, asked one after the other, `count` times. */
async function measure(
  asks: readonly (() => Promise<unknown>)[],
  count: number,
): Promise<readonly number[]> {
  const samplesMs: number[][] = asks.map(() => []);
  for (let i = 0; i < count; i++) {
    for (const [index, ask] of asks.entries()) {
      const start = performance.now();
      await ask();
      samplesMs[index]?.push(performance.now() - start);
    }
  }
  return samplesMs.map(median);
}

async function askBare(url: string, token: string, wanted: string): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "authorization": `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(operation),
  });
  if (!(await response.text()).includes(wanted)) throw new Error(`no ${wanted}`);
}

/** What a durable answer costs on this machine before anything is decided. */
async function openFloor(project: Project, token: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-net", "tests/bench/hono_echo.ts"],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  const file = Deno.openSync(project.path("floor"), { write: true, create: true, append: true });
  const entry = new Uint8Array(1_024);
  return {
    ask: async () => {
      await askBare(`http://127.0.0.1:${value?.trim()}/v1/check`, token, operation.type);
      file.writeSync(entry);
      file.syncDataSync();
    },
    [Symbol.dispose]: () => {
      file.close();
      child.kill("SIGTERM");
    },
  };
}
