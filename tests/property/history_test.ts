/**
 * Stories of operations under random budgets and rules that look back, against a reader that looks at
 * the whole past each time; and each story folded again from its entries alone. A failure prints its
 * seed.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import {
  decideStory,
  type PlainBudget,
  type PlainHistoryPolicy,
  type PlainOperation,
  type PlainPast,
  type PlainRule,
} from "../support/reference_history.ts";
import { Story } from "../support/story.ts";

const type = fc.constantFrom("file_read", "file_write", "file_delete", "approve");
const span = fc.constantFrom("session", "hour", "day");
const name = fc.constantFrom("a", "b", "x");
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const budget: fc.Arbitrary<PlainBudget> = fc.record({
  count: fc.constantFrom("operations", "files", "deletes", "lines"),
  type: maybe(type),
  file: maybe(name),
  per: span,
  max: fc.integer({ min: 0, max: 6 }),
  effect: fc.constantFrom("deny", "ask"),
});

const past: fc.Arbitrary<PlainPast> = fc.record({
  key: fc.constantFrom("after", "without"),
  type,
  file: maybe(name),
  principal: maybe(fc.constantFrom("uid:1", "uid:2")),
  within: span,
}).map((each) => ({
  ...each,
  // `approve` names no files; a session is one principal's.
  file: each.type === "approve" ? null : each.file,
  principal: each.within === "session" ? null : each.principal,
}));

const rule: fc.Arbitrary<PlainRule> = fc.record({
  type,
  // What is denied without looking back stays denied for reasons of its own: denial memory.
  past: fc.uniqueArray(past, { selector: ({ key }) => key, minLength: 1, maxLength: 2 }),
  effect: fc.constantFrom("deny", "ask", "warn"),
  mode: fc.constantFrom("enforce", "enforce", "observe"),
});

const policy: fc.Arbitrary<PlainHistoryPolicy> = fc.record({
  budgets: fc.array(budget, { maxLength: 4 }),
  rules: fc.array(rule, { maxLength: 3 }),
});

const step = fc.record({
  type,
  files: fc.uniqueArray(fc.constantFrom("a", "b", "c/x", "d/a"), { minLength: 1, maxLength: 3 }),
  lines: fc.integer({ min: 0, max: 3 }),
  principal: fc.constantFrom("uid:1", "uid:2"),
  session: fc.constantFrom("s", "t"),
  wait: fc.constantFrom(0, 0, 1, 300, 601, 3_600, 3_601, 20_000, 86_400, 90_001),
});

const story = fc.array(step, { minLength: 1, maxLength: 25 }).map((steps) => {
  let seconds = 1_790_000_000;
  return steps.map(({ wait, ...each }): PlainOperation => {
    seconds += wait;
    return { ...each, files: each.type === "approve" ? [] : each.files, seconds };
  });
});

function textOf({ budgets, rules }: PlainHistoryPolicy): string {
  const list = (key: string, value: string | null) =>
    value === null ? [] : [`${key}: ["${value}"]`];
  const pastOf = ({ key, type, file, principal, within }: PlainPast) => {
    const keys = [...list("types", type), ...list("files", file), ...list("principals", principal)];
    return `${key}: {${[...keys, `within: ${within}`].join(", ")}}`;
  };
  const budgetLines = budgets.map(({ count, type, file, per, max, effect }, i) => {
    const match = [...list("types", type), ...list("files", file)].join(", ");
    const matching = match === "" ? "" : `match: {${match}}, `;
    return `  - {id: b${i}, count: ${count}, ${matching}per: ${per}, max: ${max}, effect: ${effect}}\n`;
  });
  const ruleLines = rules.map(({ type, past, effect, mode }, i) => {
    const match = [...list("types", type), ...past.map(pastOf)].join(", ");
    return `  - {id: r${i}, mode: ${mode}, effect: ${effect}, match: {${match}}}\n`;
  });
  return "operations: {custom: {approve: [call]}}\n" +
    (budgets.length === 0 ? "" : `budgets:\n${budgetLines.join("")}`) +
    (rules.length === 0 ? "" : `rules:\n${ruleLines.join("")}`);
}

function wireOf({ type, files, lines, session }: PlainOperation): JsonObject {
  return {
    type,
    affected_files: files,
    agent: { session },
    ...(type === "file_write" ? { content: "1\n".repeat(lines) } : {}),
  };
}

/** Played one by one, or with all of one moment and principal in one commit. */
function play(text: string, operations: readonly PlainOperation[], isGrouped: boolean): Story {
  const told = new Story(text);
  for (let i = 0; i < operations.length;) {
    const first = operations[i] as PlainOperation;
    const end = operations.findIndex(({ seconds, principal }, at) =>
      at > i && (!isGrouped || seconds !== first.seconds || principal !== first.principal)
    );
    const group = operations.slice(i, end === -1 ? operations.length : end);
    told.seconds = first.seconds;
    told.judge(group.map(wireOf), { principal: first.principal });
    i += group.length;
  }
  return told;
}

describe("history property", () => {
  it("R1 D5 agrees with a reader of the whole past, alone, in commits, and folded anew", () => {
    fc.assert(
      fc.property(policy, story, (given, operations) => {
        const text = textOf(given);
        const wanted = decideStory(given, operations);
        const alone = play(text, operations, false);
        assertEquals(alone.verdicts, wanted, text);
        assertEquals(play(text, operations, true).verdicts, wanted, text);
        assertEquals(alone.foldAgain(), alone.state);
      }),
      { numRuns: 400 },
    );
  });

  it("D4 one budget more never allows more of what is asked first", () => {
    fc.assert(
      fc.property(policy, budget, story, (given, more, operations) => {
        const strict = play(
          textOf({ ...given, budgets: [...given.budgets, more] }),
          operations,
          false,
        );
        const mild = play(textOf(given), operations, false).verdicts;
        const rank = { allow: 0, ask: 1, deny: 2 } as const;
        // Up to the first difference both have the same past.
        const at = mild.findIndex((verdict, i) => verdict !== strict.verdicts[i]);
        if (at === -1) return;
        const [before, after] = [mild[at] ?? "deny", strict.verdicts[at] ?? "allow"];
        assertEquals(rank[after] > rank[before], true, `${before} became ${after}`);
      }),
      { numRuns: 200 },
    );
  });
});
