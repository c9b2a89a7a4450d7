/**
 * `sealward override approve`: a person says yes, and shows that it is one.
 *
 * @module
 */
import type { Proof, WantedGrant } from "../../../core/override/approval.ts";
import { rejectionHint } from "../../../core/override/rejection_hint.ts";
import { EngineError, toEngineError } from "../../../core/errors.ts";
import type { OverrideStatus, ShownRequest } from "../../../pdp/override_desk.ts";
import { renderOverrideStatus } from "../../render_override_status.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import type { OverrideRoad } from "../override_road.ts";
import { usageError } from "../usage_error.ts";
import { chooseApprover, requireSigner } from "./choose_approver.ts";
import {
  codeFlagHints,
  grantFlags,
  justificationFlag,
  onRoad,
  parseWantedGrant,
  readId,
  requestPositional,
  roadFlags,
} from "./override_flags.ts";
import { printAnswer } from "./print.ts";
import { readCode } from "./read_code.ts";
import { readJustification } from "./read_justification.ts";
import { readSignature } from "./read_signature.ts";
import { requirePhrase, retypePhrase } from "./retype_phrase.ts";
import { refuseUngranted, showRequest } from "./show_request.ts";

export const overrideApproveCommand: Command<CliContext> = {
  path: ["override", "approve"],
  summary: "Approve a request, as a person who may",
  description: "Shows the request, and asks why, for its phrase, and for the code of your " +
    "authenticator app, which is not shown. The code is read from a terminal alone: there is no " +
    "flag, variable or file for it. An SSH signature needs no terminal; --phrase goes with it.",
  examples: [
    { command: "sealward override approve ID", what: "shows it, then asks" },
    { command: "sealward override approve ID --as ann --recovery", what: "without the phone" },
    {
      command: "sealward override approve ID --signature ~/approval.sig " +
        '--justification "agreed in review"',
      what: "what `sealward override show --to-sign ~/approval` wrote, signed",
    },
  ],
  flags: [
    { name: "as", kind: "string", value: "NAME", description: "Who you are, of several approvers" },
    { name: "recovery", kind: "boolean", description: "Ask for a recovery code instead" },
    {
      name: "signature",
      kind: "string",
      value: "FILE",
      description: "An SSH signature instead of a code",
    },
    {
      name: "phrase",
      kind: "string",
      value: "PHRASE",
      description: "The request's phrase; only with --signature",
    },
    justificationFlag,
    ...grantFlags,
    ...roadFlags,
  ],
  positionals: [requestPositional],
  exits: [
    [0, "approved, and the grant is durable"],
    [1, "too many codes were wrong, or could not look"],
    [2, "refused: nothing is approved"],
    [3, "no such request"],
    [5, "policy or log was tampered with"],
  ],
  flagHints: codeFlagHints,
  run: runOverrideApprove,
};

async function runOverrideApprove(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const id = readId(parsed);
  const grant = parseWantedGrant(parsed);
  refuseMixed(parsed);
  requirePerson(context, parsed);
  const signature = await readSignature(context, parsed);
  return await onRoad(context, parsed, { role: "approver" }, async (road) => {
    const shown = await road.show(id);
    // First who it is: nobody shall read or type for nothing.
    const approver = chooseProof(parsed, { shown, grant, signature });
    showRequest(context, shown, grant);
    const answer = await readAnswer(context, parsed, { shown, grant, signature, approver });
    const status = await approveOn(road, { requestId: id, ...answer });
    printAnswer(context, parsed, renderOverrideStatus(status, context.render(parsed.format)));
    return status.status === "approved" ? 0 : 2;
  });
}

/** A signature says itself who made it; a phrase that is not retyped needs what covers the text. */
function refuseMixed({ flags }: ParsedArguments): void {
  const isSigned = flags.isSet("signature");
  const other = ["as", "recovery"].find((name) => flags.isSet(name));
  if (isSigned && other !== undefined) {
    throw usageError(`Flags --signature and --${other} are both given`, "leave one of them out");
  }
  if (flags.isSet("phrase") && !isSigned) {
    throw usageError("Flag --phrase goes with --signature", "retype the phrase when you are asked");
  }
}

/**
 * SECURITY: before anything is opened; what a program could pipe in is never looked at. And whoever
 * types a code must see what for: a request that was shown to a file was shown to nobody.
 */
function requirePerson({ host }: CliContext, { flags }: ParsedArguments): void {
  if (host.isInteractive && host.isWatched) return;
  const stream = host.isInteractive ? "standard error" : "standard input";
  if (!flags.isSet("signature")) {
    throw usageError(
      `A code is asked for at a terminal alone, and ${stream} is none`,
      "run this at a terminal, or approve with --signature",
    );
  }
  if (flags.isSet("phrase") && flags.isSet("justification")) return;
  throw usageError(
    `Nobody can be asked: ${stream} is no terminal`,
    "give --phrase and --justification beside --signature",
  );
}

interface Question {
  readonly shown: ShownRequest;
  readonly grant: WantedGrant;
  readonly signature: Uint8Array | null;
}

const codeKind = ({ flags }: ParsedArguments): "recovery" | "totp" =>
  flags.isSet("recovery") ? "recovery" : "totp";

/** Whose code it will be; null also where a signature says it. */
function chooseProof(
  parsed: ParsedArguments,
  { shown, grant, signature }: Question,
): string | null {
  refuseUngranted(shown, grant);
  if (signature === null) {
    return chooseApprover(shown, codeKind(parsed), parsed.flags.text("as"));
  }
  requireSigner(shown);
  return null;
}

/** A server says that it was refused, and nothing more: what to try goes by what was given. */
async function approveOn(
  road: OverrideRoad,
  approval: Parameters<OverrideRoad["approve"]>[0],
): Promise<OverrideStatus> {
  try {
    return await road.approve(approval);
  } catch (error) {
    const { code, message } = toEngineError(error);
    if (code !== "override_rejected") throw error;
    const hint = rejectionHint(approval.proof.kind);
    throw new EngineError(code, message, { hint, cause: error });
  }
}

async function readAnswer(
  context: CliContext,
  parsed: ParsedArguments,
  { shown, grant, signature, approver }: Question & { readonly approver: string | null },
) {
  const { flags } = parsed;
  const justification = await readJustification(context, parsed);
  const given = flags.text("phrase");
  const phrase = given === null
    ? await retypePhrase(context, shown.phrase)
    : requirePhrase(given, shown.phrase);
  const proof: Proof = signature === null
    ? await readCode(context, codeKind(parsed), approver)
    : { kind: "ssh", signature };
  return { phrase, justification, grant, proof };
}
