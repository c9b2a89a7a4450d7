/**
 * `doctor`: what is right and wrong with an install, each finding with its fix. Looks at what a
 * sealed process may not; the policy and the seal itself are looked at afterwards, through the engine.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import { findLayout, type Surroundings } from "../environment.ts";
import { examineKeys } from "./examine_keys.ts";
import { examineLog } from "./examine_log.ts";
import { examineOverrides } from "./examine_overrides.ts";
import { examinePlaces } from "./examine_places.ts";
import { examineProgram } from "./examine_program.ts";
import { examineSpace } from "./examine_space.ts";
import { examineVariables } from "./examine_variables.ts";
import type { Finding } from "../../edge/cli/host.ts";

/** Looks at everything that can be looked at without changing anything but the log's tail. */
export async function examine(
  surroundings: Surroundings,
  root: string | null,
  build: Record<string, unknown>,
): Promise<readonly Finding[]> {
  const layout = findLayout(surroundings, root);
  const general = [
    ...await examineProgram(build),
    examineUser(surroundings, layout),
    ...examineVariables(surroundings),
  ];
  // What only the engine's user and root may look at is not broken for being out of reach; that
  // somebody else asked is said once, by whoever opens the engine.
  if (layout.guard?.isEngine === false && surroundings.uid !== 0) return general;
  return [
    ...general,
    ...examinePlaces(layout, surroundings.uid),
    ...examineKeys(layout),
    ...examineOverrides(surroundings, layout),
    ...(layout.guard?.isEngine === false ? [] : await examineLog(surroundings, layout)),
    ...await examineSpace(layout),
  ];
}

function examineUser({ uid }: Surroundings, { guard }: Layout): Finding {
  const subject = "separation";
  if (guard !== null) {
    const message = `guarded: "${guard.engineUser}" (uid ${guard.engineUid}) decides for uid ` +
      `${guard.agentUid}`;
    return { level: "OK", subject, message };
  }
  const message = "local install: an agent under this user can read the keys and rewrite the log";
  const fix = "only detection is promised here; keep an anchor of the log elsewhere";
  if (uid === 0) return { level: "WARN", subject, message: `${message}; and it is root`, fix };
  return { level: "WARN", subject, message, fix };
}
