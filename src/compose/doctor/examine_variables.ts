/**
 * Variables that change what the runtime does before our first line runs.
 *
 * @module
 */
import { type Surroundings, suspiciousVariables } from "../environment.ts";
import type { Finding } from "../../edge/cli/host.ts";

/** One finding for each that is set. */
export function examineVariables({ variable }: Surroundings): readonly Finding[] {
  const subject = "environment";
  const set = suspiciousVariables.filter((name) => (variable(name) ?? "") !== "");
  if (set.length === 0) {
    return [{ level: "OK", subject, message: "no variable changes the runtime" }];
  }
  return set.map((name) => ({
    level: "WARN",
    subject,
    message: `${name} is set and can change what the runtime does`,
    fix: `start with a cleared environment: env -i HOME="$HOME" sealward ...`,
  }));
}
