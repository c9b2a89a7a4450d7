import { binaryPath, Project } from "../support/sealward.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

const rounds = 20;

/** What `exec` adds to the start of a program that ends at once, against `verify` by itself. */
export async function benchExec(): Promise<readonly BenchRow[]> {
  using project = new Project();
  await project.init();
  // The other user works there.
  for (const folder of [project.folder, project.root]) Deno.chmodSync(folder, 0o755);
  const user = Deno.uid() === 0 ? ["--uid", "64777"] : ["--same-uid"];
  const lines = {
    alone: ["/bin/true"],
    verify: [binaryPath, "verify", "--quiet"],
    exec: [binaryPath, "exec", ...user, "--", "/bin/true"],
    serve: [binaryPath, "exec", "--serve", ...user, "--", "/bin/true"],
  };
  const times = { alone: [0], verify: [0], exec: [0], serve: [0] };
  for (const samples of Object.values(times)) samples.pop();
  // Taken in turn, so that a machine that slows down slows all.
  for (let round = 0; round < rounds; round++) {
    for (const name of ["alone", "verify", "exec", "serve"] as const) {
      times[name].push(await wallMs(lines[name], project));
    }
  }
  const alone = median(times.alone);
  const baseline = { name: "verify", value: median(times.verify), unit: "ms" };
  const row = (name: string, samples: readonly number[], limit: number) => {
    const value = median(samples) - alone;
    const met = value <= limit * baseline.value;
    return benchRow({ name, value, unit: "ms", baseline, target: `<= ${limit} x`, met });
  };
  return [
    row("exec_adds_p50", times.exec, 2),
    row("exec_serve_adds_p50", times.serve, 3),
  ];
}

async function wallMs([program = "", ...args]: readonly string[], project: Project) {
  const start = performance.now();
  const { code } = await new Deno.Command(program, {
    args,
    cwd: project.root,
    clearEnv: true,
    env: { HOME: project.home },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return performance.now() - start;
}
