/**
 * `sealward init`: from nothing to a working local install.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import type { PolicySnapshot } from "../../../core/integrity/policy_snapshot.ts";
import type { PolicyStatus } from "../../../pdp.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, Host, InstallRecord } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { agreeToPolicy } from "./agree_to_policy.ts";
import { describePins } from "./describe_pins.ts";
import { printAnswer, say } from "./print.ts";

export const initCommand: Command<CliContext> = {
  path: ["init"],
  summary: "Set up policy, keys and log here",
  description: "Writes a starter policy (or keeps the one that is there), makes keys, tokens and " +
    "the log, and accepts the policy. The starter policy observes: only Sealward's own files are " +
    "guarded.\n\n" +
    "With --guarded, as root: a user for the engine, keys and log in /var/lib/sealward, the policy in " +
    "/etc/sealward as root's, a unit for systemd; the project is only read (docs/guarded.md). Where a " +
    "key is trusted a policy counts only when it is signed.",
  examples: [
    { command: "sealward init", what: "starter policy, observe mode" },
    { command: "sealward init --guide", what: "the guide's policy, enforced" },
    {
      command: "sealward init --forward-secure /media/usb/audit.root",
      what: "the audit secret is the auditor's alone",
    },
    {
      command: "sudo sealward init --guarded --agent alice",
      what: "out of the reach of the agent that runs as alice",
    },
  ],
  flags: [
    { name: "guide", kind: "boolean", description: "Write the guide's policy instead" },
    { name: "yes", kind: "boolean", description: "Accept a policy that is there without asking" },
    {
      name: "forward-secure",
      kind: "string",
      value: "FILE",
      description: "Put the audit secret there for an auditor, keep none here",
    },
    {
      name: "guarded",
      kind: "boolean",
      description: "The engine under its own user, the policy root's; run it as root",
    },
    { name: "agent", kind: "string", value: "USER", description: "Guarded: who is judged" },
    {
      name: "engine-user",
      kind: "string",
      value: "USER",
      description: "Guarded: who judges; made when missing (sealward)",
    },
    {
      name: "port",
      kind: "string",
      value: "PORT",
      description: "Guarded: port on 127.0.0.1 (8787)",
    },
  ],
  exits: [
    [0, "ready"],
    [1, "already set up, or could not write"],
    [2, "the policy that is there was not accepted"],
    [3, "the policy that is there is invalid"],
  ],
  run: runInit,
};

async function runInit(context: CliContext, parsed: ParsedArguments): Promise<number> {
  if (parsed.flags.isSet("guarded")) {
    return await (await import("./init_guarded.ts")).runInitGuarded(context, parsed);
  }
  for (const name of ["agent", "engine-user", "port"]) {
    if (parsed.flags.text(name) === null) continue;
    throw usageError(`--${name} is for a guarded install`, "give --guarded too");
  }
  return await runInitLocal(context, parsed);
}

async function runInitLocal(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  // Here, not in a parent that has one: init makes installs, it does not look for them.
  const root = parsed.flags.text("root") ?? host.cwd;
  const paths = host.paths(root);
  // Every refusal comes before anything is made, so that the next init meets no remains of this.
  await host.requireNew(root);
  const forget = await planForgetting(host, root, parsed.flags.text("forward-secure"));
  const isOwn = !host.exists(paths.policyPath);
  if (!isOwn && parsed.flags.isSet("guide")) {
    throw usageError(
      `Cannot write the guide's policy: ${paths.policyPath} is there`,
      "move it away, or leave out --guide to keep it",
    );
  }
  if (!isOwn) say(context, parsed, `keeping the policy that is there: ${paths.policyPath}`);
  const mustBeSigned = (await host.policySigner()).trustedKeys.length > 0;
  const made: string[] = [];
  const make = async () => {
    const write = (path: string, text: string) => {
      if (host.exists(path)) return;
      made.push(path);
      host.writeNewFile(path, text);
    };
    if (isOwn) await writePolicy(write, paths.policyPath, parsed.flags.isSet("guide"));
    await host.refuseFaultyPolicy(root);
    const snapshot = host.readPolicy(root);
    if (!mustBeSigned) await agreeToOthers(context, parsed, snapshot, isOwn);
    writeIgnore(write, paths.policyPath);
    return { snapshot, record: await host.createInstall(root) };
  };
  const { snapshot, record } = await make().catch((error) => {
    // On a disk that is full half-way, for one: the next init must not take our files for yours.
    host.removeFiles(made);
    throw error;
  });
  return await finish(context, parsed, { root, isOwn, mustBeSigned, snapshot, record, forget });
}

/** What init made, before anything counts. */
interface Made {
  readonly root: string;
  readonly isOwn: boolean;
  readonly mustBeSigned: boolean;
  readonly snapshot: PolicySnapshot;
  readonly record: InstallRecord;
  readonly forget: () => Promise<readonly string[]>;
}

