/**
 * Ourselves: an agent that may run the engine's own commands must not disarm it by them.
 *
 * @module
 */
import type { Invocation, ProgramUse } from "../program_use.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import { known, UseBuilder } from "./use_builder.ts";

/** Commands that look, ask or record; nothing in force changes by them. */
const harmless: ReadonlySet<string> = new Set([
  "check",
  "verify",
  "status",
  "doctor",
  "drift",
  "exec",
  "report",
  "replay",
  "test",
  "explain",
  "version",
  "help",
  "completion",
  "serve",
  "audit record",
  "audit verify",
  "audit verify-proof",
  "audit verify-segment",
  "audit join-segments",
  "audit query",
  "audit stats",
  "audit export",
  "audit checkpoint",
  "audit prove",
  "audit tail",
  "policy lint",
  "policy verify",
  "policy schema",
  "checks list",
  "checks inspect",
  "checks test",
  // What they write they say by an option, or stands below.
  "checks pin",
  "checks new",
  "override list",
  "override show",
  "override wait",
  "hook status",
  "hook claude-code",
  "hook codex",
  "hook gemini",
  "hook cursor",
  "hook copilot",
  "hook vscode",
  "hook generic",
]);

/** One of each host: whoever judges by files then denies the command. */
const hookFiles = [
  ".claude/settings.json",
  ".codex/hooks.json",
  ".gemini/settings.json",
  ".cursor/hooks.json",
  ".github/hooks/sealward-copilot.json",
  ".github/hooks/sealward-vscode.json",
];

/** Files that the other commands change, for whoever judges by files. */
const changed: Readonly<Record<string, readonly string[]>> = {
  "init": [".scalpel/policy.yaml"],
  "audit rotate": [".scalpel/audit.log"],
  "audit prune": [".scalpel/audit.log"],
  "audit archive": [".scalpel/audit.log"],
  "audit rotate-key": [".scalpel/audit.log"],
  "audit forward-secure": [".scalpel/audit.log"],
  "audit accept-rollback": [".scalpel/audit.log"],
  "policy accept": [".scalpel/policy.yaml"],
  "checks add": [".scalpel/checks"],
  "policy sign": [".scalpel/policy.manifest.json", ".scalpel/policy.manifest.json.sig"],
  "policy lock": [".scalpel/policy.yaml"],
  "policy install": ["/etc/sealward/client.json"],
  "policy unlock": [".scalpel/policy.yaml"],
  // An approval that an agent gives itself is none, and no policy that asks about what is unverified
  // may make it one.
  "override approve": [".scalpel/audit.log"],
  "override deny": [".scalpel/audit.log"],
  "override revoke": [".scalpel/audit.log"],
  "override enroll": [".scalpel/audit.log"],
  "override unenroll": [".scalpel/audit.log"],
  "override accept-clock": [".scalpel/audit.log"],
  "hook install": hookFiles,
  "hook uninstall": hookFiles,
};

/** A human's, and why: what they change at once stands above, where there is something. */
const humans: Readonly<Record<string, string>> = {
  "override approve": "a person approves an exception, and nobody for them",
  "override deny": "a person answers a request for an exception",
  "override revoke": "a person takes an exception back",
  "override enroll": "a person becomes able to approve exceptions",
  "override accept-clock": "a person says what time it is, and approvals end",
  "override unenroll": "a person ceases to be able to approve exceptions",
  "policy keygen": "it makes a key that signs policies",
  "checks run": "it runs a module that nobody has pinned",
  "checks bench": "it runs a module that nobody has pinned",
};

const options = "-hq root: color: format: output> proposed-policy> json quiet help yes guide " +
  "dry-run scope: server: on-unenrolled: token-file< server-key< program: host: type: file: " +
  "metadata: command: cwd: timestamp: correlation-id: batch verbose -v since: until: session: " +
  "agent: top: severity: details: limit: follow port: permissions key: line< all anchor: checkpoint< root-secret-file< " +
  "seals threads: as: out> as-test min-severity: principal: decision: policy: after: " +
  "strict skip-tree write keep: before: reason: segments: to> new-secret-file< secret-out> forward-secure> " +
  "candidate< report> checks coverage fail-on-uncovered watch allow-empty filter: guarded engine-user: " +
  "prepare policy-version: project: min-engine: expires-at: expires-in: signer: comment: " +
  "acknowledge: backtest< without-backtest to-sign> justification: kind: pattern: recovery " +
  "signature< phrase: timeout: algorithm: svg> replace " +
  "serve beside uid: same-uid name: http: approval-url: describe " +
  "operation< abi: entrypoint: result: settings< data< isolation: limit: id: lang:";

export function readSealward(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, options);
  builder.options(read);
  const root = optionValues(read, "root").at(-1);
  if (root !== undefined) builder.folder = root;
  const [first, second, third] = read.operands;
  const words = [first, second].map((word) => word?.isKnown === true ? word.text : "");
  const command = [words[0] ?? "", words.join(" ")].find((name) =>
    harmless.has(name) || name in changed || name in humans
  );
  if (command === "policy schema" && hasOption(read, "write")) {
    builder.touch("write", known(".scalpel/policy.schema.json"));
  }
  if (command === "checks pin" && hasOption(read, "write")) {
    builder.touch("write", known(".scalpel/policy.yaml"));
  }
  if (command === "checks new" && third !== undefined && !hasOption(read, "output")) {
    builder.touch("create", third);
  }
  // What `mcp` lets through is its policy's matter, and stays unverified; what it starts is seen.
  if (words[0] === "exec" || words[0] === "mcp") builder.argv(read.operands.slice(1));
  if (words[0] === "exec" && hasOption(read, "uid")) builder.unverified("it becomes another user");
  if (command !== undefined && harmless.has(command)) return builder.end();
  const why = humans[command ?? ""];
  if (why !== undefined) builder.unverified(why);
  for (const file of changed[command ?? ""] ?? []) builder.touch("write", known(file));
  if (command === undefined && first !== undefined) {
    builder.unverified("nobody knows this command of sealward");
  }
  return builder.end();
}
