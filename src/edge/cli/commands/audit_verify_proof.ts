/**
 * `sealward audit verify-proof`: whether an entry is in a log, for whoever has only the public key.
 *
 * @module
 */
import { parseCheckpointKey } from "../../../core/audit/parse_checkpoint_key.ts";
import { verifyProof } from "../../../core/audit/verify_proof.ts";
import { EngineError, toEngineError } from "../../../core/errors.ts";
import type { VerifierKey } from "../../../core/integrity/verifier_key.ts";
import { maxEntryBytes, maxProofBytes, maxSecretBytes } from "../../../core/limits.ts";
import { decodeUtf8 } from "../../../core/strict_json.ts";
import { renderProof } from "../../render_proof.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, Host } from "../host.ts";
import { quote, usageError } from "../usage_error.ts";
import { printAnswer } from "./print.ts";

export const auditVerifyProofCommand: Command<CliContext> = {
  path: ["audit", "verify-proof"],
  summary: "Verify that an entry is in a log, without its secret",
  description: "Needs the proof and the log's public key; no install, no secret and no log. " +
    "KEY is what init recorded as public_key, or NAME+KEYID+BASE64, or a file with either.",
  examples: [
    {
      command: "sealward audit verify-proof 17.tlog-proof --key server.pub",
      what: "the entry, and what is proven of it",
    },
  ],
  flags: [
    { name: "key", kind: "string", value: "KEY|FILE", description: "Public key of the log" },
    {
      name: "line",
      kind: "string",
      value: "FILE",
      description: "The raw line, where the proof does not carry it",
    },
  ],
  positionals: [{
    name: "FILE",
    required: true,
    variadic: false,
    description: "The proof, or - for standard input",
  }],
  exits: [
    [0, "proven"],
    [1, "could not look"],
    [3, "proof or key malformed"],
    [5, "the proof does not prove it"],
  ],
  run: runAuditVerifyProof,
};

async function runAuditVerifyProof(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const [path = "-"] = parsed.positionals;
  const linePath = parsed.flags.text("line");
  const keyText = parsed.flags.text("key");
  if (keyText === null) throw usageError("No key was given", "give the log's public key: --key");
  if ([path, linePath, keyText].filter((name) => name === "-").length > 1) {
    throw usageError("Cannot read two things from standard input", "name files for the others");
  }
  const verifyEd25519 = await host.sealForReading();
  const key = parseCheckpointKey(keyText) ?? await readKey(host, keyText);
  const proof = decodeUtf8(await read(host, path, maxProofBytes), "proof_invalid");
  const line = linePath === null ? {} : { line: await read(host, linePath, maxEntryBytes) };
  const result = verifyProof(proof, { key, verifyEd25519, ...line });
  printAnswer(context, parsed, renderProof(result, context.render(parsed.format)));
  return result.verdict === "PROVEN" ? 0 : 5;
}

const fileHint = "name a readable file, or - for standard input";
const keyHint = "give an Ed25519 public key in base64, NAME+KEYID+BASE64, or a file with either";

async function readKey(host: Host, path: string): Promise<VerifierKey | Uint8Array> {
  const text = decodeUtf8(await read(host, path, maxSecretBytes, keyHint), "proof_invalid");
  const key = parseCheckpointKey(text.trim());
  if (key !== null) return key;
  throw new EngineError("proof_invalid", `Cannot find a public key in ${quote(path)}`, {
    hint: keyHint,
  });
}

async function read(
  host: Host,
  path: string,
  limitBytes: number,
  hint = fileHint,
): Promise<Uint8Array> {
  try {
    return await host.readInput(path === "-" ? null : path, limitBytes);
  } catch (thrown) {
    const { code } = toEngineError(thrown);
    if (code === "operation_too_large") {
      throw new EngineError("proof_invalid", `Cannot use ${quote(path)}: over ${limitBytes} bytes`);
    }
    throw new EngineError("audit_unreadable", `Cannot read ${quote(path)}`, {
      hint,
      cause: thrown,
    });
  }
}
