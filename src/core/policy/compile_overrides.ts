/**
 * `overrides` of a policy.
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import { parseBase64 } from "../integrity/parse_base64.ts";
import { type SshKey, sshKeyKinds } from "../integrity/ssh_key.ts";
import { type Approver, grantKinds, type OverrideTerms } from "../override/terms.ts";
import type { overrideSection } from "./override_schema.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";
import type { NodeValue } from "./schema_node.ts";

type RawOverrides = NonNullable<NodeValue<typeof overrideSection>>;
type RawApprover = RawOverrides["approvers"][number];

/**
 * Compiles the section; null stays null, where it is not written.
 *
 * @throws {PolicyError} `policy_invalid` at the first name, key or enrolment that cannot be used.
 */
export function compileOverrides(raw: RawOverrides | null): OverrideTerms | null {
  if (raw === null) return null;
  return {
    approvers: compileApprovers(raw.approvers),
    unnamedApprover: raw.unnamed_approver,
    requestSeconds: raw.request_seconds,
    grantSeconds: raw.grant_minutes * 60,
    maxRequestsPerHour: raw.max_requests_per_hour,
    sameUid: raw.same_uid,
    // In one order, each once: what is written twice means no more.
    grants: raw.grants.length === 0
      ? ["once"]
      : grantKinds.filter((kind) => raw.grants.includes(kind)),
    inbox: raw.inbox,
  };
}

function compileApprovers(raws: readonly RawApprover[]): readonly Approver[] {
  const names = new Set<string>();
  const owners = new Map<string, string>();
  return raws.map((raw, index) => {
    const path: NodePath = ["overrides", "approvers", index];
    if (names.has(raw.name)) throw nameRepeated(raw.name, path);
    names.add(raw.name);
    return compileApprover(raw, path, owners);
  });
}

/** @param owners Name by key, of all approvers before; this one's are added. */
function compileApprover(raw: RawApprover, path: NodePath, owners: Map<string, string>): Approver {
  const totp = raw.totp ?? raw.ssh_keys.length === 0;
  if (!totp && raw.ssh_keys.length === 0) throw powerless(raw.name, path);
  if (!totp && raw.enrolment !== null) throw enrolmentUnused(path);
  const sshKeys = raw.ssh_keys.map((line, index) => {
    const place = [...path, "ssh_keys", index];
    const key = parseKeyLine(line, place);
    const id = key.blob.join();
    const owner = owners.get(id);
    if (owner !== undefined) throw keyRepeated(owner, place);
    owners.set(id, raw.name);
    return key;
  });
  return { name: raw.name, totp, enrolment: raw.enrolment, sshKeys };
}

/**
 * `KIND BASE64 [comment]`, as parseSshKeyLine reads it. Whether it is a key at all, and no weak one, is
 * requireSoundKeys: a one-shot does without, and a signature under another one never holds.
 */
function parseKeyLine(line: string, path: NodePath): SshKey {
  const [kindText, base64 = "", ...words] = line.trim().split(/ +/);
  const kind = sshKeyKinds.find((known) => known === kindText);
  if (kind === undefined) {
    throw wrongKey("no key of a kind that counts", path, `write KIND BASE64, of ${kindList}`);
  }
  const blob = parseBase64(base64);
  if (blob === null || !beginsWith(blob, kind)) {
    throw wrongKey(`no key of the kind ${kind}`, path, "copy the whole line of the .pub file");
  }
  return { kind, blob, comment: words.join(" ") };
}

const kindList = sshKeyKinds.join(", ");

/** The first string of the wire form (RFC 4253 section 6.6). */
function beginsWith(blob: Uint8Array, kind: string): boolean {
  const name = new TextEncoder().encode(kind);
  const start = [0, 0, 0, name.length, ...name];
  return blob.length > start.length && start.every((byte, index) => blob[index] === byte);
}

function wrongKey(what: string, path: NodePath, hint: string): PolicyError {
  return new PolicyError("policy_invalid", `Cannot use the SSH key: ${what}`, { path, hint });
}

function nameRepeated(name: string, path: NodePath): PolicyError {
  const quoted = oneLine(JSON.stringify(name));
  return new PolicyError("policy_invalid", `Cannot use the name ${quoted} twice`, {
    path: [...path, "name"],
    hint: "requests and the log tell approvers apart by their names",
  });
}

function keyRepeated(owner: string, path: NodePath): PolicyError {
  return new PolicyError("policy_invalid", `Cannot use the SSH key: ${owner} has it already`, {
    path,
    hint: "a signature must say who approved: each key stands once",
  });
}

/** SECURITY: a name that looks as if it could approve, and cannot, is a person nobody will miss. */
function powerless(name: string, path: NodePath): PolicyError {
  const message = `Cannot use the approver ${name}: neither codes nor keys count`;
  return new PolicyError("policy_invalid", message, {
    path: [...path, "totp"],
    hint: "leave totp out, or name keys in ssh_keys",
  });
}

function enrolmentUnused(path: NodePath): PolicyError {
  const message = "Cannot use the enrolment of an approver whose codes do not count";
  return new PolicyError("policy_invalid", message, {
    path: [...path, "enrolment"],
    hint: "write totp: true, or leave enrolment out",
  });
}
