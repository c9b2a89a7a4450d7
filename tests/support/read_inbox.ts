/**
 * Reads a folder of approvals and prints what came of it: a process, so that it can run where a test
 * has laid out a disk. Arguments: the folder, the agent's uid or `none`, wanted request ids.
 */
import { readApprovalInbox } from "../../src/adapter/approval_inbox.ts";

const [folder = "", agent = "none", ...wanted] = Deno.args;
const { found, skipped } = readApprovalInbox(folder, {
  agentUid: agent === "none" ? null : Number(agent),
  isWanted: (id) => wanted.includes(id),
});
const decoder = new TextDecoder();
const shown = found.map(({ requestId, text, signature }) => ({
  requestId,
  text: decoder.decode(text),
  signature: decoder.decode(signature),
}));
// deno-lint-ignore no-console -- its whole purpose
console.log(JSON.stringify({ found: shown, skipped }));
