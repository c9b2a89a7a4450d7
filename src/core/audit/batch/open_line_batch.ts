/**
 * Chooses the engine of a line batch. For whoever walks many lines: who decides one operation does
 * not load this.
 *
 * @module
 */
import type { LineBatch } from "./line_batch.ts";
import { passesSelfTest } from "./passes_self_test.ts";
import { SimdBatch } from "./simd_batch.ts";
import { TypescriptBatch } from "./typescript_batch.ts";

/**
 * Opens a batch. The WebAssembly module serves when the runtime takes it and it passes the
 * self-test; else TypeScript does the same more slowly. Costs about 10 ms.
 *
 * @param createSimd Throws where there is no WebAssembly, no SIMD or no memory for it.
 */
export function openLineBatch(
  createSimd: () => SimdBatch = () => new SimdBatch(),
): LineBatch {
  return openSimdBatch(createSimd) ?? new TypescriptBatch();
}

/** Null when it cannot be created, traps, or gives a wrong answer. */
function openSimdBatch(createSimd: () => SimdBatch): LineBatch | null {
  try {
    const batch = createSimd();
    return passesSelfTest(batch) ? batch : null;
  } catch {
    // Whatever it is: the other engine needs nothing of it.
    return null;
  }
}
