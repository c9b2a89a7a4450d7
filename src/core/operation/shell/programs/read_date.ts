/**
 * date(1), whose output many commands take for a name.
 *
 * @module
 */
import type { Invocation, ProgramUse } from "../program_use.ts";
import { readOptions } from "./read_options.ts";
import { UseBuilder } from "./use_builder.ts";

export function readDate(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  builder.options(
    readOptions(invocation.args, "-uIRjn d,date: f,file< r,reference: s,set: v: I? rfc-3339: utc"),
  );
  // SECURITY: `date +-o.env` prints an option.
  const isTame = invocation.args.every(({ text, isKnown }) =>
    isKnown && !/(?:^\+|\s|%[nt])-/.test(text)
  );
  return builder.end(isTame ? { kind: "unknown", isTame } : { kind: "unknown" });
}
