import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeOperation } from "../../../src/core/operation/encode_operation.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { claudeCode } from "../../../src/edge/hook/hosts/claude_code.ts";
import { codex } from "../../../src/edge/hook/hosts/codex.ts";
import { copilot } from "../../../src/edge/hook/hosts/copilot.ts";
import { cursor } from "../../../src/edge/hook/hosts/cursor.ts";
import { gemini } from "../../../src/edge/hook/hosts/gemini.ts";
import { vscode } from "../../../src/edge/hook/hosts/vscode.ts";
import { eventOf, playHook, type Scene } from "../../support/hook_vectors.ts";
import claudeVectors from "../../vectors/hook/claude_code.json" with { type: "json" };
import codexVectors from "../../vectors/hook/codex.json" with { type: "json" };
import copilotVectors from "../../vectors/hook/copilot.json" with { type: "json" };
import cursorVectors from "../../vectors/hook/cursor.json" with { type: "json" };
import geminiVectors from "../../vectors/hook/gemini.json" with { type: "json" };
import vscodeVectors from "../../vectors/hook/vscode.json" with { type: "json" };

interface ToolRow {
  readonly name: string;
  readonly event: object;
  readonly operation: JsonObject;
  readonly files?: Scene["files"];
}

interface AnswerRow {
  readonly name: string;
  readonly decision: string;
  readonly event: object;
  readonly exit: number;
  readonly stdout: unknown;
  readonly stderr: string;
}

/** Where the host's own names say them otherwise, or not at all. */
interface Meant {
  readonly cwd: string;
  readonly session: string;
  readonly call_id: string | null;
}

/** `pass` is what an allow prints; null is silence. */
const hosts = [
  { host: claudeCode, vectors: { ...claudeVectors, ...meantBy(claudeVectors.template) } },
  { host: codex, vectors: { ...codexVectors, ...meantBy(codexVectors.template) } },
  { host: gemini, vectors: geminiVectors },
  { host: cursor, vectors: cursorVectors },
  { host: copilot, vectors: copilotVectors },
  { host: vscode, vectors: vscodeVectors },
];

function meantBy(
  { cwd, session_id: session, tool_use_id }: Readonly<
    Record<"cwd" | "session_id" | "tool_use_id", string>
  >,
): { readonly meant: Meant; readonly pass: null } {
  return { meant: { cwd, session, call_id: tool_use_id }, pass: null };
}

for (const { host, vectors } of hosts) {
  const { template, pass } = vectors;
  const meant: Meant = vectors.meant;
  const tools = vectors.tools as readonly unknown[] as readonly ToolRow[];
  const answers = vectors.answers as readonly AnswerRow[];

  describe(`${host.name} transcripts`, () => {
    it("are all there", () => {
      const { refused, counts } = vectors;
      assertEquals([tools.length, answers.length, refused.length], [
        counts.tools,
        counts.answers,
        counts.refused,
      ]);
      assert(Math.min(counts.tools, counts.answers, counts.refused) > 15);
    });

    for (const { name, event, operation, files } of tools) {
      it(`asks about: ${name}`, async () => {
        const stdin = JSON.stringify(eventOf(template, event));
        const scene = { decision: "allow", ...(files === undefined ? {} : { files }) };
        const { answer, asked, steps } = await playHook(host, stdin, scene);
        assertEquals(asked.map(encodeOperation), [{
          affected_files: [],
          metadata: {},
          cwd: meant.cwd,
          ...operation,
          agent: { name: host.name, session: meant.session },
          ...(meant.call_id === null ? {} : { correlation_id: meant.call_id }),
        }]);
        const stdout = pass === null ? "" : `${JSON.stringify(pass)}\n`;
        assertEquals(answer, { exit: 0, stdout, stderr: "" });
        assertEquals(steps, ["sealed", "read"]);
      });
    }

    for (const { name, decision, event, exit, stdout, stderr } of answers) {
      it(`answers: ${name}`, async () => {
        const stdin = JSON.stringify(eventOf(template, event));
        const { answer, asked } = await playHook(host, stdin, { decision });
        assertEquals([answer.exit, answer.stderr], [exit, stderr]);
        assertEquals(asked.length, isAsked(decision) ? 1 : 0);
        if (decision === "not_allowed") return assertStringIncludes(answer.stdout, '"deny"');
        assertEquals(answer.stdout, stdout === null ? "" : `${JSON.stringify(stdout)}\n`);
        assert(answer.stdout.length + answer.stderr.length < 4_800);
      });
    }

    for (const { name, stdin } of vectors.refused) {
      it(`ARCH-04 denies input: ${name}`, async () => {
        const { answer, asked } = await playHook(host, stdin, { decision: "allow" });
        assertEquals(asked, []);
        assertEquals([answer.exit, answer.stdout], [2, ""]);
        assert(/^Sealward could not decide, so it denies: .+\n$/.test(answer.stderr));
      });
    }
  });
}

function isAsked(decision: string): boolean {
  return !["unasked", "alarm", "observer_failure"].includes(decision);
}
