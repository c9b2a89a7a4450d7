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
  const hook = ["hook", "claude-code"];
  const read = encode(project, { tool_name: "Read", tool_input: { file_path: "src/app.ts" } });
  const edit = encode(project, {
    tool_name: "Write",
    tool_input: { file_path: "src/app.ts", content: "export const x = 1;\n" },
  });
  const command = encode(project, { tool_name: "Bash", tool_input: { command: "ls -l src" } });
  const times = {
    empty: [] as number[],
    allow: [] as number[],
    deny: [] as number[],
    read: [] as number[],
    write: [] as number[],
    command: [] as number[],
  };
  // Taken in turn, so that a machine that slows down slows all.
  for (let round = 0; round < rounds; round++) {
    times.empty.push(await wallMs(empty, [], project));
    times.allow.push(await wallMs(compiled.command[0] ?? "", allow, project));
    times.deny.push(await wallMs(compiled.command[0] ?? "", deny, project));
    times.read.push(await wallMs(compiled.command[0] ?? "", hook, project, read));
    times.write.push(await wallMs(compiled.command[0] ?? "", hook, project, edit));
    times.command.push(await wallMs(compiled.command[0] ?? "", hook, project, command));
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
  return [
    row("check_allow_p50", times.allow, 1.6),
    row("check_deny_p50", times.deny, 1.6),
    row("hook_read_p50", times.read, 1.7),
    row("hook_write_p50", times.write, 1.7),
    row("hook_command_p50", times.command, 2.2),
  ];
}

function encode({ root }: Project, tool: object): string {
  return JSON.stringify({
    session_id: "s",
    cwd: root,
    hook_event_name: "PreToolUse",
    tool_use_id: "t",
    ...tool,
  });
}

async function wallMs(
  program: string,
  args: readonly string[],
  project: Project,
  stdin: string | null = null,
): Promise<number> {
  const start = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: project.root,
    clearEnv: true,
    env: { HOME: project.home },
    stdin: stdin === null ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== null) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  await child.output();
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
