/**
 * What approvals rest on outside the log: the shared secret, the seeds of enrolments, the inbox.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import { findPlaceFault } from "../../adapter/trusted_place.ts";
import { toEngineError } from "../../core/errors.ts";
import type { Finding } from "../../edge/cli/host.ts";
import type { Surroundings } from "../environment.ts";

/** Nothing where nobody has set a secret and nobody is enrolled. */
export function examineOverrides(
  { variable }: Pick<Surroundings, "variable">,
  { keysFolder }: Pick<Layout, "keysFolder">,
): readonly Finding[] {
  return [...examineSecret(variable), ...examineSeeds(`${keysFolder}/override`)];
}

function examineSecret(variable: Surroundings["variable"]): readonly Finding[] {
  const name = "SCALPEL_TOTP_SECRET";
  if ((variable(name) ?? "") === "") return [];
  const message = `${name} is readable by every process of this user: an agent can make codes`;
  const fix =
    `unset it, and enroll people by name; or move it into a 0600 file named by ${name}_FILE`;
  return [{ level: "WARN", subject: "approval secret", message, fix }];
}

const subject = "approvers' seeds";

function examineSeeds(folder: string): readonly Finding[] {
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`).sort();
    const loose = [folder, ...names].filter((path) => {
      const { mode } = Deno.lstatSync(path);
      return mode !== null && (mode & 0o077) !== 0;
    });
    if (loose.length === 0) {
      const message = `${names.length} in ${folder}, which only its owner may enter`;
      return [{ level: "OK", subject, message }];
    }
    return loose.map((path) => ({
      level: "FAIL",
      subject,
      message: `others can reach ${path}: whoever reads a seed makes its codes`,
      fix: `chmod go-rwx ${path}, then enroll anew`,
    }));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    return [{ level: "WARN", subject, message: toEngineError(error).message }];
  }
}

/**
 * The folder in which signed approvals are laid.
 *
 * @param inbox As the policy in force names it, absolute.
 */
export function examineInbox(
  inbox: string,
  { root, guard }: Pick<Layout, "root" | "guard">,
  uid: number | null,
): readonly Finding[] {
  const about = "inbox";
  if (inbox === root || inbox.startsWith(`${root}/`)) {
    const message = `${inbox} lies inside the project, where the agent writes`;
    const fix = "name a folder outside it, and have the policy trusted again";
    return [{ level: "FAIL", subject: about, message, fix }];
  }
  const fault = findInboxFault(inbox, guard, uid);
  if (fault !== null) {
    const message = `${fault.path}: ${fault.why}; nothing laid in ${inbox} counts`;
    const fix = fault.fix ?? `mkdir -m 755 ${inbox}`;
    return [{ level: "FAIL", subject: about, message, fix }];
  }
  const who = guard === null ? "nobody but this user, and an agent under it," : "no agent";
  return [{ level: "OK", subject: about, message: `${inbox}: ${who} can write there` }];
}

/** As for every folder that is believed: not the agent's, and nobody else may write on the way. */
function findInboxFault(inbox: string, guard: Layout["guard"], uid: number | null) {
  try {
    const owner = Deno.lstatSync(inbox).uid ?? -1;
    const isAgents = owner === guard?.agentUid;
    // In a local install the agent's user and the person's are one.
    const owners = isAgents ? [0] : [owner, ...(uid === null ? [] : [uid])];
    return findPlaceFault(inbox, { owners, kind: "folder" });
  } catch {
    return findPlaceFault(inbox, { owners: [0], kind: "folder" });
  }
}
