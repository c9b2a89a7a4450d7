/**
 * `sealward policy sign`: a human signs the policy as it is, for every host that trusts the key.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import { encodeManifest } from "../../../core/integrity/encode_manifest.ts";
import {
  type Manifest,
  manifestFile,
  signatureFile,
  signatureNamespace,
} from "../../../core/integrity/manifest.ts";
import { planManifest } from "../../../core/integrity/plan_manifest.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import type { Checkout, PolicySigner, PreviousManifest, SigningKey } from "../policy_signer.ts";
import { agreeToPolicy } from "./agree_to_policy.ts";
import { printAnswer, say } from "./print.ts";
import { backtestForSigning, type SigningBacktest } from "./sign_backtest.ts";
import { readSignWish, signFlags } from "./sign_wish.ts";

export const policySignCommand: Command<CliContext> = {
  path: ["policy", "sign"],
  summary: "Sign the policy as it is now",
  description: "Shows what changed since the last manifest, asks, and writes " +
    "policy.manifest.json and its signature. Needs no install; a host decides by it as soon as " +
    "it trusts the key.\n\n" +
    "Where there is a log it is replayed on the policy first: each kind of decision that was denied " +
    "or asked about and would be allowed must be acknowledged, by name or on the terminal. The " +
    "report is written to policy.backtest.json, and the manifest has its hash. Elsewhere bring a " +
    "report of `sealward replay --candidate` (docs/policy-tests.md).",
  examples: [
    { command: "sealward policy sign --key ~/keys/policy", what: "look, then answer y" },
    {
      command: "sealward policy sign --prepare",
      what: "write the manifest only, for ssh-keygen -Y sign and an encrypted key",
    },
  ],
  flags: signFlags,
  exits: [
    [0, "signed, or prepared"],
    [1, "the key cannot be used, or could not write"],
    [2, "not signed: refused, or it would allow what was stopped and nobody acknowledged it"],
    [3, "the policy, the last manifest or the backtest report is invalid"],
    [5, "the policy changed while you looked"],
  ],
  run: runPolicySign,
};

/** What is about to be signed. */
interface Draft {
  readonly signer: PolicySigner;
  readonly checkout: Checkout;
  /** Null: somebody else signs. */
  readonly key: SigningKey | null;
  readonly previous: PreviousManifest | null;
  readonly manifest: Manifest;
  readonly backtest: SigningBacktest;
}

async function runPolicySign(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const draft = await draftManifest(context, parsed);
  agreeToManifest(context, parsed, draft);
  const { signer, checkout, key, manifest, backtest } = draft;
  const bytes = encodeManifest(manifest);
  signer.write(checkout, bytes, key?.sign(bytes) ?? null, backtest.report);
  if (key !== null) warnOfStrangers(context, parsed, draft, key);
  printSigned(context, parsed, draft);
  return 0;
}

async function draftManifest(context: CliContext, parsed: ParsedArguments): Promise<Draft> {
  const { host } = context;
  const wish = readSignWish(parsed.flags);
  const signer = await host.policySigner();
  const checkout = signer.read(parsed.flags.text("root"));
  // Nobody is asked about what could not be in force.
  signer.refuseFaulty(checkout);
  const key = wish.key === null ? null : signer.openKey(host.absolute(wish.key), checkout);
  const keys = key === null ? signer.trustedKeys : [...signer.trustedKeys, key];
  const previous = signer.readPrevious(checkout, keys);
  const isFirst = previous === null;
  const backtest = await backtestForSigning(context, parsed, { signer, checkout, isFirst });
  const nowMs = signer.nowMs();
  const manifest = planManifest({
    ...wish,
    previous: previous?.manifest ?? null,
    covered: checkout.signed.covered,
    defaultProject: projectName(checkout.root, signer),
    signer: wish.signer ?? signerName(key, previous),
    nowMs,
    expiresMs: wish.expiresMs(nowMs),
    backtest: backtest.member,
  });
  return { signer, checkout, key, previous, manifest, backtest };
}

