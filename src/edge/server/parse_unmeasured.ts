/**
 * What limits that cannot be measured are to the caller.
 *
 * @module
 */
import { type Unmeasured, unmeasuredHeader } from "../../core/decision/unmeasured_header.ts";
import { EngineError } from "../../core/errors.ts";

/**
 * @returns `listed` where the header is absent.
 * @throws {EngineError} `usage` for any value but `unverified`, sent once: a caller that asked for
 *   more strictness and misspelt it must not get less.
 */
export function parseUnmeasured(headers: Headers): Unmeasured {
  const value = headers.get(unmeasuredHeader);
  if (value === null) return "listed";
  if (value === "unverified") return value;
  throw new EngineError("usage", `Got another ${unmeasuredHeader} than: unverified`);
}
