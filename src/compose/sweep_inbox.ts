/**
 * Takes signed approvals out of the policy's inbox. override/SPEC.md, "The answer".
 *
 * @module
 */
import { type LaidApproval, readApprovalInbox } from "../adapter/approval_inbox.ts";
import { hexDigest } from "../core/integrity/hex_digest.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import { oneLine, toEngineError } from "../core/errors.ts";
import { parseApprovalText } from "../core/override/approval_text.ts";
import type { OverrideDesk } from "../pdp/override_desk.ts";

/** How often a server looks into the folder, and whether the policy names one by now. */
const everyMs = { look: 1_000, ask: 15_000 };

export interface InboxSweep {
  /** Looks once; whether the policy names a folder at all. Never throws. */
  readonly sweep: () => Promise<boolean>;
}

export interface InboxSweepOptions {
  /** As in InboxRules. */
  readonly agentUid: number | null;
  /** Takes one line about each file that does not count, once for what is in it. */
  readonly say: (line: string) => void;
  /** Looks into the folder. */
  readonly read?: typeof readApprovalInbox;
}

export function createInboxSweep(
  desk: Pick<OverrideDesk, "waiting" | "approve">,
  { agentUid, say, read = readApprovalInbox }: InboxSweepOptions,
): InboxSweep {
  // A file that does not count stays where it is: it is refused, and told, once.
  const refused = new Set<string>();
  const tell = (key: string, line: string) => {
    if (refused.size > 1_000) refused.clear();
    if (!refused.has(key)) say(`inbox: ${oneLine(line)}`);
    refused.add(key);
  };
  const look = async (): Promise<boolean> => {
    const { inbox, requestIds } = await desk.waiting();
    if (inbox === null) return false;
    if (requestIds.length === 0) return true;
    const wanted = new Set(requestIds);
    const isWanted = (id: string) => wanted.has(id);
    const { found, skipped } = read(inbox, { agentUid, isWanted });
    for (const { path, why } of skipped) tell(`${path} ${why}`, `${path} does not count: ${why}`);
    for (const laid of found) {
      const key = hexDigest(laid.text, sha256) + hexDigest(laid.signature, sha256);
      if (refused.has(key)) continue;
      const failure = await approveLaid(laid, desk);
      // A busy log or a clock that is set right: what was laid once is not lost by either.
      const told = failure?.isFinal === true ? key : `${key} ${failure?.why}`;
      if (failure !== null) tell(told, `approval of ${laid.requestId} refused: ${failure.why}`);
    }
    return true;
  };
  return {
    sweep: async () => {
      try {
        return await look();
      } catch (error) {
        // SECURITY: nobody awaits a look; what it throws would end the server for everybody.
        const { code, message } = toEngineError(error);
        tell(code, `cannot look: ${message}`);
        return true;
      }
    },
  };
}

/** Whether the same files may count later. */
interface Failure {
  readonly why: string;
  readonly isFinal: boolean;
}

/** Why not, or null. */
async function approveLaid(
  { requestId, text, signature }: LaidApproval,
  desk: Pick<OverrideDesk, "approve">,
): Promise<Failure | null> {
  const parsed = parseApprovalText(new TextDecoder().decode(text));
  if (parsed === null || parsed.requestId !== requestId) {
    return { why: "it is no approval of that request", isFinal: true };
  }
  const { grant, justification } = parsed;
  const proof = { kind: "ssh", signature } as const;
  const said = { requestId, phrase: "", justification, grant, channel: "inbox", proof } as const;
  try {
    await desk.approve(said);
    return null;
  } catch (error) {
    const { code, message } = toEngineError(error);
    // What is rejected has an entry each time; everything else left none.
    return { why: `${code}: ${message}`, isFinal: code === "override_rejected" };
  }
}

/** Goes on until it is stopped. */
export function keepSweeping(
  inbox: InboxSweep,
  every: { readonly look: number; readonly ask: number } = everyMs,
): () => Promise<void> {
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let working: Promise<void> = Promise.resolve();
  const step = async (): Promise<void> => {
    const isNamed = await inbox.sweep();
    if (!isStopped) timer = setTimeout(start, isNamed ? every.look : every.ask);
  };
  const start = () => {
    working = step();
  };
  start();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await working;
  };
}
