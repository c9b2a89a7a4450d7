/**
 * `sealward audit rotate-key`: goes on under another root secret.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { KeyChangePlan, KeyChangeReport } from "../audit_keeper.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { agreeToKeeping, reasonFlag, requireReason, yesFlag } from "./agree_to_keeping.ts";
import { printAnswer } from "./print.ts";

export const auditRotateKeyCommand: Command<CliContext> = {
  path: ["audit", "rotate-key"],
  summary: "Go on under another audit secret",
  description: "Closes the segment; the old secret announces the new one in the log, the new one " +
    "answers. Entries of before stay verifiable with the old secret: one that init made is kept " +
    "in keys/replaced. Cut short, the same command ends it.",
  examples: [
    { command: 'sealward audit rotate-key --reason "yearly"', what: "a new random secret" },
    {
      command: "sealward audit rotate-key --new-secret-file /run/new --reason leak",
      what: "yours; needed where the secret is not kept in the state folder",
    },
  ],
  flags: [
    {
      name: "new-secret-file",
      kind: "string",
      value: "FILE",
      description: "A 0600 file with the new secret",
    },
    reasonFlag,
    yesFlag,
  ],
  exits: [
    [0, "changed"],
    [1, "could not write, or a secret cannot be used"],
    [2, "not confirmed, or not another secret: nothing was changed"],
    [5, "log tampered with: the log is under the old secret"],
    [64, "no new secret was given where none may be stored"],
  ],
  run: runAuditRotateKey,
};

async function runAuditRotateKey(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const reason = requireReason(parsed);
  const file = parsed.flags.text("new-secret-file");
  const keeper = await host.auditKeeper(parsed.flags.text("root"));
  const plan = keeper.planKeyChange(file === null ? null : host.absolute(file));
  agreeToKeeping(context, parsed, { lines: describe(plan), question: "Change the secret?" });
  const report = await plan.run(reason);
  const next = nextSteps(plan);
  const text = parsed.format === "table"
    ? `segment ${report.segment} is under key ${report.to}; before it was ${report.from}\n` +
      next.map((line) => `${line}\n`).join("")
    : renderJson(wire(report, next), parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}

function wire(report: KeyChangeReport, next: readonly string[]): Record<string, unknown> {
  return { schema_version: 1, ...report, next };
}

function describe({ source, from, to, isBegun }: KeyChangePlan): readonly string[] {
  return [
    `the secret in use is key ${from}, from ${source}`,
    isBegun
      ? `a change to key ${to} was cut short and will be ended`
      : to === null
      ? "a new random secret will take its place"
      : `key ${to} will take its place`,
  ];
}

/** What is left to people. */
function nextSteps({ home, source, from }: KeyChangePlan): readonly string[] {
  switch (home) {
    case "stored":
      return [`the old secret is kept in keys/replaced/${from}: older entries verify with it`];
    case "given":
      return [
        `now give the new secret in ${source}: with the old one nothing opens any more`,
        "keep the old one: `sealward audit verify` needs it for older entries",
      ];
    case "epoch":
      return ["keep both secrets off this host: the auditor needs each for its entries"];
  }
}