async function finish(context: CliContext, parsed: ParsedArguments, made: Made): Promise<number> {
  const { host } = context;
  const { root, isOwn, mustBeSigned, snapshot, record } = made;
  const paths = host.paths(root);
  const seq = mustBeSigned ? null : (await host.acceptPolicy(root, snapshot)).seq;
  for (const line of await made.forget()) say(context, parsed, line);
  const status = mustBeSigned ? await putInForce(host, root) : null;
  const facts = {
    root: record.root,
    policy_digest: snapshot.digest,
    seq,
    ...(status === null ? {} : { policy: status }),
  };
  const isGuide = parsed.flags.isSet("guide");
  const text = parsed.format === "table"
    ? summary(oneLine(paths.policyPath), { isOwn, isGuide, status })
    : renderJson({ schema_version: 1, ...facts, state: paths.stateFolder }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}

/** What we have just written needs no question; what somebody else wrote, beside it too, does. */
async function agreeToOthers(
  context: CliContext,
  parsed: ParsedArguments,
  snapshot: PolicySnapshot,
  isOwn: boolean,
): Promise<void> {
  if (isOwn && snapshot.inputs.length === 1) return;
  const notes = await describePins(snapshot);
  agreeToPolicy(context, parsed, { snapshot, previous: new Map(), notes });
}

/** Looks at the policy as the first decision would: a signed one is in force from here. */
async function putInForce(host: Host, root: string): Promise<PolicyStatus> {
  const install = await host.open({ root, role: "one-shot", runsChecks: false });
  try {
    return await install.engine.verifyPolicy();
  } finally {
    await install.close();
  }
}

/** Leaves the root secret to an auditor, once the install is there; what to do then, in lines. */
async function planForgetting(
  host: Host,
  root: string,
  file: string | null,
): Promise<() => Promise<readonly string[]>> {
  if (file === null) return () => Promise.resolve([]);
  const path = host.absolute(file);
  const keeper = await host.auditKeeper(root);
  keeper.requireSecretOut(path);
  if (host.exists(path)) throw usageError(`Cannot write ${path}: it is there`, "name a new file");
  return async () => {
    const plan = await keeper.planForwardSecure(path);
    await plan.run();
    return plan.next;
  };
}

type WriteNew = (path: string, text: string) => void;

async function writePolicy(write: WriteNew, policyPath: string, isGuide: boolean): Promise<void> {
  const { exampleTests, guidePolicy, starterPolicy } = await import(
    "../../../core/policy/starter_policy.ts"
  );
  const { policyJsonSchema } = await import("../../../core/policy/json_schema.ts");
  write(policyPath, isGuide ? guidePolicy : starterPolicy);
  const schemaPath = policyPath.replace(/policy\.yaml$/, "policy.schema.json");
  write(schemaPath, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
  const testsPath = policyPath.replace(/policy\.yaml$/, "tests/example.yaml");
  write(testsPath, exampleTests);
}

/** The log is this machine's: committed, it would stand without its keys in every clone. */
function writeIgnore(write: WriteNew, policyPath: string): void {
  write(policyPath.replace(/policy\.yaml$/, ".gitignore"), "audit.log\naudit.log.d/\n");
}

function summary(policyPath: string, made: {
  readonly isOwn: boolean;
  readonly isGuide: boolean;
  /** Where this host trusts signed policies only. */
  readonly status: PolicyStatus | null;
}): string {
  const { isOwn, isGuide, status } = made;
  const what = isOwn ? (isGuide ? "the guide's policy" : "a starter policy") : "your policy";
  const isInForce = status === null || status.status === "trusted";
  return [
    status === null
      ? `Ready: ${what} at ${policyPath} is accepted.`
      : isInForce
      ? `Ready: ${what} at ${policyPath} is signed and in force.`
      : `Made, and not ready: everything is denied. ${status.message}.`,
    "A local install detects tampering by this user; it cannot prevent it.",
    "",
    "Next:",
    "  1. sealward hook install claude-code                    wire an agent (or codex, ...)",
    "  2. sealward check --type file_write --file src/app.ts   ask for a decision yourself",
    "  3. sealward report                                      see what was done and stopped",
    lastStep(made, isInForce),
    "",
  ].join("\n");
}

function lastStep(
  { isOwn, isGuide, status }: Parameters<typeof summary>[1],
  isInForce: boolean,
): string {
  if (!isInForce || (status !== null && isOwn)) {
    return "  4. sealward policy sign --key FILE                      put it in force on this host";
  }
  return isOwn && !isGuide
    ? "  4. edit the policy (mode: enforce), then sealward policy accept"
    : "  4. sealward verify                                      policy and log";
}
