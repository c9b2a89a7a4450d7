/** What of a run with the proxy is not as without it. */
import type { Check } from "./suite_checks.ts";

export interface Difference {
  readonly scenario: string;
  readonly bare: string;
  readonly proxied: string;
}

const resultOf = ({ id, status, errorMessage }: Check) => `${id} ${status} ${errorMessage}`.trim();

/**
 * The first difference of each scenario.
 *
 * @param isWhole Whether the details of a check count too, beside its id, verdict and message.
 */
export function compareChecks(
  bare: readonly Check[],
  proxied: readonly Check[],
  isWhole: boolean,
): readonly Difference[] {
  const textOf = (check: Check | undefined) =>
    check === undefined ? "nothing" : `${resultOf(check)}${isWhole ? ` ${check.rest}` : ""}`;
  const scenarios = new Set([...bare, ...proxied].map(({ scenario }) => scenario));
  return [...scenarios].flatMap((scenario) => {
    const [left, right] = [bare, proxied].map((checks) =>
      checks.filter((check) => check.scenario === scenario)
    );
    const length = Math.max(left?.length ?? 0, right?.length ?? 0);
    const pairs = Array.from({ length }, (_, at) => [textOf(left?.[at]), textOf(right?.[at])]);
    const found = pairs.find(([a, b]) => a !== b);
    return found === undefined ? [] : [{ scenario, bare: found[0] ?? "", proxied: found[1] ?? "" }];
  });
}
