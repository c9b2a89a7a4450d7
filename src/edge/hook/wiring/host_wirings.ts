/**
 * Every host that can be wired; a new one is added here.
 *
 * @module
 */
import { copilotWiring } from "../hosts/copilot.ts";
import { cursorWiring } from "../hosts/cursor.ts";
import { geminiWiring } from "../hosts/gemini.ts";
import { vscodeWiring } from "../hosts/vscode.ts";
import { claudeCodeWiring } from "./claude_code_wiring.ts";
import { codexWiring } from "./codex_wiring.ts";
import type { HostName } from "./hook_line.ts";
import type { HostWiring } from "./host_wiring.ts";

export const hostWirings: Readonly<Record<HostName, HostWiring>> = {
  "claude-code": claudeCodeWiring,
  codex: codexWiring,
  gemini: geminiWiring,
  cursor: cursorWiring,
  copilot: copilotWiring,
  vscode: vscodeWiring,
};
