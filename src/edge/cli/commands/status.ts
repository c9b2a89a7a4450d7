/**
 * `sealward status`: what is in force here, at a glance.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { findApprovals } from "./approval_findings.ts";
import { printAnswer } from "./print.ts";
import { findPolicyFaults } from "./policy_findings.ts";
import { renderFacts } from "./render_facts.ts";
import { findingsExit, renderFindings } from "./render_findings.ts";

export const statusCommand: Command<CliContext> = {
  path: ["status"],
  summary: "Show what is in force here",
  description:
    "Facts, then what stands in each line of policy, manifest, lock, budgets and approvals: " +
    "OK, WARN or FAIL with its fix. `sealward doctor` looks at everything else too.",
  examples: [{ command: "sealward status", what: "policy, mode, trust, log head, places" }],
  flags: [],
  exits: [
    [0, "policy accepted, tail of the log intact"],
    [1, "not initialised, or could not look"],
    [2, "nobody has accepted the policy"],
    [5, "policy or log was tampered with"],
  ],
  run: runStatus,
};

async function runStatus(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const root = parsed.flags.text("root");
  const road = { root, server: null, tokenPath: null, keyPath: null };
  if (context.host.isGuarded(root) && context.host.road(road) !== null) {
    return await (await import("./status_guarded.ts")).askStatus(context, parsed);
  }
  const install = await context.host.open({ root, role: "one-shot", runsChecks: false });
  const policy = await install.engine.verifyPolicy(install.principal);
  const head = await install.log.head();
  const drift = await install.readDrift?.() ?? null;
  const approvals = await findApprovals(install, policy);
  await install.close();
  const { message, manifest = null } = policy;
  const facts = {
    root: install.paths.root,
    policy: policy.status,
    mode: policy.mode,
    policy_digest: policy.policy_digest,
    accepted_digest: policy.accepted_digest,
    install: install.guard === null ? "local" : "guarded",
    protection: install.guard === null
      ? "same user: changes are detected, not prevented"
      : "the engine has its own user: an agent cannot change policy, keys or log",
    head_seq: head.seq,
    head_mac: head.mac,
    log: install.paths.logPath,
    log_fingerprint: install.record.fingerprint,
    state: install.paths.stateFolder,
    audit_secret: install.secretSource,
    ...(drift === null ? {} : { drift: drift.message }),
  };
  const seen = { nowMs: Date.now(), isGuarded: install.guard !== null };
  const findings = [...findPolicyFaults(policy, seen), ...approvals];
  const text = parsed.format === "table"
    ? renderFacts(context, facts) + renderFindings(findings, context.render("table"))
    : renderJson({ schema_version: 1, ...facts, message, manifest, findings }, parsed.format);
  printAnswer(context, parsed, text);
  return findingsExit(findings);
}
