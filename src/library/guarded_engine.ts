/**
 * The library's engine where the root is guarded: its server, which alone decides.
 *
 * @module
 */
import type { Layout } from "../adapter/layout.ts";
import { openBareClient } from "../compose/connect.ts";
import type { Surroundings } from "../compose/environment.ts";
import { EngineError } from "../core/errors.ts";
import type { JsonObject } from "../core/operation/operation.ts";
import { encodeOperation } from "../core/operation/encode_operation.ts";
import type { Engine, PolicyStatus } from "../pdp.ts";
import type { AskingDesk } from "./await_answer.ts";
import { createGuardedDesk } from "./guarded_desk.ts";

/** What library objects use of an engine. */
export type LibraryEngine =
  & Pick<
    Engine,
    "check" | "verifyPolicy" | "recordEvent" | "readEvents" | "verifyLog"
  >
  & { readonly overrides: AskingDesk };

/**
 * Every answer is the server's, signed; the log is out of reach (`wrong_user`).
 *
 * The wire knows no scope and no tool by its bare name: an operation is decided by the whole policy,
 * and a type it does not list is denied. Neither allows what a local engine would not.
 */
export async function openGuardedEngine(
  surroundings: Surroundings,
  layout: Layout,
): Promise<LibraryEngine> {
  const ways = { url: "", tokenPath: null, keyPath: null };
  const client = await openBareClient(surroundings, layout, ways);
  const refuse = () => Promise.reject(outOfReach(layout));
  return {
    check: (operations) => client.checkAll(operations.map(encodeOperation)),
    verifyPolicy: async () => toPolicyStatus(await client.status()),
    recordEvent: refuse,
    readEvents: refuse,
    verifyLog: refuse,
    overrides: createGuardedDesk(client),
  };
}

function toPolicyStatus(status: JsonObject): PolicyStatus {
  const { status: word } = status;
  if (word === "trusted" || word === "unaccepted" || word === "tampered") {
    return status as unknown as PolicyStatus;
  }
  throw new EngineError("server_untrusted", "Cannot believe the server: it says no policy status");
}

function outOfReach({ guard }: Layout): EngineError {
  return new EngineError("wrong_user", "The log of a guarded install is its engine's alone", {
    hint: `run sealward audit as the user "${guard?.engineUser}"`,
  });
}
