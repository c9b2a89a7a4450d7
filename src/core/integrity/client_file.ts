/**
 * `client.json`: which roots of this machine a guarded install decides for, and the one road to each
 * of them. Only root writes it, so an agent cannot move the road.
 *
 * @module
 */
import { EngineError, oneLine } from "../errors.ts";
import { isJsonObject } from "../operation/parse_field.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { parseStrictJson } from "../strict_json.ts";
import { parseBase64 } from "./parse_base64.ts";

/** One guarded install, as client.json names it. Paths are absolute, without a trailing slash. */
export interface GuardedInstall {
  /** 32 hex digits, from the root's real path. */
  readonly id: string;
  /** Real path of the project; empty for the root of the disk. */
  readonly root: string;
  /** Port of the server on 127.0.0.1. */
  readonly port: number;
  /** Raw Ed25519 public key of the server, base64. */
  readonly serverKey: string;
  /** The agent's token: readable by the agent and nobody else. */
  readonly tokenFile: string;
  readonly engineUser: string;
  readonly engineUid: number;
  readonly agentUid: number;
  /** Home of the agent's user: where `~` of its commands leads; null when nobody knows. */
  readonly agentHome: string | null;
}

/** More installs than this on one machine are a mistake. */
export const maxGuardedInstalls = 256;

const members = [
  "agent_home",
  "agent_uid",
  "engine_uid",
  "engine_user",
  "id",
  "root",
  "server",
  "server_key",
  "token_file",
];

/**
 * Reads client.json.
 *
 * @throws {EngineError} `guard_unsafe` for anything but exactly this form: what is half read must not
 *   look like "nothing is guarded".
 */
export function parseClientFile(text: string): readonly GuardedInstall[] {
  const value = parseStrictJson(text, { code: "guard_unsafe" });
  const isOurs = isJsonObject(value) && hasOnly(value, ["installs", "schema_version"]) &&
    value["schema_version"] === 1;
  const list = isOurs ? value["installs"] : null;
  if (!Array.isArray(list) || list.length > maxGuardedInstalls) {
    throw unfit(`wanted schema_version 1 and at most ${maxGuardedInstalls} installs`);
  }
  const installs = list.map((item, index) => parseInstall(item, index));
  for (const name of ["id", "root", "port"] as const) {
    const seen = new Set(installs.map((install) => install[name]));
    if (seen.size !== installs.length) throw unfit(`two installs have the same ${name}`);
  }
  return installs;
}

/** Writes client.json; parseClientFile of it equals `installs`. */
export function encodeClientFile(installs: readonly GuardedInstall[]): string {
  const list = installs.map((install) => ({
    id: install.id,
    root: install.root,
    server: `http://127.0.0.1:${install.port}`,
    server_key: install.serverKey,
    token_file: install.tokenFile,
    engine_user: install.engineUser,
    engine_uid: install.engineUid,
    agent_uid: install.agentUid,
    agent_home: install.agentHome,
  }));
  return `${JSON.stringify({ schema_version: 1, installs: list }, null, 2)}\n`;
}

function parseInstall(value: Json, index: number): GuardedInstall {
  const at = `installs[${index}]`;
  if (!isJsonObject(value) || !hasOnly(value, members)) {
    throw unfit(`${at}: wanted exactly ${members.join(", ")}`);
  }
  const { agent_home: home } = value;
  return {
    id: textOf(value, "id", at, /^[0-9a-f]{32}$/),
    root: pathOf(value, "root", at, true),
    port: portOf(textOf(value, "server", at, /^http:\/\/127\.0\.0\.1:[1-9][0-9]{0,4}$/), at),
    serverKey: keyOf(textOf(value, "server_key", at, /^.{44}$/), at),
    tokenFile: pathOf(value, "token_file", at, false),
    engineUser: textOf(value, "engine_user", at, userGrammar),
    engineUid: uidOf(value, "engine_uid", at),
    agentUid: uidOf(value, "agent_uid", at),
    agentHome: home === null ? null : pathOf(value, "agent_home", at, false),
  };
}

/** Names useradd(8) takes everywhere; no name is an option or a number. */
export const userGrammar = /^[a-z_][a-z0-9_-]{0,30}$/;

function hasOnly(value: JsonObject, names: readonly string[]): boolean {
  const keys = Object.keys(value);
  return keys.length === names.length && names.every((name) => Object.hasOwn(value, name));
}

function textOf(value: JsonObject, name: string, at: string, grammar: RegExp): string {
  const text = value[name];
  if (typeof text === "string" && grammar.test(text)) return text;
  throw unfit(`${at}.${name} is not of its form`);
}

function pathOf(value: JsonObject, name: string, at: string, mayBeDisk: boolean): string {
  const path = value[name];
  if (mayBeDisk && path === "") return "";
  const isPath = typeof path === "string" && path.startsWith("/") &&
    // SECURITY: one spelling only; a path that is compared by text must not have a second one.
    path.slice(1).split("/").every((part) => part !== "" && part !== "." && part !== "..") &&
    !path.includes("\0");
  if (isPath) return path;
  throw unfit(`${at}.${name} is no plain absolute path`);
}

function portOf(server: string, at: string): number {
  const port = Number(server.slice(server.lastIndexOf(":") + 1));
  if (port <= 65_535) return port;
  throw unfit(`${at}.server has no port`);
}

function keyOf(text: string, at: string): string {
  if (parseBase64(text)?.length === 32) return text;
  throw unfit(`${at}.server_key is no Ed25519 public key`);
}

function uidOf(value: JsonObject, name: string, at: string): number {
  const uid = value[name];
  // SECURITY: root must be neither, and 2^32-1 means "leave it" to chown(2).
  if (typeof uid === "number" && Number.isInteger(uid) && uid > 0 && uid < 4_294_967_295) {
    return uid;
  }
  throw unfit(`${at}.${name} is no uid of a user`);
}

function unfit(what: string): EngineError {
  return new EngineError("guard_unsafe", `Cannot use client.json: ${oneLine(what)}`, {
    hint: "put the file back as `sealward init --guarded` wrote it; until then nothing is decided",
  });
}
