/**
 * Says why V8 finds a module invalid.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";

const maxReasonCharacters = 200;

/** V8 says why only to whoever tries to compile; it has looked at these bytes once already. */
export function refuseInvalid(bytes: Uint8Array<ArrayBuffer>): CheckFailure {
  const reason = askReason(bytes);
  const place = /@\+(\d{1,10})/.exec(reason)?.[1];
  // Its words can quote names of the module.
  const shown = reason.replace(/ ?@\+\d+$/, "").replaceAll(/[^ -~]/g, "?");
  return new CheckFailure(
    "invalid_module",
    `module: got one that is not valid (${shown.slice(0, maxReasonCharacters)})`,
    place === undefined ? null : Number(place),
  );
}

function askReason(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    new WebAssembly.Module(bytes);
    return "no reason given";
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^WebAssembly\.Module\(\): /, "") : "";
  }
}
