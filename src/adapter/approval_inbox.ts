/**
 * The folder in which people lay signed approvals, as `REQUESTID.approval` and beside it what
 * `ssh-keygen -Y sign` makes of it, `REQUESTID.approval.sig`.
 *
 * SECURITY: what lies there is not believed for lying there: a signature must hold. That the agent
 * cannot write there either keeps it from laying old approvals again, or other files in their place.
 *
 * @module
 */
import { oneLine } from "../core/errors.ts";
import { maxApprovalTextBytes, maxInboxNames, maxOverrideSignatureBytes } from "../core/limits.ts";
import { openPlainFile, PlainFileError, readLimited } from "./plain_file.ts";
import { findEntryFault, findPlaceFault, type PlaceOwners } from "./trusted_place.ts";

/** An approval as it lay there; nothing of it is parsed or verified. */
export interface LaidApproval {
  /** 32 hex digits, from the name. */
  readonly requestId: string;
  /** Exactly the bytes that were signed, at most maxApprovalTextBytes. */
  readonly text: Uint8Array;
  /** At most maxOverrideSignatureBytes. */
  readonly signature: Uint8Array;
}

export interface SkippedApproval {
  /** Absolute. */
  readonly path: string;
  /** One line, e.g. `it is a symbolic link`. */
  readonly why: string;
}

export interface InboxReading {
  /** By request id. */
  readonly found: readonly LaidApproval[];
  /** What is there and does not count; the folder itself, when nothing in it does. */
  readonly skipped: readonly SkippedApproval[];
}

export interface InboxRules {
  /** The agent's user in a guarded install: nothing on the way may be its own. Null in a local one. */
  readonly agentUid: number | null;
  /** Whether anybody waits for this request; others stay unread. */
  readonly isWanted: (requestId: string) => boolean;
}

const textName = /^([0-9a-f]{32})\.approval$/;

/**
 * Reads the approvals that wait in a folder, and leaves them there. Never throws: what is not as it
 * should be is skipped, and said.
 *
 * @param folder Absolute. It and every folder above it belong to somebody else than the agent, and
 *   group and others cannot write them; nor the files.
 */
export function readApprovalInbox(folder: string, rules: InboxRules): InboxReading {
  try {
    return readFolder(folder, rules);
  } catch (error) {
    return { found: [], skipped: [{ path: folder, why: reasonOf(error) }] };
  }
}

function readFolder(given: string, rules: InboxRules): InboxReading {
  const owners = { anyBut: rules.agentUid === null ? [] : [rules.agentUid] };
  const parts = given.split("/").filter((part) => part !== "");
  const isPlain = given.startsWith("/") && parts.length > 0 &&
    !parts.some((part) => part === "." || part === "..");
  // A path that is not absolute, or goes up again, names other folders than those looked at.
  if (!isPlain) return none(given, "it is not an absolute path without `.` and `..`");
  // SECURITY: with a slash at its end a link would be looked at as the folder it leads to.
  const folder = `/${parts.join("/")}`;
  const fault = findPlaceFault(folder, { owners, kind: "folder" });
  if (fault !== null) return none(fault.path, fault.why);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  if (names.length > maxInboxNames) {
    return none(folder, `it has ${names.length} names in it, wanted at most ${maxInboxNames}`);
  }
  const found: LaidApproval[] = [];
  const skipped: SkippedApproval[] = [];
  for (const name of names.sort()) {
    const requestId = textName.exec(name)?.[1];
    if (requestId === undefined || !rules.isWanted(requestId)) continue;
    const laid = readPair(`${folder}/${name}`, owners);
    if ("why" in laid) skipped.push(laid);
    else found.push({ requestId, ...laid });
  }
  return { found, skipped };
}

function none(path: string, why: string): InboxReading {
  return { found: [], skipped: [{ path, why }] };
}

function readPair(
  path: string,
  owners: PlaceOwners,
): Omit<LaidApproval, "requestId"> | SkippedApproval {
  const text = readLaid(path, maxApprovalTextBytes, owners);
  if (typeof text === "string") return { path, why: text };
  const signaturePath = `${path}.sig`;
  const signature = readLaid(signaturePath, maxOverrideSignatureBytes, owners);
  if (typeof signature === "string") return { path: signaturePath, why: signature };
  return { text, signature };
}

/** The bytes, or why they do not count. */
function readLaid(path: string, limitBytes: number, owners: PlaceOwners): Uint8Array | string {
  try {
    const { file, stat } = openPlainFile(path, { read: true });
    try {
      const fault = findEntryFault(path, stat, { owners, kind: "file" });
      if (fault !== null) return fault.why;
      return readLimited(file, limitBytes) ?? `it is over ${limitBytes} bytes`;
    } finally {
      file.close();
    }
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof PlainFileError) return error.message;
  return oneLine(error instanceof Error ? error.message : String(error), 200);
}
