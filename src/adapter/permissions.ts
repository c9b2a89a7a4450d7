/**
 * Gives up what the process no longer needs, and looks whether it is gone.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";

/** One row of `doctor --permissions`. */
export interface PermissionRow {
  readonly name: string;
  readonly state: "granted" | "denied";
}

export interface SealOptions {
  /** Everything that stays writable: the log, its side folder, the mark, named outputs. */
  readonly writable: readonly string[];
  /** A server goes on listening. */
  readonly keepsNet: boolean;
}

// A place nobody may write to after sealing, and a program nobody may start.
const probes: readonly (readonly [string, Deno.PermissionDescriptor])[] = [
  ["write /", { name: "write", path: "/" }],
  ["write /tmp", { name: "write", path: "/tmp" }],
  ["run any program", { name: "run" }],
  // Granted by name and asked for by name: the bare kind is never "granted".
  ["environment HOME", { name: "env", variable: "HOME" }],
  ["environment SCALPEL_AUDIT_SECRET", { name: "env", variable: "SCALPEL_AUDIT_SECRET" }],
  ["system uid", { name: "sys", kind: "uid" }],
  ["system hostname", { name: "sys", kind: "hostname" }],
  ["foreign functions", { name: "ffi" }],
  ["import from network", { name: "import" }],
];
const netProbe = ["network 127.0.0.1", { name: "net", host: "127.0.0.1" }] as const;

/** What is held now; `places` are asked for writing. */
export function readPermissions(places: readonly string[]): readonly PermissionRow[] {
  const asked = [
    ["read /", { name: "read", path: "/" }] as const,
    ...probes,
    netProbe,
    ...places.map((path) => [`write ${path}`, { name: "write", path }] as const),
  ];
  return asked.map(([name, descriptor]) => ({ name, state: stateOf(descriptor) }));
}

function stateOf(descriptor: Deno.PermissionDescriptor): "granted" | "denied" {
  // With --no-prompt "prompt" means no, exactly as "denied" does.
  return Deno.permissions.querySync(descriptor).state === "granted" ? "granted" : "denied";
}

/**
 * Narrows the process to what the rest of its life needs.
 *
 * @throws {EngineError} `permissions_unsealed` when anything is still held after giving it up, or
 *   a place that must stay writable is not: nothing is decided then.
 */
export function sealPermissions(options: SealOptions): void {
  for (const path of options.writable) Deno.permissions.requestSync({ name: "write", path });
  const given: Deno.PermissionDescriptor[] = [
    { name: "write", path: "/" },
    { name: "run" },
    { name: "env" },
    { name: "sys" },
    { name: "ffi" },
    { name: "import" },
  ];
  if (!options.keepsNet) given.push({ name: "net" });
  for (const descriptor of given) Deno.permissions.revokeSync(descriptor);
  const gone = options.keepsNet ? probes : [...probes, netProbe];
  for (const [name, descriptor] of gone) {
    if (stateOf(descriptor) === "granted" && !covers(options.writable, descriptor)) {
      throw held(name);
    }
  }
  for (const path of options.writable) {
    if (stateOf({ name: "write", path }) !== "granted") throw lost(path);
  }
}

// A log below /tmp makes /tmp itself no more writable, but a named output "/tmp" would.
function covers(writable: readonly string[], descriptor: Deno.PermissionDescriptor): boolean {
  return descriptor.name === "write" && writable.some((path) => path === descriptor.path);
}

function held(name: string): EngineError {
  return new EngineError(
    "permissions_unsealed",
    `Cannot seal permissions: "${name}" is still held`,
    {
      hint: "run the compiled binary, or deno with --allow-write=/ instead of --allow-write or -A",
    },
  );
}

function lost(path: string): EngineError {
  return new EngineError(
    "permissions_unsealed",
    `Cannot seal permissions: lost write to "${path}"`,
    {
      hint: "run the compiled binary, or deno with --allow-write=/",
    },
  );
}
