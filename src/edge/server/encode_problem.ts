/**
 * EngineError → refusal as application/problem+json (RFC 9457).
 *
 * @module
 */
import type { EngineError } from "../../core/errors.ts";
import type { Answer } from "./answer.ts";
import { allowedMethods } from "./routes.ts";
import { TaskProblem } from "./task_problem.ts";

/** Half the window in which wrong tokens count. */
const limitedSeconds = 30;

/**
 * Makes the refusal. It says `"allowed": false`: a caller that looks at nothing else is safe.
 *
 * @param path Of the request, for the `Allow` header.
 */
export function encodeProblem(error: EngineError, path: string): Answer {
  const { code, http: status, hint } = error;
  const name = error instanceof TaskProblem ? error.problem : code;
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`;
  return {
    status,
    body: {
      type: `urn:sealward:error:${name}`,
      title,
      status,
      // An unforeseen failure may quote anything, a secret too: its text goes to the log alone.
      detail: code === "internal" ? "Unexpected failure" : error.message,
      code,
      ...(hint !== null && { hint }),
      allowed: false,
    },
    operationDigests: [],
    headers: problemHeaders(error, path),
  };
}

function problemHeaders(
  { http: status, retryAt }: EngineError,
  path: string,
): Readonly<Record<string, string>> {
  // A date, not seconds (RFC 9110 section 10.2.3): the engine's clock says when, not this edge's.
  const limitedUntil = retryAt === null ? String(limitedSeconds) : new Date(retryAt).toUTCString();
  return {
    ...(status === 401 && { "www-authenticate": 'Bearer realm="sealward"' }),
    ...(status === 405 && { allow: allowedMethods(path) }),
    ...(status === 429 && { "retry-after": limitedUntil }),
    ...(status === 503 && { "retry-after": "1" }),
  };
}
