/**
 * The sandbox that is no process: loaded when a check is to run there, and once.
 *
 * @module
 */
import type { InlineSandbox } from "../sandbox/inline_sandbox.ts";

let inline: InlineSandbox | null = null;

/** By the explicit word of a person or a policy. What it keeps is this process's, and bounded. */
export async function openInline(): Promise<InlineSandbox> {
  const { createInlineSandbox } = await import("../sandbox/inline_sandbox.ts");
  return inline ??= createInlineSandbox(() => performance.now());
}
