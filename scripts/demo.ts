// deno-lint-ignore-file no-console -- a demo talks to its terminal
/**
 * Builds the binary and lets it do its main job on a throw-away project: allow, deny, record,
 * verify, catch a tampered policy, catch a tampered log. Fails when any step ends otherwise than
 * it must.
 */
import { compiled, Project } from "../tests/support/sealward.ts";

interface Step {
  readonly says: string;
  readonly args: readonly string[];
  readonly exit: number;
  readonly stdin?: string;
  readonly expects?: string;
}

const content = "def f(x):\n" + "    if x:\n        x = 1\n".repeat(11);
const operation = {
  type: "code_modification",
  affected_files: ["src/app.py"],
  content,
};

const steps: readonly Step[] = [
  { says: "Set up: the guide's policy, keys, log", args: ["init", "--guide"], exit: 0 },
  {
    says: "An agent wants to write a source file: allowed",
    args: ["check", "--type", "file_write", "--file", "src/app.ts"],
    exit: 0,
    expects: "ALLOW",
  },
  {
    says: "A protected file: denied",
    args: ["check", "--type", "file_write", "--file", "config/prod.env"],
    exit: 2,
    expects: "protected.files",
  },
  {
    says: "The same file through ..: denied",
    args: ["check", "--type", "file_write", "--file", "src/../config/prod.env"],
    exit: 2,
    expects: "protected.files",
  },
  {
    says: "A protected operation: denied",
    args: ["check", "--type", "file_delete", "--file", "src/app.ts"],
    exit: 2,
    expects: "protected.operations",
  },
  {
    says: "A limit, measured from the content and not from what the agent claims: denied",
    args: ["check", "-"],
    stdin: JSON.stringify({ ...operation, metadata: { complexity: 1 } }),
    exit: 2,
    expects: "limits.max_complexity",
  },
  { says: "Policy and log verify", args: ["verify"], exit: 0, expects: "OK" },
];

const decoder = new TextDecoder();

async function show(project: Project, step: Step): Promise<void> {
  const input = step.stdin === undefined ? "" : " < operation.json";
  console.log(`\n# ${step.says}\n$ sealward ${step.args.join(" ")}${input}`);
  const { exit, stdout, stderr } = await project.run(step.args, { stdin: step.stdin ?? "" });
  console.log(`${stdout}${stderr}exit ${exit}`);
  if (exit !== step.exit) throw new Error(`exit ${exit}: wanted ${step.exit}`);
  if (!`${stdout}${stderr}`.includes(step.expects ?? "")) throw new Error(`no "${step.expects}"`);
}

async function tamperPolicy(project: Project): Promise<void> {
  const path = ".scalpel/policy.yaml";
  const before = project.read(path);
  console.log(`\n# The agent edits the policy behind the engine's back`);
  project.overwrite(path, before.replace('    - "*.env"\n', ""));
  await show(project, {
    says: "The very next question is denied, whatever it is",
    args: ["check", "--type", "file_read", "--file", "src/app.ts"],
    exit: 5,
    expects: "accept",
  });
  project.overwrite(path, before);
  await show(project, {
    says: "Restored: decisions are made again, and the log says what happened",
    args: ["audit", "query", "--severity", "CRITICAL"],
    exit: 0,
    expects: "state.policy_tampered",
  });
}

async function tamperLog(project: Project): Promise<void> {
  const path = ".scalpel/audit.log";
  const lines = project.read(path).split("\n");
  const edited = lines.map((line, seq) => seq === 3 ? line.replace("deny", "dEny") : line);
  console.log(`\n# Somebody edits entry 3 of the log`);
  project.overwrite(path, edited.join("\n"));
  await show(project, {
    says: "The edit is found, with its sequence number",
    args: ["audit", "verify"],
    exit: 5,
    expects: "3",
  });
}

async function build(): Promise<void> {
  const output = await new Deno.Command(Deno.execPath(), { args: ["task", "build"] }).output();
  if (!output.success) throw new Error(decoder.decode(output.stderr));
  // All of it: a build on another base than the official one says so here.
  console.log(decoder.decode(output.stderr).trim());
}

try {
  await build();
  using project = new Project();
  console.log(`# ${compiled.command[0]?.replace(/^.*\/dist/, "dist")} in an empty project`);
  for (const step of steps) await show(project, step);
  await tamperPolicy(project);
  await tamperLog(project);
  console.log("\ndemo: every step ended as it must");
} catch (error) {
  console.error(`\ndemo: FAILED: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
