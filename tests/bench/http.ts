import { bundled, Project } from "../support/sealward.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

const connections = 64;
const requests = 6_000;
const rounds = 3;
const decoder = new TextDecoder();

interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly statuses: Record<string, number>;
}

/** Durable decisions over HTTP against a bare Hono echo, both on this Deno. */
export async function benchHttp(): Promise<readonly BenchRow[]> {
  using project = new Project();
  project.write("src/app.ts", "export const x = 1;\n");
  await project.init();
  const server = start(bundled.command, ["serve", "--port", "0"], project);
  const echo = start(
    [Deno.execPath(), "run", "--quiet", "--allow-net", "tests/bench/hono_echo.ts"],
    [],
    null,
  );
  try {
    const ports = {
      server: await portOf(server.stderr, /127\.0\.0\.1:(\d+)/),
      echo: await portOf(echo.stdout, /(\d+)/),
    };
    const token = Deno.readTextFileSync(`${project.stateFolder()}/tokens/agent`).trim();
    const idle = { server: await residentMb(server.pid), echo: await residentMb(echo.pid) };
    const loads = { server: [] as Load[], echo: [] as Load[] };
    for (let round = 0; round < rounds; round++) {
      loads.echo.push(await load(ports.echo, token, project));
      loads.server.push(await load(ports.server, token, project));
    }
    const loaded = { server: await residentMb(server.pid), echo: await residentMb(echo.pid) };
    return [
      ...rows(loads),
      memoryRow("server_rss_idle", idle),
      memoryRow("server_rss_after_load", loaded),
    ];
  } finally {
    for (const child of [server, echo]) {
      child.kill("SIGTERM");
      await child.status;
    }
  }
}

function memoryRow(
  name: string,
  { server, echo }: { readonly server: number; readonly echo: number },
): BenchRow {
  return benchRow({
    name,
    value: server,
    unit: "MB",
    baseline: { name: "bare Hono echo at that time", value: echo, unit: "MB" },
    target: "<= 90 MB",
    met: server <= 90,
  });
}

function rows(
  loads: { readonly server: readonly Load[]; readonly echo: readonly Load[] },
): readonly BenchRow[] {
  const of = (kind: readonly Load[], key: "perSecond" | "p99Ms") => median(kind.map((l) => l[key]));
  const echo = of(loads.echo, "perSecond");
  const server = of(loads.server, "perSecond");
  const p99 = of(loads.server, "p99Ms");
  return [
    benchRow({
      name: "http_decisions_durable_64_connections",
      value: server,
      unit: "per s",
      baseline: { name: "bare Hono echo", value: echo, unit: "per s" },
      target: ">= 0.4 x",
      met: server >= 0.4 * echo,
    }),
    benchRow({
      name: "http_decision_p99",
      value: p99,
      unit: "ms",
      baseline: { name: "bare Hono echo p99", value: of(loads.echo, "p99Ms"), unit: "ms" },
      target: "< 10 ms",
      met: p99 < 10,
    }),
  ];
}

function start(command: readonly string[], args: readonly string[], project: Project | null) {
  const [program = "", ...before] = command;
  return new Deno.Command(program, {
    args: [...before, ...args],
    ...(project === null ? {} : {
      cwd: project.root,
      clearEnv: true,
      env: { HOME: project.home },
    }),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function portOf(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<number> {
  let text = "";
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`server ended: ${text}`);
    text += decoder.decode(value);
    const port = pattern.exec(text)?.[1];
    if (port !== undefined) {
      // Keep the pipe drained, or the server stops when it is full.
      void drain(reader);
      return Number(port);
    }
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

async function load(port: number, token: string, project: Project): Promise<Load> {
  const body = JSON.stringify({ type: "file_write", affected_files: ["src/app.ts"] });
  const file = `${project.folder}/request`;
  await Deno.writeTextFile(
    file,
    [
      "POST /v1/check HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      `Authorization: Bearer ${token}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "",
      body,
    ].join("\r\n"),
  );
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-net",
      "--allow-read",
      "tests/bench/http_load.ts",
      ...[port, connections, requests].map(String),
      file,
    ],
  }).output();
  if (!success) throw new Error(decoder.decode(stderr));
  const result: Load = JSON.parse(decoder.decode(stdout));
  if (result.statuses["200"] !== requests) throw new Error(JSON.stringify(result.statuses));
  return result;
}

// Deno guards /proc: a shell reads it.
async function residentMb(pid: number): Promise<number> {
  const script = `sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/${pid}/status`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  return Number(decoder.decode(stdout)) / 1024;
}
