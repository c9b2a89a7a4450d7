/**
 * Age of the keys this host keeps.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import type { Finding } from "../../edge/cli/host.ts";

const dayMs = 86_400_000;
/** A year: long enough that nobody is nagged, short enough that a leaked key ends. */
const oldKeyDays = 365;

/** One finding for each key that lies here; a secret that is kept elsewhere is its keeper's. */
export function examineKeys({ keysFolder }: Layout): readonly Finding[] {
  return [
    ...examineAge(`${keysFolder}/audit.key`, "audit key", "sealward audit rotate-key"),
    ...examineAge(`${keysFolder}/checkpoint.pem`, "checkpoint key", null),
  ];
}

function examineAge(path: string, subject: string, command: string | null): readonly Finding[] {
  const days = daysSince(path);
  if (days === null) return [];
  const message = `${days} days old`;
  if (days <= oldKeyDays || command === null) return [{ level: "OK", subject, message }];
  return [{ level: "WARN", subject, message, fix: `run \`${command}\`` }];
}

function daysSince(path: string): number | null {
  try {
    const made = Deno.statSync(path).mtime?.getTime() ?? Date.now();
    return Math.max(0, Math.floor((Date.now() - made) / dayMs));
  } catch {
    return null;
  }
}
