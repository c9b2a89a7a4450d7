/**
 * The request a module on trial is asked.
 *
 * @module
 */
import { nameByDisk } from "../../../core/check/name_file.ts";
import { operationRequest } from "../../../core/check/operation_request.ts";
import { maxOperationBytes } from "../../../core/limits.ts";
import type { Operation } from "../../../core/operation/operation.ts";
import { parseOperationText } from "../../../core/operation/parse_operation.ts";
import { decodeUtf8 } from "../../../core/strict_json.ts";
import { loadToolReader } from "../../../pdp/load_tool_reader.ts";
import type { ParsedArguments } from "../command.ts";
import type { CheckWorkshop } from "../check_workshop.ts";
import type { Host } from "../host.ts";
import { usageError } from "../usage_error.ts";

/** @throws {EngineError} `usage` where none is named; `operation_invalid`, `operation_too_large`. */
export async function readTrialOperation(
  host: Host,
  { flags }: ParsedArguments,
): Promise<Operation> {
  const path = flags.text("operation");
  if (path === null) {
    throw usageError("No operation given", "give --operation FILE, or - for standard input");
  }
  const bytes = await host.readInput(path === "-" ? null : path, maxOperationBytes);
  return parseOperationText(decodeUtf8(bytes));
}

/** With the effects it would have here: command lines are read as the engine reads them. */
export async function trialRequest(
  { disk }: Pick<CheckWorkshop, "disk">,
  asking: Parameters<typeof operationRequest>[0],
  operation: Operation,
): Promise<Uint8Array<ArrayBuffer>> {
  const { needsShell, planEffects } = await import("../../../core/operation/plan_effects.ts");
  const plan = needsShell(operation) ? await planner(disk) : null;
  // By no policy: nobody knows any tool.
  const planTool = (await loadToolReader([operation]))?.createPlanner(new Map()) ?? null;
  const { effects } = planEffects(operation, new Map(), plan, planTool);
  const { affectedFiles, cwd } = operation;
  const named = effects.flatMap(({ kind, resource }) => kind === "path" ? [resource] : []);
  const paths = new Map([...affectedFiles, ...named].map((path) => {
    return [path, { view: disk.resolve(path, cwd) }];
  }));
  return operationRequest(asking, operation, effects, nameByDisk({ root: disk.root, paths }, cwd));
}

async function planner(disk: CheckWorkshop["disk"]) {
  const { createPlanner, loadPrograms } = await import(
    "../../../core/decision/command_planner.ts"
  );
  const { compilePatterns } = await import("../../../core/policy/compile_patterns.ts");
  await loadPrograms();
  // By no policy: nothing is protected but what always is.
  const policy = { protectedFiles: compilePatterns([], ["protected", "files"]) };
  return createPlanner({ disk, policy, wasWritten: () => false });
}
