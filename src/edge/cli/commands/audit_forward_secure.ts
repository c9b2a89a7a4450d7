/**
 * `sealward audit forward-secure`: takes the root secret off this host.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { agreeToKeeping, yesFlag } from "./agree_to_keeping.ts";
import { printAnswer } from "./print.ts";

export const auditForwardSecureCommand: Command<CliContext> = {
  path: ["audit", "forward-secure"],
  summary: "Keep the audit secret off this host",
  description: "Writes the root secret to a file for the auditor, keeps only the secret of the " +
    "current epoch and erases that with each closed segment. Whoever takes this host's keys can " +
    "then not rewrite what was closed before. Here audit verify says UNVERIFIABLE of older " +
    "segments; the auditor gives it --root-secret-file.",
  examples: [
    {
      command: "sealward audit forward-secure --secret-out /media/usb/audit.root",
      what: "look, then answer y; then take the medium away",
    },
  ],
  flags: [
    {
      name: "secret-out",
      kind: "string",
      value: "FILE",
      description: "New file for the root secret, outside the workspace",
    },
    yesFlag,
  ],
  exits: [
    [0, "done"],
    [1, "could not write, or a secret cannot be used"],
    [2, "not confirmed, or done before: nothing was changed"],
    [5, "log tampered with: nothing was changed"],
    [64, "no such file can be made"],
  ],
  run: runAuditForwardSecure,
};

async function runAuditForwardSecure(
  context: CliContext,
  parsed: ParsedArguments,
): Promise<number> {
  const out = parsed.flags.text("secret-out");
  if (out === null) throw usageError("No file was given", "say where to: --secret-out FILE");
  const keeper = await context.host.auditKeeper(parsed.flags.text("root"));
  const plan = await keeper.planForwardSecure(context.host.absolute(out));
  agreeToKeeping(context, parsed, {
    lines: [
      `the root secret, from ${plan.source}, will be written to:`,
      ...plan.files.map((file) => `  ${file}`),
      `this host keeps the secret of epoch ${plan.epoch} only; losing the file loses the past`,
    ],
    question: "Take the root secret off this host?",
  });
  await plan.run();
  const { files, epoch, next } = plan;
  const text = parsed.format === "table"
    ? [`forward secure from epoch ${epoch} on`, ...next, ""].join("\n")
    : renderJson({ schema_version: 1, files, epoch, next }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}
