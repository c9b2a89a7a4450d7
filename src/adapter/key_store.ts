/**
 * Secrets, keys and tokens: where they may come from and what a file that holds one must look like.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import { parseSecret } from "../core/integrity/parse_secret.ts";
import { maxSecretBytes, minAuditSecretBytes } from "../core/limits.ts";
import { readDescriptor } from "./descriptor.ts";
import { openPlainFile, type PlainFile, PlainFileError, readLimited } from "./plain_file.ts";

/** Reads a variable; the caller removes what must not be inherited. */
export type ReadVariable = (name: string) => string | undefined;

export interface FoundSecret {
  readonly bytes: Uint8Array;
  /** Where it came from, for status and doctor: never the value. */
  readonly source: string;
  /** Something to tell people, or null. */
  readonly warning: string | null;
}

/** What a secret is called in the environment. */
export interface SecretNames {
  /** The variable; `_FILE` and `_FD` behind it name a file and a descriptor. */
  readonly variable: string;
  /** Of systemd. */
  readonly credential: string;
}

export const auditSecretNames: SecretNames = {
  variable: "SCALPEL_AUDIT_SECRET",
  credential: "scalpel_audit_secret",
};
/** See adapter/totp_secret.ts. */
export const totpSecretNames: SecretNames = {
  variable: "SCALPEL_TOTP_SECRET",
  credential: "scalpel_totp_secret",
};

/** Whether the environment gives a secret, which is not read: it may be of no use. */
export function isSecretSet(variable: ReadVariable, names: SecretNames): boolean {
  const { variable: name, credential } = names;
  const credentials = variable("CREDENTIALS_DIRECTORY");
  return [`${name}_FILE`, `${name}_FD`, name].some((each) => (variable(each) ?? "") !== "") ||
    (credentials?.startsWith("/") === true && exists(`${credentials}/${credential}`));
}

/** `workspace` must not contain a secret's file: the agent can read and write it. */
export interface SecretPlace {
  readonly workspace: string;
  readonly uid: number | null;
}

/**
 * The audit secret, from the safest place that has one: file, systemd credential, inherited
 * descriptor, variable, the state folder.
 *
 * @throws {EngineError} `secret_missing`, `secret_unsafe`, `secret_invalid`.
 */
export function readAuditSecret(
  variable: ReadVariable,
  options: SecretPlace & { readonly keyPath: string },
): FoundSecret {
  const found = findSecret(variable, auditSecretNames, options) ?? findStored(options);
  const name = found.source;
  return { ...found, bytes: parseSecret(found.bytes, { name, minBytes: minAuditSecretBytes }) };
}

function findStored(options: SecretPlace & { readonly keyPath: string }): FoundSecret {
  if (exists(options.keyPath)) return fromFile(options.keyPath, "the state folder", options);
  throw new EngineError("secret_missing", "Cannot find the audit secret", {
    hint: "run `sealward init`, or set SCALPEL_AUDIT_SECRET_FILE",
  });
}

/**
 * A secret that the environment gives, undecoded, from the safest place that has one: file, systemd
 * credential, inherited descriptor, variable. Null when nothing names one.
 *
 * @throws {EngineError} `secret_missing`, `secret_unsafe`, `secret_invalid`.
 */
export function findSecret(
  variable: ReadVariable,
  names: SecretNames,
  place: SecretPlace,
): FoundSecret | null {
  const file = variable(`${names.variable}_FILE`);
  if (file !== undefined && file !== "") return fromFile(file, `${names.variable}_FILE`, place);
  const credentials = variable("CREDENTIALS_DIRECTORY");
  const credential = `${credentials}/${names.credential}`;
  if (credentials?.startsWith("/") && exists(credential)) {
    return fromFile(credential, `the systemd credential ${names.credential}`, place);
  }
  const descriptor = variable(`${names.variable}_FD`);
  if (descriptor !== undefined && descriptor !== "") {
    return fromDescriptor(descriptor, `${names.variable}_FD`);
  }
  const value = variable(names.variable);
  if (value === undefined || value === "") return null;
  return {
    bytes: new TextEncoder().encode(value),
    source: names.variable,
    warning: warningOf(variable, names),
  };
}

