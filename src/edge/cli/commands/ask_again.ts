/**
 * Asks the person at the terminal until the answer can be taken, a few times.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";

const maxTries = 3;

export type Answer<Value> = { readonly value: Value } | { readonly complaint: string };

/** @throws {EngineError} `override_rejected` when no answer came, or none that can be taken. */
export async function askAgain<Value>(
  { host, stderr }: CliContext,
  { question, echo }: { readonly question: string; readonly echo: "shown" | "hidden" },
  parse: (line: string) => Answer<Value>,
): Promise<Value> {
  for (let tries = 0; tries < maxTries; tries++) {
    const line = await host.askPerson(question, echo);
    if (line === null) throw givenUp("Nobody answered");
    const answer = parse(line);
    if ("value" in answer) return answer.value;
    writeOutput(stderr, `sealward: ${answer.complaint}; tries left: ${maxTries - tries - 1}\n`);
  }
  throw givenUp(`Got no answer that can be taken, ${maxTries} times`);
}

function givenUp(message: string): EngineError {
  return new EngineError("override_rejected", `${message}: nothing was done`, {
    hint: "the request still waits until it expires",
  });
}
