/**
 * `sealward status` of a guarded install, for who is not its engine: what the server says.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import type { Json, JsonObject } from "../../../core/operation/operation.ts";
import type { PolicyStatus } from "../../../pdp.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import { renderJson } from "../../render.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext, Finding } from "../host.ts";
import { findApprovalFaults } from "./approval_findings.ts";
import { findPolicyFaults } from "./policy_findings.ts";
import { printAnswer } from "./print.ts";
import { renderFacts } from "./render_facts.ts";
import { renderFindings } from "./render_findings.ts";

/** 0 trusted, 2 not accepted, 5 anything else: an answer nobody understands is no good news. */
export async function askStatus(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const root = parsed.flags.text("root");
  const road = host.road({ root, server: null, tokenPath: null, keyPath: null });
  const { url = "" } = road ?? {};
  const connection = await host.connect({ url, tokenPath: null, keyPath: null, root, outputs: [] });
  const status = await connection.status();
  await connection.close();
  const drift = status["drift"] ?? null;
  const facts = {
    root: host.paths(root).root,
    policy: status["policy_trust"],
    status: status["status"],
    mode: status["mode"],
    policy_digest: status["policy_digest"],
    accepted_digest: status["accepted_digest"],
    install: "guarded",
    protection: "the engine has its own user: an agent cannot change policy, keys or log",
    server: url,
    drift: isJsonObject(drift) ? drift["message"] : null,
    message: status["message"],
  };
  const findings = findingsOf(status);
  const text = parsed.format === "table"
    ? renderFacts(context, Object.fromEntries(Object.entries(facts).map(plain))) +
      renderFindings(findings, context.render("table"))
    : renderJson({ schema_version: 1, ...facts, drift, findings }, parsed.format);
  printAnswer(context, parsed, text);
  return exits[String(status["status"])] ?? 5;
}

/** None of a server that says what this version does not know. */
function findingsOf(status: JsonObject): readonly Finding[] {
  if (!(String(status["status"]) in exits)) return [];
  // The server's key is pinned, and it answers with PolicyStatus.
  const policy = status as unknown as PolicyStatus;
  return [
    ...findPolicyFaults(policy, { nowMs: Date.now(), isGuarded: true }),
    ...findApprovalFaults(policy, { listing: null, isGuarded: true }),
  ];
}

const exits: Readonly<Record<string, number>> = { trusted: 0, unaccepted: 2, tampered: 5 };

/** SECURITY: names of the agent's files reach a terminal here. */
function plain([name, value]: [string, Json | undefined]): [string, string | null] {
  return [name, typeof value === "string" ? oneLine(value) : null];
}
