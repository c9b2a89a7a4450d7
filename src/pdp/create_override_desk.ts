/**
 * The desk, each of whose acts loads its own code when it is called: a check pays for none of it.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import type { EngineParts } from "./engine.ts";
import type { OverrideDesk } from "./override_desk.ts";
import type { Standings } from "./standings.ts";

export function createOverrideDesk(_parts: EngineParts, _standings: Standings): OverrideDesk {
  const refuse = () =>
    Promise.reject(new EngineError("feature_unavailable", "Approvals are not built yet"));
  return {
    status: refuse,
    withdraw: refuse,
    isValid: refuse,
    list: refuse,
    show: refuse,
    approve: refuse,
    deny: refuse,
    revoke: refuse,
    enrol: refuse,
    unenrol: refuse,
  };
}
