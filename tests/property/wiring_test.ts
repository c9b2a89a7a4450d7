import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { compareSettings, findWiring } from "../../src/edge/hook/wiring/compare_settings.ts";
import {
  removeOwnHooks,
  unwireSettings,
  wireSettings,
  type Wiring,
} from "../../src/edge/hook/wiring/edit_settings.ts";
import { planInstall, planRemoval } from "../../src/edge/hook/wiring/plan_change.ts";
import { encodeHookLine, hostNames, parseHookLine } from "../../src/edge/hook/wiring/hook_line.ts";

const numRuns = 300;
const word = fc.string({ unit: "grapheme", maxLength: 10 }).filter((text) => text !== "__proto__");
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false, 0, -1.5),
    word,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(word, tie("json"), { maxKeys: 3 }),
  ),
}));

const foreign = fc.record(
  {
    matcher: word,
    hooks: fc.array(fc.record({ type: word, command: word.map((text) => `x${text}`) }), {
      maxLength: 2,
    }),
  },
  { requiredKeys: [] },
);
const event = fc.constantFrom("PreToolUse", "PostToolUse", "Stop", "Other");
const settings = fc.tuple(
  fc.dictionary(word.filter((key) => key !== "hooks"), json, { maxKeys: 4 }),
  fc.option(fc.dictionary(event, fc.array(foreign, { maxLength: 3 }), { maxKeys: 3 })),
  fc.boolean(),
).map(([rest, hooks, isFirst]) => {
  if (hooks === null) return rest;
  return isFirst ? { hooks, ...rest } : { ...rest, hooks };
});

/** JSON written as people write it: any indentation, either line end, blanks around brackets. */
const text = fc.tuple(
  settings,
  fc.constantFrom<string | number>(0, 1, 2, 4, "\t"),
  fc.constantFrom("\n", "\r\n"),
  fc.constantFrom("", "\n", "\r\n", " \n\n"),
  fc.boolean(),
).map(([value, indent, newline, end, isSpaced]) => {
  const laidOut = JSON.stringify(value, null, indent).replaceAll("\n", newline);
  return (isSpaced ? ` ${laidOut}` : laidOut) + end;
});

const line = fc.record({
  program: word.map((name) => `/opt/${name}/sealward`),
  host: fc.constantFrom(...hostNames),
  root: fc.option(word.map((name) => `/${name}`)),
  server: fc.constantFrom(null, "http://127.0.0.1:8787"),
  tokenFile: fc.option(word.map((name) => `/${name}`)),
  serverKey: fc.option(word.map((name) => `/${name}`)),
  onUnenrolled: fc.constantFrom(null, "allow" as const, "deny" as const),
});
const wiring: fc.Arbitrary<Wiring> = fc.record({ line, isManagedOnly: fc.boolean() });

/** Without the lists and objects of `hooks` that hold nothing, which say nothing. */
function essence(source: string): unknown {
  const value = JSON.parse(source);
  const kept = Object.entries(value.hooks ?? {}).filter(([, list]) => (list as []).length > 0);
  // What a host wants beside the hooks stays when they go.
  const { hooks: _hooks, version: _version, ...rest } = value;
  return kept.length === 0 ? rest : { ...rest, hooks: Object.fromEntries(kept) };
}

describe("wiring property", () => {
  it("install, then uninstall, gives back every byte", () => {
    fc.assert(
      fc.property(text, wiring, (before, wanted) => {
        const wired = wireSettings(before, wanted);
        assertEquals(compareSettings(wired, wanted), []);
        assertEquals(findWiring(wired).line, wanted.line);
        const backup = { path: "/b", text: before };
        assertEquals(unwireSettings(wired, wanted, [backup]), { text: before, restored: backup });
      }),
      { numRuns },
    );
  });

  it("without a backup, uninstall gives back every member and its order", () => {
    fc.assert(
      fc.property(text, line, (before, each) => {
        const wired = wireSettings(before, { line: each, isManagedOnly: false });
        const after = removeOwnHooks(wired);
        assertEquals(JSON.stringify(essence(after)), JSON.stringify(essence(before)));
      }),
      { numRuns },
    );
  });

  it("a second install changes nothing; an older one is replaced, and still leads back", () => {
    fc.assert(
      fc.property(text, wiring, line, (before, wanted, other) => {
        const wired = planInstall(before, wanted, []);
        assertEquals(planInstall(wired, wanted, []), wired);
        const older = planInstall(before, { ...wanted, line: other }, []);
        const first = { path: "/b1", text: before };
        const upgraded = planInstall(older, wanted, [first]);
        assertEquals(upgraded, wired);
        const backups = [{ path: "/b2", text: older }, first];
        assertEquals(planRemoval(upgraded, wanted.isManagedOnly, backups).text, before);
      }),
      { numRuns },
    );
  });

  it("what is not ours keeps its bytes", () => {
    fc.assert(
      fc.property(text, wiring, (before, wanted) => {
        const wired = wireSettings(before, { ...wanted, isManagedOnly: false });
        // Every byte of the former text is there, in order: only insertions, but for blanks that
        // stood alone in an empty bracket.
        let at = 0;
        for (const character of before.replace(/(?<=[{[])\s+(?=[\]}])/g, "")) {
          at = wired.indexOf(character, at) + 1;
          assert(at > 0, wired);
        }
      }),
      { numRuns },
    );
  });

  it("a command line is read back as it was, or not at all", () => {
    fc.assert(
      fc.property(line, fc.constantFrom("gate" as const, "record" as const), (each, purpose) => {
        assertEquals(parseHookLine(encodeHookLine(each, purpose), purpose), each);
      }),
      { numRuns },
    );
  });
});
