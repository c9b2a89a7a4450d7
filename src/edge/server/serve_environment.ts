/**
 * Environment variables that change what Deno.serve does behind the program's back.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";

/**
 * DENO_SERVE_ADDRESS overrides the address given to Deno.serve, or adds a second, silent listener;
 * DENO_TRUST_PROXY_HEADERS lets a client forge its address, and end the process with a bad one.
 */
const unsafeVariables = ["DENO_SERVE_ADDRESS", "DENO_TRUST_PROXY_HEADERS"] as const;

/** The two methods of Deno.env this needs. */
export interface Environment {
  readonly get: (name: string) => string | undefined;
  readonly delete: (name: string) => void;
}

/**
 * Removes them; call it before the first Deno.serve of the process, which reads them once.
 *
 * @throws {EngineError} `environment_unsafe` when one cannot be looked at or remains.
 */
export function assertServeEnvironment(env: Environment): void {
  for (const name of unsafeVariables) {
    if (!hasRemoved(env, name)) {
      throw new EngineError("environment_unsafe", `Cannot remove ${name} from the environment`, {
        hint: `Unset ${name} and start again`,
      });
    }
  }
}

function hasRemoved(env: Environment, name: string): boolean {
  try {
    env.delete(name);
    return env.get(name) === undefined;
  } catch {
    return false;
  }
}