/** What to tell people of a secret in the environment, used or not; null where there is none. */
export function warningOf(
  variable: ReadVariable,
  { variable: name }: SecretNames,
): string | null {
  if ((variable(name) ?? "") === "") return null;
  return `${name} is readable by every process of this user: prefer ${name}_FILE`;
}

/** Reads a secret's descriptor for later: a sealed process starts no shell that could. */
export function keepDescriptor(variable: ReadVariable, names: SecretNames): void {
  const text = variable(`${names.variable}_FD`) ?? "";
  if (descriptorForm.test(text)) readKept(text);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

function fromFile(path: string, source: string, place: SecretPlace): FoundSecret {
  return { bytes: readPrivateFile(path, place), source, warning: null };
}

const descriptorForm = /^[0-9]{1,4}$/;
/** A pipe can be read once, a command may open the log twice. */
const fromDescriptors = new Map<string, Uint8Array>();

function fromDescriptor(text: string, source: string): FoundSecret {
  if (!descriptorForm.test(text)) {
    throw new EngineError("secret_invalid", `Cannot use ${source}: wanted a descriptor number`);
  }
  const bytes = readKept(text);
  if (bytes === null) {
    throw new EngineError("secret_missing", `Cannot read the descriptor of ${source}`, {
      hint: `open it for the program: sealward ... ${text}</path/of/the/secret`,
    });
  }
  return { bytes, source, warning: null };
}

function readKept(text: string): Uint8Array | null {
  const bytes = fromDescriptors.get(text) ?? readDescriptor(Number(text), maxSecretBytes + 1);
  if (bytes !== null) fromDescriptors.set(text, bytes);
  return bytes;
}

/**
 * Reads a file that must be private: regular, not a link, one name, owned by us or root, no access
 * for group or others, outside the workspace, where there is one.
 *
 * @throws {EngineError} `secret_missing` when it cannot be opened, `secret_unsafe` otherwise.
 */
export function readPrivateFile(
  path: string,
  options: { readonly workspace: string | null; readonly uid: number | null },
): Uint8Array {
  const { file, stat } = openPrivate(path);
  try {
    const complaint = complain(stat, options.uid) ?? complainPlace(path, options.workspace);
    if (complaint !== null) throw unsafe(path, complaint);
    const bytes = readLimited(file, maxSecretBytes);
    if (bytes === null) throw unsafe(path, `it is over ${maxSecretBytes} bytes`);
    return bytes;
  } finally {
    file.close();
  }
}

function openPrivate(path: string): PlainFile {
  try {
    return openPlainFile(path, { read: true });
  } catch (error) {
    if (!(error instanceof PlainFileError)) throw error;
    if (error.fault !== "missing" && error.fault !== "denied") throw unsafe(path, error.message);
    throw new EngineError(
      "secret_missing",
      `Cannot open the key file "${path}": ${error.message}`,
      {
        hint: "check that it exists and is readable by this user",
        cause: error,
      },
    );
  }
}

function unsafe(path: string, complaint: string): EngineError {
  return new EngineError("secret_unsafe", `Cannot trust the key file "${path}": ${complaint}`, {
    hint: "chmod 600 it, as a plain file of this user outside the workspace",
  });
}

function complain(stat: Deno.FileInfo, uid: number | null): string | null {
  if (((stat.mode ?? 0o777) & 0o077) !== 0) return "group or others have access";
  if (uid !== null && stat.uid !== uid && stat.uid !== 0) return "it belongs to another user";
  return null;
}

function complainPlace(path: string, workspace: string | null): string | null {
  if (workspace === null) return null;
  const real = Deno.realPathSync(path);
  return real.startsWith(`${workspace}/`) ? "it lies inside the workspace" : null;
}
