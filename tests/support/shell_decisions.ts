/**
 * Asks the compiled binary about the shell vectors, under the starter policy once it enforces.
 */
import type { Project } from "./sealward.ts";
import type { ShellVector } from "./shell_vectors.ts";

/** What the engine answered about one step. */
export interface StepDecision {
  readonly decision: "allow" | "ask" | "deny";
  /** Its entry in the log; null when there was a refusal instead of a decision. */
  readonly decisionId: string | null;
  readonly reason: string;
}

/** Steps up to the first that is not allowed: an agent that is stopped there comes no further. */
export interface VectorDecision<V extends ShellVector> {
  readonly vector: V;
  readonly steps: readonly StepDecision[];
  readonly last: StepDecision;
}

/** Makes an install of a project that has everything but `.scalpel/`. */
export async function installStarter(project: Project): Promise<void> {
  await project.init([]);
  const policy = project.read(".scalpel/policy.yaml");
  const enforced = policy.replace("mode: observe", "mode: enforce");
  if (enforced === policy) throw new Error("the starter policy has no mode to change");
  project.overwrite(".scalpel/policy.yaml", enforced);
  const { exit, stderr } = await project.run(["policy", "accept", "--yes"]);
  if (exit !== 0) throw new Error(`policy accept failed with ${exit}: ${stderr}`);
}

/** Asks about all steps of all vectors in one batch; nothing is run between them. */
export async function decideVectors<V extends ShellVector>(
  project: Project,
  vectors: readonly V[],
): Promise<readonly VectorDecision<V>[]> {
  const asked = vectors.flatMap(({ steps, cwd }) => steps.map((command) => ({ command, cwd })));
  const answers = await decideCommands(project, asked);
  let next = 0;
  return vectors.map((vector) => {
    const own = answers.slice(next, next += vector.steps.length);
    const stop = own.findIndex(({ decision }) => decision !== "allow");
    const steps = stop === -1 ? own : own.slice(0, stop + 1);
    return { vector, steps, last: lastOf(steps) };
  });
}

/** One line in, one line out; fails when they do not match. */
export async function decideCommands(
  project: Project,
  commands: readonly { readonly command: string; readonly cwd: string | null }[],
): Promise<readonly StepDecision[]> {
  const stdin = commands.map(({ command, cwd }) => {
    return `${JSON.stringify({ type: "command", command, ...(cwd === null ? {} : { cwd }) })}\n`;
  }).join("");
  const { stdout, stderr } = await project.run(["check", "--batch"], { stdin });
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (lines.length !== commands.length) {
    throw new Error(`${commands.length} commands, ${lines.length} answers: ${stderr}`);
  }
  return lines.map((line) => parseAnswer(JSON.parse(line)));
}

// deno-lint-ignore no-explicit-any -- a line of output, of which only this much is read
function parseAnswer(line: any): StepDecision {
  if (line.error !== undefined) {
    // A refusal is no permission either.
    if (line.allowed !== false) throw new Error(JSON.stringify(line));
    return { decision: "deny", decisionId: null, reason: line.error.code };
  }
  const { decision, allowed, decision_id: decisionId, reason } = line;
  const isKnown = decision === "allow" || decision === "ask" || decision === "deny";
  if (!isKnown || allowed !== (decision === "allow")) throw new Error(JSON.stringify(line));
  return { decision, decisionId, reason };
}

/** Names and commands, for people; long commands are cut. */
export function listDecisions<V extends ShellVector>(
  decisions: readonly VectorDecision<V>[],
): string {
  return decisions.map(({ vector, last }) => {
    const command = (vector.steps.at(-1) ?? "").slice(-160).replaceAll("\n", "\n      ");
    return `\n  ${last.decision}: ${vector.name} (${last.reason})\n      ${command}`;
  }).join("");
}

function lastOf(steps: readonly StepDecision[]): StepDecision {
  const last = steps.at(-1);
  if (last === undefined) throw new Error("a vector without a command");
  return last;
}
