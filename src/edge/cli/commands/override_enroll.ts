/**
 * `sealward override enroll`: lets a person approve by the codes of an authenticator app.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { sha256 } from "../../../core/integrity/sha256.ts";
import { createRecoveryCodes, recoveryHash } from "../../../core/override/recovery_codes.ts";
import { type TotpAlgorithm, totpAlgorithms } from "../../../core/override/totp_parameters.ts";
import type { EnrolmentView } from "../../../pdp/override_desk.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import type { OverrideKeeper } from "../override_keeper.ts";
import { askEnrolmentCode, askFormerCode } from "./ask_enrolment_code.ts";
import { printAnswer } from "./print.ts";
import { renderEnrolled, renderRecoveryCodes } from "./render_enrolment.ts";
import { requireApproverName, requirePerson, tell } from "./require_person.ts";
import { showSeed } from "./show_seed.ts";

/** 160 bits, as RFC 4226 §4 recommends and every app takes. */
const seedBytes = 20;

export const overrideEnrollCommand: Command<CliContext> = {
  path: ["override", "enroll"],
  summary: "Let a person approve by codes of an app",
  description:
    "Makes a secret and shows it once: as QR code, as URI and to type. Then asks for a " +
    "code, which shows that the app has it, and prints ten recovery codes. A name that is enrolled " +
    "already changes its app by a code of the old one, or a recovery code. Codes count for names " +
    "that overrides.approvers of the policy has. Only on a terminal; in a guarded install only as " +
    "the engine's user.",
  examples: [
    { command: "sealward override enroll alice", what: "SHA1, which every app knows" },
    {
      command: "sealward override enroll alice --svg /run/user/1000/qr.svg",
      what: "a picture too",
    },
  ],
  flags: [
    {
      name: "algorithm",
      kind: "string",
      value: "NAME",
      choices: totpAlgorithms,
      description: "Hash of the codes; default SHA1: some apps know no other",
    },
    {
      name: "svg",
      kind: "string",
      value: "FILE",
      description: "Write the QR code to a new 0600 file, outside the project; delete it after use",
    },
  ],
  positionals: [{
    name: "NAME",
    required: true,
    variadic: false,
    description: "The approver, as overrides.approvers names them",
  }],
  exits: [
    [0, "enrolled"],
    [1, "could not write, or the place is not safe"],
    [2, "a code did not fit: nothing was changed"],
    [5, "log tampered with"],
    [64, "nobody sits at a terminal, or no such name"],
  ],
  run: runOverrideEnroll,
};

async function runOverrideEnroll(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  requirePerson(host);
  const name = requireApproverName(parsed.positionals[0] ?? "");
  const algorithm = (parsed.flags.text("algorithm") ?? "SHA1") as TotpAlgorithm;
  const svg = parsed.flags.text("svg");
  const svgPath = svg === null ? null : host.absolute(svg);
  const outputs = svgPath === null ? [] : [svgPath];
  const keeper = await host.overrideKeeper(parsed.flags.text("root"), outputs);
  try {
    for (const warning of keeper.warnings) tell(context, `warning: ${warning}`);
    const { view, recoveryCodes } = await enrol(context, keeper, { name, algorithm, svgPath });
    tell(context, renderRecoveryCodes(recoveryCodes));
    const facts = { schema_version: 1, ...view };
    const isTable = parsed.format === "table";
    printAnswer(context, parsed, isTable ? renderEnrolled(view) : renderJson(facts, parsed.format));
  } finally {
    await keeper.close();
  }
  return 0;
}

interface Wish {
  readonly name: string;
  readonly algorithm: TotpAlgorithm;
  readonly svgPath: string | null;
}

async function enrol(
  context: CliContext,
  keeper: OverrideKeeper,
  { name, algorithm, svgPath }: Wish,
): Promise<{ readonly view: EnrolmentView; readonly recoveryCodes: readonly string[] }> {
  const former = await findFormer(keeper, name);
  if (former !== null) {
    tell(
      context,
      `${name} is enrolled already: have a code of the old app or a recovery code ready`,
    );
  }
  const seed = keeper.randomBytes(seedBytes);
  const shown = await showSeed(context, {
    name,
    algorithm,
    seed,
    svgPath,
    project: keeper.project,
  });
  try {
    const provenStep = await askEnrolmentCode(context, keeper, { algorithm, seed });
    // Asked last: a code is good for a minute, and reading a QR code may take longer.
    const replaces = former === null ? null : await askFormerCode(context, name);
    const id = encodeHex(keeper.randomBytes(16));
    const recoveryCodes = createRecoveryCodes(keeper.randomBytes);
    const recoveryHashes = recoveryCodes.map((code) => recoveryHash(id, code));
    const seedSha256 = encodeHex(sha256(seed));
    const entry = { id, name, algorithm, seedSha256, provenStep, recoveryHashes, replaces };
    const view = await writeEnrolment(keeper, entry, seed);
    shown.keep();
    if (former !== null) await forget(keeper, former.id);
    return { view, recoveryCodes };
  } catch (error) {
    shown.discard();
    throw error;
  }
}

async function findFormer(keeper: OverrideKeeper, name: string): Promise<EnrolmentView | null> {
  const { enrolments } = await keeper.overrides.list();
  return enrolments.find((each) => each.name === name) ?? null;
}

/** The seed first: an enrolment in the log without one could not be used, nor told from a loss. */
async function writeEnrolment(
  keeper: OverrideKeeper,
  entry: Parameters<OverrideKeeper["overrides"]["enrol"]>[0],
  seed: Uint8Array,
): Promise<EnrolmentView> {
  keeper.writeSeed(entry.id, seed);
  try {
    return await keeper.overrides.enrol(entry);
  } catch (error) {
    // What failed may have come after the entry: an enrolment that stands keeps its seed.
    await forget(keeper, entry.id).catch(() => {});
    throw error;
  }
}

/** Removes the seed of an enrolment that does not stand. One that will not go counts for nothing. */
async function forget({ overrides, removeSeed }: OverrideKeeper, seedOf: string): Promise<void> {
  const { enrolments } = await overrides.list();
  if (enrolments.some(({ id }) => id === seedOf)) return;
  try {
    removeSeed(seedOf);
  } catch {
    return;
  }
}
