/**
 * Gives up permissions at the start of a role, and looks whether they are gone.
 *
 * @module
 */

const all = ["read", "write", "run", "env", "sys", "net", "ffi", "import"] as const;
type Kind = typeof all[number];

/** A grant by name is not seen by asking for the kind, so each is also asked for by a name. */
const probes: readonly Deno.PermissionDescriptor[] = [
  { name: "read", path: "/" },
  { name: "read", path: "/proc/self/environ" },
  { name: "write", path: "/" },
  { name: "write", path: "/tmp" },
  { name: "run", command: "/bin/sh" },
  { name: "env", variable: "HOME" },
  { name: "env", variable: "SCALPEL_AUDIT_SECRET" },
  { name: "sys", kind: "uid" },
  { name: "sys", kind: "hostname" },
  { name: "net", host: "127.0.0.1" },
];

/**
 * Revokes every kind of permission but `kept`.
 *
 * @returns Whether the others are gone. With false the role must end.
 */
export function hasOnly(kept: readonly Kind[]): boolean {
  const given = new Set(all.filter((name) => !kept.includes(name)));
  // A path that was granted is not always revoked with its kind.
  if (given.has("write")) Deno.permissions.revokeSync({ name: "write", path: "/" });
  for (const name of given) Deno.permissions.revokeSync({ name });
  const asked = [...[...given].map((name) => ({ name })), ...probes];
  return asked.every((descriptor) =>
    !given.has(descriptor.name) || Deno.permissions.querySync(descriptor).state !== "granted"
  );
}
