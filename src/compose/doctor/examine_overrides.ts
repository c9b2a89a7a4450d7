/**
 * What approvals rest on outside the log: the shared secret, the seeds of enrolments, the inbox.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import type { SecretPlace } from "../../adapter/key_store.ts";
import { readSeed, seedFolderOf } from "../../adapter/seed_files.ts";
import { readTotpSecret } from "../../adapter/totp_secret.ts";
import { findPlaceFault } from "../../adapter/trusted_place.ts";
import { oneLine, toEngineError } from "../../core/errors.ts";
import type { Finding } from "../../edge/cli/host.ts";
import type { EnrolmentView } from "../../pdp/override_desk.ts";
import type { Surroundings } from "../environment.ts";

/** Nothing where nobody has set a secret and nobody is enrolled. */
export function examineOverrides(
  { variable, uid }: Pick<Surroundings, "variable" | "uid">,
  { root, keysFolder }: Pick<Layout, "root" | "keysFolder">,
): readonly Finding[] {
  return [
    ...examineSecret(variable, { workspace: root, uid }),
    ...examineSeeds(seedFolderOf({ keysFolder })),
  ];
}

/** As the engine would read it for a code without a name. */
function examineSecret(
  variable: Surroundings["variable"],
  place: SecretPlace,
): readonly Finding[] {
  const about = "approval secret";
  try {
    const found = readTotpSecret(variable, place);
    if (found === null) return [];
    const { source, warning } = found;
    if (warning === null) return [{ level: "OK", subject: about, message: `from ${source}` }];
    const fix = "enroll people by name, or move it into a 0600 file: SCALPEL_TOTP_SECRET_FILE";
    return [{ level: "WARN", subject: about, message: warning, fix }];
  } catch (error) {
    const { message, hint } = toEngineError(error);
    return [{ level: "FAIL", subject: about, message, ...(hint === null ? {} : { fix: hint }) }];
  }
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
 * Whether the seed of each enrolment can be read as for a code; the log alone cannot say.
 *
 * @param enrolments As the log has them.
 */
export function examineEnrolled(
  enrolments: readonly Pick<EnrolmentView, "id" | "name">[],
  { root, keysFolder }: Pick<Layout, "root" | "keysFolder">,
  { uid }: Pick<Surroundings, "uid">,
): readonly Finding[] {
  return enrolments.flatMap(({ id, name }): readonly Finding[] => {
    try {
      readSeed(seedFolderOf({ keysFolder }), id, { workspace: root, uid });
      return [];
    } catch (error) {
      const { message: why, hint } = toEngineError(error);
      const message = `no code of it can be checked: ${why}`;
      const about = `enrolment of ${oneLine(name, 40)}`;
      return [{ level: "FAIL", subject: about, message, ...(hint === null ? {} : { fix: hint }) }];
    }
  });
}

/**
 * The folder in which signed approvals are laid.
 *
 * @param inbox As the policy in force names it, absolute.
 */
export function examineInbox(
  inbox: string,
  { root, guard }: Pick<Layout, "root" | "guard">,
): readonly Finding[] {
  const about = "inbox";
  if (inbox === root || inbox.startsWith(`${root}/`)) {
    const message = `${inbox} lies inside the project, where the agent writes`;
    const fix = "name a folder outside it, and have the policy trusted again";
    return [{ level: "FAIL", subject: about, message, fix }];
  }
  // As readApprovalInbox looks at it.
  const owners = { anyBut: guard === null ? [] : [guard.agentUid] };
  const fault = findPlaceFault(inbox, { owners, kind: "folder" });
  if (fault !== null) {
    const message = `${fault.path}: ${fault.why}; nothing laid in ${inbox} counts`;
    const fix = fault.fix ?? `mkdir -m 755 ${inbox}`;
    return [{ level: "FAIL", subject: about, message, fix }];
  }
  const who = guard === null ? "nobody but this user, and an agent under it," : "no agent";
  return [{ level: "OK", subject: about, message: `${inbox}: ${who} can write there` }];
}
