// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Writes tests/vectors/audit/segments.json; a test compares it with what this would write.
 *
 *     deno run -A scripts/make_audit_vectors.ts
 */
import {
  buildAuditVectors,
  encodeAuditVectors,
  vectorPath,
} from "../tests/support/audit_vectors.ts";

const vectors = await buildAuditVectors();
Deno.writeTextFileSync(vectorPath, encodeAuditVectors(vectors));
console.log(`${vectors.count} cases in ${vectorPath}`);
