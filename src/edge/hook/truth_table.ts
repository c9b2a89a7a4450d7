/**
 * What each host does with each verdict and each failure of the hook: which hole remains, and
 * which wiring closes it. Facts of the hosts as their vendors document them; nothing here is code
 * that decides.
 *
 * @module
 */
import { genericTruths } from "./truths/generic_truths.ts";
import { hostTruths } from "./truths/host_truths.ts";
import type { Truth } from "./truths/truth.ts";
import { hookHosts } from "./hook_event.ts";
import { hostWirings } from "./wiring/host_wirings.ts";

export interface TruthTable {
  readonly host: string;
  readonly asOf: string;
  readonly rows: readonly Truth[];
}

export const explainedHosts = hookHosts;
export type ExplainedHost = typeof explainedHosts[number];

export function truthTableOf(host: ExplainedHost): TruthTable {
  const facts = host === "generic" ? generic : hostWirings[host].facts;
  return { host, asOf: facts.asOf, rows: "rows" in facts ? facts.rows : hostTruths(facts) };
}

const generic = {
  asOf: "any program that starts the line, reads its status and stops on everything but 0",
  rows: genericTruths,
};
