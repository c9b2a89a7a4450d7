/**
 * Checks that cannot answer, never change a verdict, or have less of a wall around them.
 *
 * @module
 */
import { checkMeaning } from "../../check/check_meaning.ts";
import { checkCeilings, type CheckLimits } from "../../check/check_limits.ts";
import type { CheckSpec, PinnedFile } from "../../check/check_spec.ts";
import { checksPrefix } from "../../integrity/policy_snapshot.ts";
import type { Policy } from "../policy.ts";
import { isImpossible, isProtectedAlready } from "./find_rules.ts";
import { quoted, type Weakness } from "./weakness.ts";

/** From here on a limit is next to none. */
const nearCeiling = 0.9;
/** Limits that cost everybody's time and memory, by the policy's names for them. */
const costly = [
  ["fuel", "fuel"],
  ["fuel_per_input_byte", "fuelPerInputByte"],
  ["start_fuel", "startFuel"],
  ["memory_pages", "memoryPages"],
  ["deadline_ms", "deadlineMs"],
  ["load_deadline_ms", "loadDeadlineMs"],
] as const satisfies readonly (readonly [string, keyof CheckLimits])[];

/** What there is to say without looking at a file. */
export function findChecks(policy: Policy): readonly Weakness[] {
  return policy.checks.flatMap((check, index) => {
    const path = `checks.${index}`;
    return [
      ...findIdle(check, policy, path),
      ...findTwin(policy.checks, index, path),
      ...findSoft(check, path),
      ...findCostly(check, path),
    ];
  });
}

/**
 * What the folder of checks says to the policy's pins.
 *
 * @param files SHA-256 in hex by path, of every policy input.
 */
export function findCheckFiles(
  { checks }: Policy,
  files: ReadonlyMap<string, string>,
): readonly Weakness[] {
  const pins = checks.flatMap((check, index) => [
    ...findPin(check, files, `checks.${index}`),
    ...check.data === null ? [] : findPin(check.data, files, `checks.${index}.data`),
  ]);
  const named = new Set(checks.flatMap(({ file, data }) => [file, data?.file ?? file]));
  const strangers = [...files.keys()].sort().filter((path) =>
    path.startsWith(checksPrefix) && path.endsWith(".wasm") && !named.has(path)
  );
  return [
    ...pins,
    ...strangers.map((path): Weakness => ({
      code: "check_unpinned",
      message: `No check names ${quoted(path)}: it is part of the policy and judges nothing`,
      hint: "sealward checks pin FILE prints the lines for it; or remove the file",
      path: "checks",
    })),
  ];
}

function findPin(
  { file, sha256 }: PinnedFile,
  files: ReadonlyMap<string, string>,
  path: string,
): readonly Weakness[] {
  const found = files.get(file);
  if (found === sha256) return [];
  if (found === undefined) {
    return [{
      code: "check_file_missing",
      message: `${quoted(file)} is not there: everything the check judges is denied`,
      hint: "put the file there, or correct the name",
      path: `${path}.file`,
    }];
  }
  return [{
    code: "check_hash_differs",
    message: `${quoted(file)} has another SHA-256: everything the check judges is denied`,
    hint: `its SHA-256 is ${found}: compare it with where the module comes from before you pin it`,
    path: `${path}.sha256`,
  }];
}

function findIdle(check: CheckSpec, policy: Policy, path: string): readonly Weakness[] {
  const { id, match } = check;
  if (match === null) return [];
  if (isImpossible(match, policy)) {
    return [{
      code: "check_unreachable",
      message: `Check ${quoted(id)} is never asked: nothing has such an effect on a file`,
      hint: "a program is named under commands, a tool under tools; leave files or verbs out",
      path: `${path}.match.verbs`,
    }];
  }
  if (!isProtectedAlready(match, policy)) return [];
  return [{
    code: "check_shadowed",
    message: `Check ${
      quoted(id)
    } never changes a verdict: what it judges is denied under protected`,
    hint: "remove it, or change what it matches",
    path,
  }];
}

/** The same module, asked the same. */
function findTwin(
  checks: readonly CheckSpec[],
  index: number,
  path: string,
): readonly Weakness[] {
  const own = checks[index];
  const twin = checks.slice(0, index).find((other) => own && sameness(other) === sameness(own));
  if (own === undefined || twin === undefined) return [];
  return [{
    code: "check_repeated",
    message: `Check ${quoted(own.id)} asks what check ${quoted(twin.id)} asks, and costs as much`,
    hint: "remove one of them, or give them other settings",
    path,
  }];
}

function sameness(check: CheckSpec): string {
  const { match } = check;
  const files = match?.files?.patterns ?? null;
  const commands = match?.commands?.map(({ pattern }) => pattern) ?? null;
  return checkMeaning({ ...check, id: "" }) +
    JSON.stringify(match === null ? null : { ...match, files, commands });
}

function findSoft(check: CheckSpec, path: string): readonly Weakness[] {
  const { id, isolation, effect, severity, tests } = check;
  const found: Weakness[] = [];
  if (isolation === "inline") {
    found.push({
      code: "check_inline",
      message: `Check ${quoted(id)} runs in the engine's own process`,
      hint: "leave isolation out: a process of its own costs less than a millisecond",
      path: `${path}.isolation`,
    });
  }
  if (effect === "ask" && severity === "CRITICAL") {
    found.push({
      code: "check_asks_critical",
      message: `Check ${quoted(id)} only asks about what it calls CRITICAL`,
      hint: "write effect: deny, or a lower severity",
      path: `${path}.effect`,
    });
  }
  if (tests.length === 0) {
    found.push({
      code: "check_untested",
      message: `Check ${quoted(id)} has no tests: one that finds nothing looks like one that works`,
      hint: "write at least one operation it must find something in",
      path,
    });
  }
  return found;
}

function findCostly({ id, limits }: CheckSpec, path: string): readonly Weakness[] {
  return costly.filter(([, key]) => limits[key] >= nearCeiling * checkCeilings[key])
    .map(([name, key]): Weakness => ({
      code: "check_limit_high",
      message: `Check ${quoted(id)} may take ${limits[key]} of ${name}, next to the ceiling of ` +
        `${checkCeilings[key]}`,
      hint: "sealward checks bench FILE says what it takes; ten times that is enough",
      path: `${path}.limits.${name}`,
    }));
}
