/**
 * Holds what is kept beside a log against what its entries name.
 *
 * @module
 */
import { keptStatus } from "../adapter/kept_inputs.ts";
import type { Layout } from "../adapter/layout.ts";
import type { Entry } from "../core/audit/entry.ts";
import { InputReferences, type InputsFound } from "../core/replay/input_references.ts";

/** Walks all entries, then hashes each file they name. */
export async function findMissingInputs(
  entries: AsyncIterable<Entry>,
  layout: Layout,
): Promise<InputsFound> {
  const references = new InputReferences();
  for await (const entry of entries) references.follow(entry);
  return references.findMissing((sha256) => keptStatus(layout, sha256));
}
