import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { hookDeadlineMs } from "../../../src/core/limits.ts";
import { plainStyle } from "../../../src/edge/cli/colour.ts";
import { renderTruths } from "../../../src/edge/render_truths.ts";
import { explainedHosts, truthTableOf } from "../../../src/edge/hook/truth_table.ts";
import { hookTimeoutSeconds } from "../../../src/edge/hook/wiring/hook_timeout.ts";

const everyHost = [
  /^allow/,
  /^ask$/,
  /^deny$/,
  /^would deny/,
  /missing/,
  /crash/,
  /timeout/,
  /bad JSON/,
  /server gone/,
  /tampered/,
  /log cannot/,
  /script written/,
];
const ofHost = {
  "claude-code": [/--bare/, /@file/, /switched off/, /MCP/, /updatedInput/],
  "codex": [/write_stdin/, /switched off/, /MCP/, /trusted/, /member Codex/],
  "gemini": [/trusted/, /switched off/, /MCP/, /redaction/, /rewrites/],
  "cursor": [/Tab/, /switched off/, /MCP/, /Claude Code/],
  "copilot": [/VS Code/, /switched off/, /MCP/, /write_bash/],
  "vscode": [/Copilot CLI/, /switched off/, /MCP/, /Claude Code/],
  "generic": [/does not ask/],
} as const;

describe("truth tables", () => {
  for (const host of explainedHosts) {
    const table = truthTableOf(host);
    it(`${host} answers every question`, () => {
      for (const pattern of [...everyHost, ...ofHost[host]]) {
        assert(table.rows.some(({ situation }) => pattern.test(situation)), String(pattern));
      }
    });

    it(`${host} names the times that hold`, () => {
      const text = JSON.stringify(table.rows);
      assert(text.includes(`our own deadline is hit (${hookDeadlineMs / 1000} s)`));
      if (host !== "generic") assert(text.includes(`after the ${hookTimeoutSeconds} s`));
      assert(hookDeadlineMs < hookTimeoutSeconds * 1000);
    });

    it(`${host} calls nothing closed that runs`, () => {
      for (const { outcome, hole, situation } of table.rows) {
        if (outcome === "runs" || outcome === "unseen") assert(hole !== null, situation);
      }
      assertEquals(new Set(table.rows.map(({ situation }) => situation)).size, table.rows.length);
    });

    it(`${host} fits 100 columns and fewer, in ASCII, nothing cut`, () => {
      for (const width of [null, 200, 80, 60]) {
        const text = renderTruths(table, { format: "table", style: plainStyle, width });
        assert(/^[\n\x20-\x7e]*$/.test(text), "not ASCII");
        const limit = Math.min(width ?? 100, 100);
        for (const line of text.split("\n")) assert(line.length <= limit, line);
        const words = (each: string) => each.replace(/\s+/g, " ");
        for (const { hole } of table.rows) {
          assert(hole === null || words(text).includes(words(hole)), String(hole));
        }
      }
    });
  }
});
