import { assertEquals } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import accepted from "../../vectors/policy/accepted.json" with { type: "json" };
import manifest from "../../vectors/policy/manifest.json" with { type: "json" };
import refused from "../../vectors/policy/refused.json" with { type: "json" };
import { EngineError } from "../../../src/core/errors.ts";
import { lintPolicy } from "../../../src/core/policy/lint_policy.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { PolicyError } from "../../../src/core/policy/policy_error.ts";
import type { Condition, Policy } from "../../../src/core/policy/policy.ts";

const file = ".scalpel/policy.yaml";

/** What a row of accepted.json leaves out. */
const defaults = {
  version: "1.0",
  enforcement: {
    enabled: true,
    failClosed: true,
    mode: "enforce",
    onUnverified: "deny",
    default: "allow",
  },
  limits: {
    maxComplexity: null,
    maxFileSizeBytes: null,
    maxChangesPerOperation: null,
    maxFilesPerOperation: null,
  },
  files: [],
  operations: [],
  custom: {},
  secrets: [],
  opaque: "deny",
  rules: [],
  budgets: [],
  overrides: null,
  guardsReads: false,
};

function toPlain(policy: Policy): unknown {
  const { version, enforcement, limits } = policy;
  return {
    version,
    enforcement,
    limits,
    files: policy.protectedFiles.patterns,
    operations: policy.protectedOperations,
    custom: Object.fromEntries(policy.customOperations),
    secrets: policy.secretFiles.patterns,
    opaque: policy.commands.opaque,
    rules: policy.rules.map(toPlainRule),
    budgets: policy.budgets.map(toPlainBudget),
    overrides: policy.overrides && toPlainOverrides(policy.overrides),
    guardsReads: policy.guardsReads,
  };
}

function toPlainRule({ match, mode, ...rule }: Policy["rules"][number]): unknown {
  const { after, without, ...condition } = match;
  return {
    ...rule,
    ...(mode === "enforce" ? {} : { mode }),
    match: {
      ...toPlainCondition(condition),
      ...(after === null ? {} : { after: toPlainPast(after) }),
      ...(without === null ? {} : { without: toPlainPast(without) }),
    },
  };
}

/** The id is a hash: its first letter is told, the rest is meaning_id_test.ts. */
function toPlainPast({ id, condition, ...past }: Policy["past"][number]): unknown {
  return { ...past, place: id.charAt(0), ...toWritten(condition) };
}

function toPlainBudget({ counterId, match, ...budget }: Policy["budgets"][number]): unknown {
  return { ...budget, place: counterId.charAt(0), match: toWritten(match) };
}

function toPlainOverrides({ approvers, ...terms }: NonNullable<Policy["overrides"]>): unknown {
  const plain = approvers.map(({ sshKeys, ...approver }) => ({
    ...approver,
    sshKeys: sshKeys.map(({ kind, blob, comment }) => `${kind} ${encodeBase64(blob)} ${comment}`),
  }));
  return { ...terms, approvers: plain };
}

function toPlainCondition(condition: Condition): Readonly<Record<string, unknown>> {
  const files = condition.files?.patterns ?? null;
  const commands = condition.commands?.map(({ pattern }) => pattern) ?? null;
  return { ...condition, files, commands };
}

/** Keys that were written. */
function toWritten(condition: Condition): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(toPlainCondition(condition)).filter(([, value]) => value !== null),
  );
}

function refusalOf(text: string): unknown {
  try {
    parsePolicy(text, file);
  } catch (error) {
    return error;
  }
  return null;
}

describe("vectors/policy", () => {
  it("has as many rows as its manifest says, each name once", () => {
    assertEquals({ accepted: accepted.length, refused: refused.length }, manifest);
    const names = [...accepted, ...refused].map(({ name }) => name);
    assertEquals(new Set(names).size, manifest.accepted + manifest.refused);
  });

  for (const { name, text, ...wanted } of refused) {
    it(`refused: ${name}`, () => {
      const error = refusalOf(text);
      const code = error instanceof EngineError ? error.code : null;
      const path = error instanceof PolicyError ? error.path : null;
      const { policy, findings } = lintPolicy(new TextEncoder().encode(text), file);
      const { line = null, column = null } = findings[0]?.location ?? {};
      assertEquals<unknown>({ code, line, column, path }, wanted);
      assertEquals([policy, findings.length, findings[0]?.code], [null, 1, wanted.code]);
      assertEquals(Reflect.get({}, "allowed"), undefined);
    });
  }

  for (const { name, text, expect } of accepted) {
    it(`accepted: ${name}`, () => {
      const { policy, findings } = lintPolicy(new TextEncoder().encode(text), file);
      assertEquals(findings.filter(({ severity }) => severity === "error"), []);
      const wanted = {
        ...defaults,
        ...expect,
        enforcement: { ...defaults.enforcement, ..."enforcement" in expect && expect.enforcement },
        limits: { ...defaults.limits, ..."limits" in expect && expect.limits },
      };
      assertEquals(policy && toPlain(policy), wanted);
      assertEquals(toPlain(parsePolicy(text, file)), wanted);
    });
  }
});
