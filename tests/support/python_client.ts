/** How tests run programs that use the Python client. */
import { binaryPath, type Outcome, type Project } from "./sealward.ts";

const checkout = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const folders = ["src/client/python", "docs/examples", "tests/support/python"];

export interface PythonOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** A program of the examples, or of tests/support/python, in the project's root. */
export function runPython(
  project: Project,
  [script = "", ...args]: readonly string[],
  { env = {}, stdin = "" }: PythonOptions = {},
): Promise<Outcome> {
  const path = script.includes("/")
    ? `${checkout}/${script}`
    : `${checkout}/${folders[2]}/${script}`;
  const program = { name: "python3", command: ["python3", "-B", path] };
  return project.run(args, {
    program,
    stdin,
    env: {
      PATH: `${binaryFolder()}:${Deno.env.get("PATH") ?? ""}`,
      PYTHONPATH: folders.map((folder) => `${checkout}/${folder}`).join(":"),
      ...env,
    },
  });
}

/** The compiled program's folder, to be found on PATH as a user's would be. */
export function binaryFolder(): string {
  return binaryPath.replace(/\/[^/]*$/, "");
}

/** Runs a program that prints one JSON document. */
export async function askPython(
  project: Project,
  command: readonly string[],
  options: PythonOptions = {},
): Promise<Record<string, unknown>> {
  const { exit, stdout, stderr } = await runPython(project, command, options);
  if (exit !== 0) throw new Error(`python3 ended with ${exit}: ${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

/** Where a client in this project finds a server's address, token and key. */
export function serverVariables(url: string): Readonly<Record<string, string>> {
  return { SCALPEL_SERVER: url };
}
