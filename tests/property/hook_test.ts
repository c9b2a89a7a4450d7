import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { parsePatchEnvelope } from "../../src/core/operation/parse_patch_envelope.ts";
import { applyEdits } from "../../src/edge/hook/apply_edits.ts";
import { claudeCode } from "../../src/edge/hook/hosts/claude_code.ts";
import { codex } from "../../src/edge/hook/hosts/codex.ts";
import { showChange } from "../../src/edge/hook/show_change.ts";
import { playHook } from "../support/hook_vectors.ts";

const options = { numRuns: 300 };

const text = fc.oneof(
  fc.string(),
  fc.constantFrom("Write", "Bash", "Edit", "apply_patch", "TodoWrite", "/work/.env", "a", "{}"),
);
const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.jsonValue());
const toolInput = fc.dictionary(
  fc.constantFrom(
    "file_path",
    "content",
    "command",
    "old_string",
    "new_string",
    "edits",
    "cmd",
    "x",
  ),
  value,
);
const eventName = fc.oneof(
  fc.constantFrom("PreToolUse", "PermissionRequest", "Later", "PreCompact2"),
  fc.string(),
);
const judged = fc.record({
  hook_event_name: eventName,
  tool_name: text,
  tool_input: fc.oneof(toolInput, value),
  cwd: fc.oneof(fc.constant("/work"), value),
  session_id: fc.oneof(fc.constant("s"), value),
  tool_use_id: fc.oneof(fc.constant("t"), value),
  extra: value,
});

const afterTheFact = new Set([
  "PostToolUse",
  "PostToolUseFailure",
  "PermissionDenied",
  "Stop",
  "Notification",
]);

describe("runHook() properties", () => {
  for (const host of [claudeCode, codex]) {
    it(`ARCH-04 ${host.name}: what a decider denies is never answered with silence`, async () => {
      await fc.assert(
        fc.asyncProperty(judged, async (event) => {
          if (afterTheFact.has(event.hook_event_name)) return;
          const { answer } = await playHook(host, JSON.stringify(event), { decision: "deny" });
          assert(answer.exit === 0 || answer.exit === 2);
          assert(answer.stdout.length + answer.stderr.length > 20, JSON.stringify(answer));
          assertEquals(answer.stdout === "", answer.exit === 2);
        }),
        options,
      );
    });

    it(`ARCH-04 ${host.name}: any text at all ends with 0 or 2, and with 2 says why`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (stdin) => {
          const { answer, asked } = await playHook(host, stdin, { decision: "allow" });
          assert(answer.exit === 0 || (answer.exit === 2 && answer.stderr.trim() !== ""));
          assertEquals(asked, []);
        }),
        options,
      );
    });
  }
});

const line = fc.oneof(
  fc.constantFrom(
    "*** Add File: a",
    "*** Update File: b",
    "*** Delete File: c",
    "*** Move to: d",
    " *** Delete File: .env",
    "*** End of File",
    "@@",
    "+x",
    "-y",
    " z",
    "",
    "--- .env",
    "+++ .env",
  ),
  fc.string({ maxLength: 12 }),
);

describe("parsePatchEnvelope() properties", () => {
  it("names every file its headers name, or reads nothing", () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const envelope = ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");
        const diff = parsePatchEnvelope(envelope);
        if (diff === null) return;
        read++;
        const headers = envelope.matchAll(/^\s*\*\*\* (?:\w+ File|Move to): (.+)$/gm);
        for (const [, path = ""] of headers) assert(diff.paths.has(path), envelope);
      }),
      { numRuns: 5_000 },
    );
    assert(read > 20, `${read} read`);
  });

  it("shows an edit as it is, or not at all", () => {
    const content = fc.array(fc.constantFrom("a", "b", "", "*** x", "--- y", "é"), { maxLength: 9 })
      .map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(content, content, (before, after) => {
        const envelope = showChange("p", before, after);
        if (envelope === null) return;
        const diff = parsePatchEnvelope(envelope);
        assertEquals(diff?.hunks.map(({ newText }) => newText), [after]);
        const size = (value: string) => new TextEncoder().encode(value).length;
        assertEquals(diff?.hunks[0]?.growthBytes, size(after) - size(before));
      }),
      options,
    );
  });

  it("applies an edit as search and replacement do", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1, maxLength: 2 }),
        fc.string(),
        (a, b, c) => {
          const once = applyEdits(a, [{ oldText: b, newText: c, all: false }]);
          assertEquals(once, a.includes(b) ? a.replace(b, () => c) : null);
          const all = applyEdits(a, [{ oldText: b, newText: c, all: true }]);
          assertEquals(all, a.includes(b) ? a.replaceAll(b, () => c) : null);
        },
      ),
      options,
    );
  });
});
