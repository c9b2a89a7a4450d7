/**
 * What only root may do.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import type { Surroundings } from "../environment.ts";

/** @param what Continues "Only root ...". @throws {EngineError} `wrong_user`. */
export function requireRoot({ uid }: Surroundings, what: string): void {
  if (uid === 0) return;
  throw new EngineError("wrong_user", `Only root ${what}`, { hint: "run it with sudo" });
}
