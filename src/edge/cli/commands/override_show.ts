/**
 * `sealward override show`: a request as its approver must see it, and what SSH is to sign.
 *
 * @module
 */
import { approvalText } from "../../../core/override/approval_text.ts";
import type { ShownRequest } from "../../../pdp/override_desk.ts";
import { renderJson } from "../../render.ts";
import { type Command, type ParsedArguments, programName } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { requireSigner } from "./choose_approver.ts";
import {
  grantFlags,
  justificationFlag,
  onRoad,
  parseWantedGrant,
  readId,
  requestPositional,
  roadFlags,
} from "./override_flags.ts";
import { printAnswer, say } from "./print.ts";
import { parseJustification } from "./read_justification.ts";
import { escapeLines, refuseUngranted } from "./show_request.ts";

export const overrideShowCommand: Command<CliContext> = {
  path: ["override", "show"],
  summary: "Show a request, or write what an SSH key signs to approve it",
  description:
    "Prints the request as the engine made it, escaped; its phrase goes to stderr. With --to-sign, " +
    "writes that " +
    "text with what is approved and why: an SSH key that the policy names signs this file, and " +
    "`sealward override approve --signature` takes the signature. The file lies outside the project: " +
    "the agent writes there.",
  examples: [
    { command: "sealward override show ID", what: "what is asked for" },
    {
      command: 'sealward override show ID --to-sign ~/approval --justification "agreed in review"',
      what: "then sign it as shown",
    },
  ],
  flags: [
    { name: "to-sign", kind: "string", value: "FILE", description: "Write what SSH signs here" },
    justificationFlag,
    ...grantFlags,
    ...roadFlags,
  ],
  positionals: [requestPositional],
  exits: [
    [0, "shown"],
    [1, "could not look or write"],
    [2, "the policy does not allow this kind of grant, or no key counts: nothing was written"],
    [3, "no such request"],
    [5, "policy or log was tampered with"],
  ],
  run: runOverrideShow,
};

/** A file to sign, and how. */
interface Signing {
  readonly path: string;
  readonly command: string;
}

async function runOverrideShow(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const id = readId(parsed);
  const write = planSigning(context, parsed);
  const to = { role: "approver", outputs: write === null ? [] : [write.path] } as const;
  return await onRoad(context, parsed, to, async (road) => {
    const shown = await road.show(id);
    const signing = write?.run(shown) ?? null;
    printAnswer(context, parsed, render(shown, signing, parsed));
    if (parsed.format === "table") say(context, parsed, `its phrase is ${shown.phrase}`);
    if (signing !== null) explain(context, parsed, shown, signing.path);
    return 0;
  });
}

/** Reads the flags now: nothing is opened for a command line that is wrong. */
function planSigning(context: CliContext, parsed: ParsedArguments) {
  const { flags } = parsed;
  const file = flags.text("to-sign");
  const justification = flags.text("justification");
  if (file === null) {
    if (justification === null && flags.text("kind") === null && flags.text("pattern") === null) {
      return null;
    }
    throw usageError("Flags of an approval are given", "they go with --to-sign FILE");
  }
  if (justification === null) {
    throw usageError("An approval needs a justification", "say why: --justification TEXT");
  }
  const approved = {
    grant: parseWantedGrant(parsed),
    justification: parseJustification(justification),
  };
  const path = context.host.absolute(file);
  return {
    path,
    run: (shown: ShownRequest): Signing => {
      refuseUngranted(shown, approved.grant);
      requireSigner(shown);
      context.host.writeOutputFile(path, approvalText(shown.text, approved));
      return { path, command: `ssh-keygen -Y sign -n sealward-override -f KEY ${quoteWord(path)}` };
    },
  };
}

function render(shown: ShownRequest, signing: Signing | null, { format }: ParsedArguments): string {
  if (format !== "table") {
    const more = signing === null ? {} : { to_sign: signing.path, sign_command: signing.command };
    return renderJson({ schema_version: 1, ...shown, ...more }, format);
  }
  const text = `${escapeLines(shown.text)}\n`;
  return signing === null ? text : `${text}\n${escapeLines(signing.command)}\n`;
}

/** SECURITY: no --phrase in it: one that is copied along is retyped by nobody. */
function explain(
  context: CliContext,
  parsed: ParsedArguments,
  { request_id: id, inbox }: ShownRequest,
  path: string,
): void {
  const { flags } = parsed;
  const flag = (name: string) => {
    const value = flags.text(name);
    return value === null ? [] : [`--${name} ${quoteWord(value)}`];
  };
  const words = [
    `${programName} override approve ${id} --signature ${quoteWord(`${path}.sig`)}`,
    ...["kind", "pattern", "justification"].flatMap(flag),
  ];
  say(context, parsed, "sign the file with the command above; KEY is your private key");
  say(context, parsed, `then: ${words.join(" ")}`);
  if (inbox === undefined) return;
  const name = quoteWord(`${inbox}/${id}.approval`);
  say(context, parsed, `or lay both files into the inbox: as ${name} and ${name}.sig`);
}

/** One word of a POSIX shell. */
function quoteWord(text: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
