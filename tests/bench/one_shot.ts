import { evaluationBase, officialBase } from "../../scripts/runtime_base.ts";
import { compiled, Project } from "../support/sealward.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

const rounds = 40;

/** Whole-process time of one `check` against an empty program on the same base. */
export async function benchOneShot(): Promise<readonly BenchRow[]> {
  using project = new Project();
  await project.init();
  const empty = await compileEmpty(project.folder);
  const allow = ["check", "--type", "file_write", "--file", "src/app.ts", "--quiet"];
  const deny = ["check", "--type", "file_write", "--file", ".env", "--quiet"];
  const times = { empty: [] as number[], allow: [] as number[], deny: [] as number[] };
  // Taken in turn, so that a machine that slows down slows all three.
  for (let round = 0; round < rounds; round++) {
    times.empty.push(await wallMs(empty, [], project));
    times.allow.push(await wallMs(compiled.command[0] ?? "", allow, project));
    times.deny.push(await wallMs(compiled.command[0] ?? "", deny, project));
  }
  const baseline = { name: "empty compiled program", value: median(times.empty), unit: "ms" };
  const row = (name: string, samples: readonly number[], limit: number) =>
    benchRow({
      name,
      value: median(samples),
      unit: "ms",
      baseline,
      target: `<= ${limit} x`,
      met: median(samples) <= limit * baseline.value,
    });
  return [row("check_allow_p50", times.allow, 1.6), row("check_deny_p50", times.deny, 1.6)];
}

async function wallMs(program: string, args: readonly string[], project: Project) {
  const start = performance.now();
  await new Deno.Command(program, {
    args: [...args],
    cwd: project.root,
    clearEnv: true,
    env: { HOME: project.home },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  return performance.now() - start;
}

async function compileEmpty(folder: string): Promise<string> {
  const info = JSON.parse(
    await new Deno.Command(compiled.command[0] ?? "", { args: ["version", "--format", "json"] })
      .output().then(({ stdout }) => new TextDecoder().decode(stdout)),
  );
  const toolchain = new URL("../../.toolchain", import.meta.url).pathname;
  const base = info.evaluation === true ? await evaluationBase(toolchain) : officialBase();
  const source = `${folder}/empty.js`;
  await Deno.writeTextFile(source, "\n");
  const output = `${folder}/empty`;
  const result = await new Deno.Command(base.deno, {
    args: ["compile", "--quiet", "--no-config", "--no-code-cache", "--output", output, source],
    env: base.env,
  }).output();
  if (!result.success) throw new Error(new TextDecoder().decode(result.stderr));
  return output;
}
