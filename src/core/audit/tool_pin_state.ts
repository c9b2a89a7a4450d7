/**
 * The part of the state that remembers how tools of MCP servers were defined when they were first
 * let through. SPEC.md, "Tool definitions".
 *
 * @module
 */
import { maxServerToolPins, maxToolPins } from "../limits.ts";
import type { Json, JsonObject } from "../operation/operation.ts";

export interface ToolPin {
  /** First 128 bits of the definition's SHA-256, hex. */
  readonly hash: string;
  readonly server: string;
  readonly tool: string;
}

export interface ToolPinState {
  /** Each tool once, at most maxToolPins; nothing is ever pushed out. */
  readonly tool_pins: readonly ToolPin[];
}

export const emptyToolPins: ToolPinState = { tool_pins: [] };

/** Hex digits of a pin. */
export const pinDigits = 32;

/** How many more tools of a server can be remembered. */
export function roomForPins({ tool_pins: pins }: ToolPinState, server: string): number {
  const own = pins.filter((pin) => pin.server === server).length;
  // SECURITY: a server with endless tools takes nobody else's room.
  return Math.max(0, Math.min(maxServerToolPins - own, maxToolPins - pins.length));
}

/** Folds the entry of a decision. */
export function foldToolPins<T extends ToolPinState>(state: T, details: JsonObject): T {
  const given = details["tool_pins"];
  if (details["decision"] !== "allow" || given === undefined) return state;
  const pins = [...state.tool_pins];
  for (const pin of readPins(given)) {
    // Entries of one commit are decided on one state: the second may tell what the first has told.
    const isKnown = pins.some(({ server, tool }) => server === pin.server && tool === pin.tool);
    if (!isKnown && roomForPins({ tool_pins: pins }, pin.server) > 0) pins.push(pin);
  }
  return pins.length === state.tool_pins.length ? state : { ...state, tool_pins: pins };
}

/** As an entry holds it: the server, and lines of a hash and a name. */
export function encodePins(server: string, pins: readonly ToolPin[]): JsonObject {
  return { server, tools: pins.map(({ hash, tool }) => `${hash} ${tool}`) };
}

function readPins(given: Json): readonly ToolPin[] {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return [];
  const { server, tools } = given as JsonObject;
  if (typeof server !== "string" || !Array.isArray(tools)) return [];
  return tools.filter((line) => typeof line === "string")
    .map((line) => ({
      hash: line.slice(0, pinDigits),
      server,
      tool: line.slice(pinDigits + 1),
    }));
}
