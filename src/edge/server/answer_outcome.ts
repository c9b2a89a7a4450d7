/**
 * /v1/outcome and /v1/settle: text → what came of operations → the engine → alarms.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { parseOutcome, parseSettlement } from "../../core/audit/parse_outcome.ts";
import { encodeReport } from "../../core/integrity/answer_proof.ts";
import { sha256 } from "../../core/integrity/sha256.ts";
import type { Principal } from "../../core/operation/operation.ts";
import { parseStrictJson } from "../../core/strict_json.ts";
import type { Engine } from "../../pdp.ts";
import type { Answer } from "./answer.ts";
import type { RoutePath } from "./routes.ts";

/** Records one outcome, then looks at the protected files near by: the caller cannot. */
export async function answerOutcome(
  engine: Engine,
  text: string,
  principal: Principal,
): Promise<Answer> {
  const outcome = parseOutcome(parseStrictJson(text));
  const { decision_seq, alarms } = await engine.recordOutcome(outcome, principal);
  const watch = await engine.observeProtected(principal, { reach: "near" });
  return answer("/v1/outcome", text, { decision_seq, alarms: [...alarms, ...watch.alarms] });
}

/** Settles a session, then looks at all protected files. */
export async function answerSettlement(
  engine: Engine,
  text: string,
  principal: Principal,
): Promise<Answer> {
  const alarms = await engine.settle(parseSettlement(parseStrictJson(text)), principal);
  const watch = await engine.observeProtected(principal);
  return answer("/v1/settle", text, { alarms: [...alarms, ...watch.alarms] });
}

function answer(path: RoutePath, text: string, body: object): Answer {
  const digest = `sha256:${encodeHex(sha256(encodeReport(path, text)))}`;
  return { status: 200, body: { schema_version: 1, ...body }, operationDigests: [digest] };
}
