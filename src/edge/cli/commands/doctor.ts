/**
 * `sealward doctor`: what is wrong with this install, and what to do about it.
 *
 * @module
 */
import { toEngineError } from "../../../core/errors.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CheckWorkshop } from "../check_workshop.ts";
import type { CliContext, Finding } from "../host.ts";
import { renderTable } from "../table.ts";
import { findApprovals, readEnrolled } from "./approval_findings.ts";
import { findCheckFaults } from "./check_findings.ts";
import { findHooks } from "./hook_findings.ts";
import { findPolicyFaults } from "./policy_findings.ts";
import { printAnswer } from "./print.ts";
import { findingsExit, renderFindings } from "./render_findings.ts";

export const doctorCommand: Command<CliContext> = {
  path: ["doctor"],
  summary: "Look for what is wrong with this install",
  examples: [
    { command: "sealward doctor", what: "findings, each with its fix" },
    { command: "sealward doctor --permissions", what: "what is held before and after sealing" },
  ],
  description: "In a guarded install the engine's user sees all of it: " +
    "`sudo -u sealward sealward doctor --root DIR`. Root sees less, others only the program and " +
    "what is theirs.",
  flags: [{
    name: "permissions",
    kind: "boolean",
    description: "Seal, then show what was held before and after",
  }],
  exits: [
    [0, "nothing is broken; WARN lines are worth reading"],
    [1, "something is broken"],
    [2, "nobody trusts the policy"],
    [5, "policy or log was tampered with"],
  ],
  run: runDoctor,
};

async function runDoctor(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const root = parsed.flags.text("root");
  if (parsed.flags.isSet("permissions")) return await showPermissions(context, parsed, root);
  const seen = [...await context.host.examine(root), ...await findHooks(context, root)];
  const workshop = await openWorkshop(context, root);
  // Last: from here on the process is sealed.
  const findings = [...seen, ...await findEngineFaults(context, root, workshop)];
  await workshop?.close();
  const exit = findingsExit(findings);
  const text = parsed.format === "table"
    ? renderFindings(findings, context.render("table"))
    : renderJson({ schema_version: 1, healthy: exit === 0, findings }, parsed.format);
  printAnswer(context, parsed, text);
  return exit;
}

/** Before sealing: it starts what runs checks. Null where there is no file of one. */
async function openWorkshop(
  { host }: CliContext,
  root: string | null,
): Promise<CheckWorkshop | null> {
  const { policyPath } = host.paths(root);
  const folder = `${policyPath.slice(0, policyPath.lastIndexOf("/"))}/checks`;
  if (!host.exists(folder)) return null;
  return await host.openCheckWorkshop({ root, runs: "many", seals: false });
}

/** What only an open engine knows: the policy it would decide by, and that it is sealed. */
async function findEngineFaults(
  { host }: CliContext,
  root: string | null,
  workshop: CheckWorkshop | null,
): Promise<readonly Finding[]> {
  try {
    const install = await host.open({ root, role: "one-shot", runsChecks: false });
    const message = "sealed: nothing but the log can be written, no program can be started";
    const sealed: Finding = { level: "OK", subject: "permissions", message };
    try {
      const policy = await install.engine.verifyPolicy(install.principal);
      const seen = { nowMs: Date.now(), isGuarded: install.guard !== null };
      const inbox = policy.overrides?.inbox ?? null;
      return [
        ...findPolicyFaults(policy, seen),
        ...await findCheckFaults(host, workshop, { root, status: policy }),
        ...await findApprovals(install, policy),
        ...await host.examineEnrolled(root, await readEnrolled(install, policy)),
        ...(inbox === null ? [] : await host.examineInbox(root, inbox)),
        sealed,
      ];
    } finally {
      await install.close();
    }
  } catch (error) {
    const { exit, message, hint } = toEngineError(error);
    const fix = hint === null ? {} : { fix: hint };
    const status = exit === 5 || exit === 2 ? exit : 1;
    return [{ level: "FAIL", subject: "engine", message, ...fix, exit: status }];
  }
}

async function showPermissions(
  context: CliContext,
  parsed: ParsedArguments,
  root: string | null,
): Promise<number> {
  const install = await context.host.open({
    root,
    role: "one-shot",
    explains: true,
    runsChecks: false,
  });
  await install.close();
  const { before, after } = install.permissions;
  const rows = before.map(({ name, state }, index) => ({
    permission: name,
    before: state,
    after: after[index]?.state ?? "denied",
  }));
  const options = context.render("table");
  const text = parsed.format === "table"
    ? renderTable(
      [{ header: "permission" }, { header: "before" }, { header: "after" }],
      rows.map((row) => [{ text: row.permission }, { text: row.before }, { text: row.after }]),
      { style: options.style, width: options.width },
    )
    : renderJson({ schema_version: 1, permissions: rows }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}
