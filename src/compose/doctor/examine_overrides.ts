/**
 * What approvals rest on outside the log: the shared secret, the seeds of enrolments, the inbox.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import type { SecretPlace } from "../../adapter/key_store.ts";
import { readSeed, seedFolderOf } from "../../adapter/seed_files.ts";
import { readTotpSecret } from "../../adapter/totp_secret.ts";
import { findPlaceFault, type PlaceFault } from "../../adapter/trusted_place.ts";
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
    return [{ level: "FAIL", subject: about, message, fix: fixOf(fault, inbox) }];
  }
  const who = guard === null ? "nobody but this user, and an agent under it," : "no agent";
  const message = `${inbox}: ${who} can write there`;
  return [{ level: "OK", subject: about, message }, ...examineNames(inbox)];
}

/** SECURITY: never to change the mode of a folder that is not the inbox: it may be everybody's. */
function fixOf({ path, why, fix }: PlaceFault, inbox: string): string {
  const isItself = path === inbox;
  if (isItself && why === "it is missing") return `mkdir -m 755 ${inbox}`;
  const isShared = ((isItself ? Deno.lstatSync(path).mode : null) ?? 0) & 0o1000;
  if (isItself && fix !== null && isShared === 0) return fix;
  return "move the inbox to a folder whose parents only you can write, " +
    "e.g. /srv/approvals, and have the policy trusted again";
}

/** What people laid there under names that are never looked at. */
function examineNames(inbox: string): readonly Finding[] {
  try {
    const names = [...Deno.readDirSync(inbox)].map(({ name }) => name).sort();
    const odd = names.filter((name) => !inboxName.test(name));
    if (odd.length === 0) return [];
    const few = odd.slice(0, 3).map((name) => oneLine(name, 60)).join(", ");
    const message = `${odd.length} names in ${inbox} are none that count: ${few}`;
    const fix =
      "name the text REQUESTID.approval, and what ssh-keygen made of it REQUESTID.approval.sig";
    return [{ level: "WARN", subject: "inbox", message, fix }];
  } catch (error) {
    return [{ level: "WARN", subject: "inbox", message: toEngineError(error).message }];
  }
}

const inboxName = /^[0-9a-f]{32}\.approval(?:\.sig)?$/;
