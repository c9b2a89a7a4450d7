/**
 * When a guarded server begins and ends, as entries: one that was killed is noticed by the next.
 *
 * @module
 */
import { toEngineError } from "../../core/errors.ts";
import type { Severity } from "../../core/policy/policy.ts";
import type { OpenInstall } from "../../edge/cli/host.ts";
import { isMissing } from "../environment.ts";

/**
 * Writes the beginning, and a mark beside the log's own that stands while the server runs.
 *
 * @returns Writes the end and takes the mark away; call it when nothing is served any more.
 */
export function markService(
  { engine, paths }: Pick<OpenInstall, "engine" | "paths">,
  say: (line: string) => void,
): () => Promise<void> {
  const mark = `${paths.stateFolder}/log/serving`;
  const record = async (type: string, severity: Severity) => {
    await engine.recordEvent({ type, severity, details: {} }, "engine");
  };
  // What cannot be noted is denied with everything else: a log that cannot be written decides nothing.
  const note = (step: () => Promise<void>) =>
    step().catch((error) => say(`service not noted: ${toEngineError(error).message}`));
  const begun = note(async () => {
    if (!isMissing(mark)) {
      say("the server before this one was killed, or the machine went down");
      await record("SERVER_KILLED", "HIGH");
    }
    await record("SERVER_STARTED", "LOW");
    Deno.writeTextFileSync(mark, "", { mode: 0o600 });
  });
  return async () => {
    await begun;
    await note(async () => {
      await record("SERVER_STOPPED", "MEDIUM");
      Deno.removeSync(mark);
    });
  };
}
