/**
 * What no policy and no override opens: the engine's own files, and files that switch a guard off
 * or run programs unasked.
 *
 * @module
 */
import { parseGlob } from "./glob.ts";
import { compilePatternSet, type PatternSet } from "./pattern_set.ts";

/** A pattern that is always protected, and the reason people are shown. */
export interface BuiltinPattern {
  readonly pattern: string;
  readonly why: string;
}

const engine = "it belongs to the engine";
const agent = "it can switch an agent's guard off";
const git = "git runs programs it names";

/** In the order builtinPatternSet() answers with. */
export const builtinPatterns: readonly BuiltinPattern[] = [
  { pattern: ".scalpel/", why: engine },
  { pattern: "scalpel.policy.yaml", why: engine },
  { pattern: "budget.yaml", why: engine },
  { pattern: "overrides.yaml", why: engine },
  { pattern: "//etc/sealward/", why: engine },
  { pattern: "//var/lib/sealward/", why: engine },
  { pattern: "//run/sealward/", why: engine },
  { pattern: "//usr/bin/sealward", why: engine },
  { pattern: "//usr/local/bin/sealward", why: engine },
  { pattern: "**/.local/state/sealward/", why: engine },
  { pattern: "**/.claude/settings*.json", why: agent },
  { pattern: "**/.claude/hooks/", why: agent },
  { pattern: "**/.cursor/hooks.json", why: agent },
  { pattern: "**/.cursor/mcp.json", why: agent },
  { pattern: ".codex/", why: agent },
  { pattern: "//etc/claude-code/", why: agent },
  { pattern: "//etc/codex/", why: agent },
  { pattern: "**/.gemini/settings.json", why: agent },
  { pattern: "//etc/gemini-cli/", why: agent },
  { pattern: "//etc/cursor/", why: agent },
  { pattern: "**/.copilot/hooks/", why: agent },
  { pattern: "**/.copilot/settings.json", why: agent },
  { pattern: "**/.github/copilot/settings*.json", why: agent },
  { pattern: "//etc/github-copilot/", why: agent },
  { pattern: "**/.vscode/settings.json", why: agent },
  { pattern: "**/.vscode/tasks.json", why: agent },
  { pattern: ".mcp.json", why: agent },
  { pattern: "**/.github/hooks/", why: agent },
  { pattern: "**/.git/hooks/", why: git },
  { pattern: "**/.git/config", why: git },
];

const approving = "with it anybody could approve";

/**
 * What is not even read: seeds of authenticator apps and the token that answers requests. An approval
 * is worth what the asker does not know of it.
 */
export const builtinSecrets: readonly BuiltinPattern[] = [
  ...["//var/lib/sealward/*", "**/.local/state/sealward/*"].flatMap((state) => [
    { pattern: `${state}/keys/override/`, why: approving },
    { pattern: `${state}/tokens/approver`, why: approving },
  ]),
];

/** The folders they lie in: read as a whole, they are read with them. */
const secretFolders = ["//var/lib/sealward/", "**/.local/state/sealward/"];

let compiled: PatternSet | null = null;
let secrets: PatternSet | null = null;
let folders: PatternSet | null = null;

/** Of builtinSecrets, compiled at the first call. */
export function builtinSecretSet(): PatternSet {
  secrets ??= compilePatternSet(builtinSecrets.map(({ pattern }) => parseGlob(pattern)));
  return secrets;
}

export function secretFolderSet(): PatternSet {
  folders ??= compilePatternSet(secretFolders.map((pattern) => parseGlob(pattern)));
  return folders;
}

/** The set, compiled at the first call. */
export function builtinPatternSet(): PatternSet {
  compiled ??= compilePatternSet(builtinPatterns.map(({ pattern }) => parseGlob(pattern)));
  return compiled;
}
