/**
 * What `doctor` says of the agents' hosts: it reads their settings and sends no canary.
 *
 * @module
 */
import { toEngineError } from "../../../core/errors.ts";
import { hostNames } from "../../hook/wiring/hook_line.ts";
import type { CliContext, Finding } from "../host.ts";
import { type HostSurvey, surveyHost } from "./survey_host.ts";

/** One finding for each host that is wired, or one that says that none is. */
export async function findHooks(
  context: CliContext,
  root: string | null,
): Promise<readonly Finding[]> {
  const subject = "hooks";
  try {
    const files = await context.host.agentFiles();
    // From source there is no program a host could start.
    if (files.program === null) return [];
    const options = { files, root, program: files.program };
    const found = hostNames.flatMap((host) => describe(surveyHost(context, host, options)));
    if (found.length > 0) return found;
    const message = "no agent is wired: nothing asks before it acts";
    return [{ level: "WARN", subject, message, fix: "run `sealward hook install HOST`" }];
  } catch (error) {
    return [{ level: "WARN", subject, message: toEngineError(error).message }];
  }
}

function describe({ host, places, switches }: HostSurvey): readonly Finding[] {
  const subject = `hook ${host}`;
  const wired = places.filter(({ state }) => state !== "not_installed");
  if (wired.length === 0) return [];
  const reasons = [...wired.flatMap(({ reasons }) => reasons), ...switches];
  const fix = `run \`sealward hook install ${host}\``;
  if (reasons.length > 0) return [{ level: "FAIL", subject, message: reasons.join("; "), fix }];
  const message = `wired in ${wired.map(({ path }) => path).join(", ")}; ` +
    "`sealward hook status` proves that it blocks";
  return [{ level: "OK", subject, message }];
}