/** No two projects get the same name: one's policy must not pass for the other's. */
function projectName(root: string, signer: PolicySigner): string {
  const name = root.slice(root.lastIndexOf("/") + 1).toLowerCase().replace(/[^a-z0-9._-]+/g, "-");
  return `${name.replace(/^[^a-z0-9]+/, "").slice(0, 64) || "project"}-${signer.randomName()}`;
}

function signerName(key: SigningKey | null, previous: PreviousManifest | null): string {
  const comment = key?.comment.trim() ?? "";
  if (comment !== "") return comment;
  return key?.fingerprint ?? previous?.manifest.signer ?? "unknown";
}

function agreeToManifest(context: CliContext, parsed: ParsedArguments, draft: Draft): void {
  const { checkout: { snapshot, signed }, previous } = draft;
  agreeToPolicy(context, parsed, {
    snapshot: { ...snapshot, inputs: signed.covered },
    previous: new Map(previous?.manifest.files.map(({ path, sha256 }) => [path, sha256])),
    act: { question: "Sign this policy? [y/N]", refused: "The policy was not signed" },
    notes: [...describeWeaknesses(draft), ...describeTerms(draft)],
  });
}

/** Findings shown; the rest is counted. */
const maxShownFindings = 20;

function describeWeaknesses({ signer, checkout }: Draft): readonly string[] {
  const findings = signer.lint(checkout);
  const shown = findings.slice(0, maxShownFindings).map(({ severity, message, location }) => {
    const place = location === null ? "" : ` (${location.file}:${location.line})`;
    return oneLine(`${severity}: ${message}${place}`);
  });
  const more = findings.length - shown.length;
  return more === 0 ? shown : [...shown, `and ${more} more: see \`sealward policy lint\``];
}

function describeTerms({ manifest, previous, key, backtest }: Draft): readonly string[] {
  const before = previous === null ? "the first" : `before: ${previous.manifest.policy_version}`;
  return [
    ...(previous === null || previous.isVerified ? [] : [
      "WARNING: the last manifest is not signed by this key, nor by one that this host trusts: " +
      "its version and project may be anybody's",
    ]),
    `project ${manifest.project}, policy version ${manifest.policy_version} (${before})`,
    `needs engine ${manifest.min_engine} or newer; ` +
    (manifest.expires_at === null ? "does not expire" : `expires at ${manifest.expires_at}`),
    key === null
      ? `prepared for ${manifest.signer} to sign`
      : `signed by ${manifest.signer}, key ${key.fingerprint}`,
    backtest.note,
  ];
}

function warnOfStrangers(
  context: CliContext,
  parsed: ParsedArguments,
  { signer }: Draft,
  key: SigningKey,
): void {
  const keys = signer.trustedKeys;
  if (keys.length === 0 || keys.some(({ fingerprint }) => fingerprint === key.fingerprint)) return;
  say(context, parsed, `this host does not trust ${key.fingerprint}: here everything is denied`);
}

function printSigned(context: CliContext, parsed: ParsedArguments, draft: Draft): void {
  const { manifest, key } = draft;
  const facts = {
    schema_version: 1,
    project: manifest.project,
    policy_version: manifest.policy_version,
    signed: key !== null,
    key: key?.fingerprint ?? null,
    files: manifest.files.length,
    manifest: manifestFile,
    signature: key === null ? null : signatureFile,
    backtest: manifest.backtest,
  };
  const next = key === null
    ? `prepared version ${manifest.policy_version}; now sign it:\n` +
      `  ssh-keygen -Y sign -n ${signatureNamespace} -f KEY ${manifestFile}\n`
    : `signed version ${manifest.policy_version}: ${manifestFile}, ${signatureFile}\n`;
  printAnswer(context, parsed, parsed.format === "table" ? next : renderJson(facts, parsed.format));
}
