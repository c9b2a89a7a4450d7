/**
 * Uses every method of the TypeScript clients once, with fetch and WebCrypto of whatever runs it.
 * Arguments: URL, the server's key in hex, then the agent's, operator's and approver's token. Prints
 * one JSON document.
 */
import process from "node:process";
import { createApproverClient } from "../../src/approver_client.ts";
import { createClient } from "../../src/client.ts";
import { createOperatorClient } from "../../src/operator_client.ts";

const [url = "", key = "", ...tokens] = process.argv.slice(2);
const publicKey = Uint8Array.from(key.match(/../g) ?? [], (byte) => parseInt(byte, 16));
const [agent, operator, approver] = tokens.map((token) => ({ url, token, publicKey }));
if (agent === undefined || operator === undefined || approver === undefined) {
  throw new Error("wanted three tokens");
}
const client = createClient(agent);
const reader = createOperatorClient(operator);
const person = createApproverClient(approver);
const write = (file: string) => ({ type: "file_write", affected_files: [file] });

async function codeOf(asking: Promise<unknown>): Promise<unknown> {
  return await asking.then(() => null, (error: { readonly code?: string }) => error.code ?? error);
}

const allowed = await client.check({ ...write("src/app.ts"), metadata: { ratio: 0.1, at: 1e-7 } });
const [first, second] = await client.checkAll([write("src/a.ts"), write(".env")]);
const { override } = second ?? allowed;
const requestId = override?.status === "offered" ? override.request_id : "";
const outcome = { correlation_id: "c", session: "s", tool: "t", status: "done" };
const result = {
  decisions: [allowed.decision, first?.decision, second?.decision],
  status: (await client.status())["status"],
  verify: (await client.verify())["status"],
  isReady: await client.isReady(),
  alarms: (await client.outcome(outcome)).length,
  settled: (await client.settle({ session: "s", reason: "end" })).length,
  request: (await client.requestOverride({ requestId })).status,
  shown: (await person.show(requestId)).request_id === requestId,
  listed: [(await person.list()).pending.length, (await reader.listOverrides()).pending.length],
  denied: (await person.deny(requestId, "not today")).status,
  task: (await client.overrideTask(requestId)).status,
  cancelled: await codeOf(client.cancelOverride(requestId, "cancelled")),
  valid: await client.isOverrideValid("0".repeat(32)),
  revoked: await codeOf(person.revoke("0".repeat(32), "no such grant")),
  events: (await reader.events({ limit: 2, decision: "deny" })).map(({ type }) => type),
  all: (await reader.events()).length > 3,
  log: (await reader.verifyLog()).verdict,
  forbidden: await codeOf(createOperatorClient(agent).events()),
  forged: await codeOf(
    createClient({ ...agent, publicKey: publicKey.with(0, 1) }).check(write("a")),
  ),
};
process.stdout.write(JSON.stringify(result));
