// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Writes src/core/audit/batch/line_module.ts: the line batch compiled, as text.
 *
 *   task build:batch
 */
import { compileBatch } from "./compile_batch.ts";
import { encodeBase64 } from "@std/encoding/base64";

const target = new URL("../src/core/audit/batch/line_module.ts", import.meta.url);

const bytes = await compileBatch();
await Deno.writeTextFile(
  target,
  `/**
 * The compiled module of the line batch, base64. Made from wasm/ by \`task build:batch\`; a test
 * makes it again and compares.
 *
 * @module
 */
export const lineModule =
  "${encodeBase64(bytes)}";
`,
);
console.log(`build:batch: ${bytes.length} bytes`);
