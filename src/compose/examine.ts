/**
 * `doctor`: what is right and wrong with an install, each finding with its fix.
 *
 * @module
 */
import { findLayout, type Surroundings, suspiciousVariables } from "./environment.ts";
import type { Layout } from "../adapter/layout.ts";
import type { AuditFile } from "../adapter/audit/audit_file.ts";
import type { EngineState } from "../core/audit/state.ts";
import { toEngineError } from "../core/errors.ts";
import { lowSpacePercent } from "../core/limits.ts";
import { openLog } from "./open_install.ts";
import { judgePolicy } from "./judge_policy.ts";
import { loadPolicy } from "../core/policy/load_policy.ts";
import { findMissingInputs } from "./find_missing_inputs.ts";

export interface Finding {
  readonly level: "OK" | "WARN" | "FAIL";
  readonly subject: string;
  readonly message: string;
  readonly fix?: string;
}

/** Looks at everything that can be looked at without changing anything but the log's tail. */
export async function examine(
  surroundings: Surroundings,
  root: string | null,
  build: Record<string, unknown>,
): Promise<readonly Finding[]> {
  const layout = findLayout(surroundings, root);
  return [
    examineBuild(build),
    examineUser(surroundings),
    ...examineVariables(surroundings),
    ...examineModes(layout),
    ...await examineLog(surroundings, layout),
    ...await examineSpace(layout),
  ];
}

function examineBuild(build: Record<string, unknown>): Finding {
  const subject = "runtime";
  if (build["evaluation"] === true) {
    const message = `base ${build["base"]}: lacks permission fixes of later releases`;
    return { level: "WARN", subject, message, fix: "install a release build" };
  }
  return { level: "OK", subject, message: `base ${build["base"]}` };
}

function examineUser({ uid }: Surroundings): Finding {
  const subject = "separation";
  const message = "local install: an agent under this user can read the keys and rewrite the log";
  const fix = "only detection is promised here; keep an anchor of the log elsewhere";
  if (uid === 0) return { level: "WARN", subject, message: `${message}; and it is root`, fix };
  return { level: "WARN", subject, message, fix };
}

function examineVariables({ variable }: Surroundings): readonly Finding[] {
  const set = suspiciousVariables.filter((name) => (variable(name) ?? "") !== "");
  if (set.length === 0) {
    return [{ level: "OK", subject: "environment", message: "no variable changes the runtime" }];
  }
  return set.map((name) => ({
    level: "WARN",
    subject: "environment",
    message: `${name} is set and can change what the runtime does`,
    fix: `start with a cleared environment: env -i HOME="$HOME" sealward ...`,
  }));
}

function examineModes(layout: Layout): readonly Finding[] {
  const rows = [
    { path: layout.stateFolder, mask: 0o077, what: "state folder" },
    { path: layout.keysFolder, mask: 0o077, what: "keys" },
    { path: layout.policyFolder, mask: 0o022, what: "policy folder" },
    { path: layout.logPath, mask: 0o022, what: "log" },
  ];
  return rows.map(({ path, mask, what }): Finding => {
    try {
      const mode = (Deno.statSync(path).mode ?? 0) & 0o777;
      const shown = `${path} is ${mode.toString(8).padStart(3, "0")}`;
      if ((mode & mask) === 0) return { level: "OK", subject: what, message: shown };
      const fix = `chmod ${mask === 0o077 ? "go-rwx" : "go-w"} ${path}`;
      return { level: "FAIL", subject: what, message: `${shown}: others can reach it`, fix };
    } catch (error) {
      const { message } = toEngineError(error);
      return { level: "FAIL", subject: what, message, fix: "run `sealward init`" };
    }
  });
}

async function examineLog(surroundings: Surroundings, layout: Layout): Promise<readonly Finding[]> {
  try {
    const { audit, secret } = await openLog(surroundings, layout);
    await using closing = new AsyncDisposableStack();
    closing.defer(() => audit.close());
    const { result } = await audit.transact(({ state, head }) => ({
      events: [],
      result: { state, head },
    }));
    const source: Finding = {
      level: secret.warning === null ? "OK" : "WARN",
      subject: "audit secret",
      message: secret.warning ?? `from ${secret.source}`,
      ...(secret.warning === null ? {} : { fix: "move it into a 0600 file" }),
    };
    const inputs = await examineInputs(audit, layout);
    const head = `tail verifies up to entry ${result.head.seq}`;
    return [
      source,
      { level: "OK", subject: "log tail", message: head },
      inputs,
      await examinePolicy(surroundings, layout, result.state),
    ];
  } catch (error) {
    const { message, hint } = toEngineError(error);
    return [{ level: "FAIL", subject: "log", message, ...(hint === null ? {} : { fix: hint }) }];
  }
}

/** Costs a walk of the log and a look at every kept file. */
async function examineInputs(audit: AuditFile, layout: Layout): Promise<Finding> {
  const subject = "kept inputs";
  try {
    const found = await findMissingInputs(audit.readVerified(), layout);
    const lost = [...found.missing, ...found.changed];
    const first = lost.toSorted((a, b) => a.seq - b.seq)[0];
    if (first === undefined) {
      return { level: "OK", subject, message: `${found.total} kept, as the log names them` };
    }
    const counts = `${found.missing.length} missing and ${found.changed.length} changed`;
    const message = `${counts} of ${found.total}; first named by entry ${first.seq}`;
    const fix = "those decisions cannot be replayed: put input/ back from a copy";
    return { level: "WARN", subject, message, fix };
  } catch (error) {
    const { message } = toEngineError(error);
    return { level: "WARN", subject, message, fix: "run `sealward audit verify`" };
  }
}

/** After the log was opened, which makes a reserve anew where there is room. */
async function examineSpace({ sidePath }: Layout): Promise<readonly Finding[]> {
  const { readFreePercent } = await import("../adapter/free_space.ts");
  const { readRoom } = await import("../adapter/audit/audit_reserve.ts");
  const percent = await readFreePercent(sidePath);
  const subject = "log's disk";
  const fix = "free some space, for instance with `sealward audit prune`";
  try {
    const room = readRoom(sidePath);
    if (room !== "enough") {
      const what = room === "low" ? "events of low severity are refused" : "everything is denied";
      return [{ level: "WARN", subject, message: `full, a reserve is in use: ${what}`, fix }];
    }
  } catch (error) {
    return [{ level: "FAIL", subject, message: toEngineError(error).message }];
  }
  if (percent === null) return [];
  const message = `${percent} % free, both reserves stand`;
  return [
    percent < lowSpacePercent
      ? { level: "WARN", subject, message, fix }
      : { level: "OK", subject, message },
  ];
}

async function examinePolicy(
  surroundings: Surroundings,
  layout: Layout,
  state: EngineState,
): Promise<Finding> {
  const subject = "policy";
  try {
    const { snapshot, trust } = await judgePolicy(surroundings, layout, state);
    const message = trust.status === "new"
      ? `Signed version ${trust.manifest.policy_version}, in force from the next decision on`
      : trust.message;
    if (trust.status !== "trusted" && trust.status !== "new") {
      return { level: "FAIL", subject, message };
    }
    const { enforcement } = loadPolicy(snapshot).policy;
    if (enforcement.enabled && enforcement.mode === "enforce") {
      return { level: "OK", subject, message: `${message}, enforced` };
    }
    const mode = enforcement.enabled ? "observe: nothing is blocked" : "switched off";
    return { level: "WARN", subject, message: `${message}, ${mode}`, fix: "set mode: enforce" };
  } catch (error) {
    return { level: "FAIL", subject, message: toEngineError(error).message };
  }
}
