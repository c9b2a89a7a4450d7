import { emptyOverrides } from "../../../src/core/audit/override_state.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type DenialState,
  emptyDenials,
  findDenials,
  foldDenial,
  foldSessionEnd,
} from "../../../src/core/audit/denial_state.ts";
import { planSessionEnd } from "../../../src/core/audit/session_end.ts";
import { sessionKey } from "../../../src/core/audit/outcome_key.ts";
import { emptyState, foldState, restoreState, stateTypes } from "../../../src/core/audit/state.ts";
import { parseSettlement } from "../../../src/core/audit/parse_outcome.ts";
import { encodeDenialKey, parseDenialKey } from "../../../src/core/decision/denial_key.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { maxDenialPrincipals, maxDenials } from "../../../src/core/limits.ts";
import { type Verb, verbs } from "../../../src/core/operation/effect.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";

const deny = (key: string, session = "s", principal = "p"): JsonObject => ({
  decision: "deny",
  id: `id-${key}`,
  principal,
  denied: { session, keys: [key] },
});

function foldAll(entries: readonly JsonObject[], from: DenialState = emptyDenials): DenialState {
  return entries.reduce((state, details, seq) => foldDenial(state, seq, details), from);
}

const entry = (type: string, details: JsonObject = {}) => {
  const line = { version: 1, key: "0.0", prev: "", mac: "", at: "", seq: 9 } as const;
  return { ...line, type, severity: "LOW" as const, details };
};

describe("foldDenial()", () => {
  it("keeps each key once for a session, the first decision first", () => {
    const { denials } = foldAll([deny("a"), deny("a"), deny("b"), deny("a", "t")]);
    const [own] = denials;
    assertEquals(own?.denied.map(({ seq, session, keys }) => [seq, session, ...keys]), [
      [0, "s", "a"],
      [2, "s", "b"],
      [3, "t", "a"],
    ]);
  });

  it("takes nothing from what is no denial, or says no more than that", () => {
    for (
      const details of [
        { ...deny("a"), decision: "allow" },
        { ...deny("a"), decision: "ask" },
        { ...deny("a"), denied: ["a"] },
        { ...deny("a"), denied: { keys: ["a"] } },
        { ...deny("a"), denied: { session: "s", keys: [7] } },
        { ...deny("a"), id: 7 },
        { ...deny("a"), principal: null },
      ]
    ) assertStrictEquals(foldDenial(emptyDenials, 1, details), emptyDenials);
  });

  it("when full keeps the oldest and counts the others", () => {
    const many = Array.from({ length: maxDenials + 5 }, (_, i) => deny(`k${i}`));
    const own = findDenials(foldAll(many), "p");
    assertEquals([own?.denied.length, own?.denied[0]?.seq, own?.lost], [maxDenials, 0, 5]);
  });

  it("no number of principals takes another's room", () => {
    const many = Array.from({ length: maxDenialPrincipals + 5 }, (_, i) => deny("k", "s", `p${i}`));
    const state = foldAll([deny("mine"), ...many, deny("more")]);
    assertEquals(state.denials.length, maxDenialPrincipals);
    assertEquals(findDenials(state, "p")?.denied.length, 2);
    assertEquals(findDenials(state, `p${maxDenialPrincipals}`), null);
  });
});

describe("foldSessionEnd()", () => {
  it("forgets one session of one principal", () => {
    const state = foldAll([deny("a"), deny("b", "t"), deny("a", "s", "q")]);
    const ended = foldSessionEnd(state, { principal: "p", session_key: "s" });
    assertEquals(findDenials(ended, "p")?.denied.map(({ keys }) => keys), [["b"]]);
    assertEquals(findDenials(ended, "q"), findDenials(state, "q"));
    const none = foldSessionEnd(ended, { principal: "p", session_key: "t" });
    assertEquals(findDenials(none, "p"), null);
  });
});

describe("planSessionEnd()", () => {
  const state = foldAll([deny("a", sessionKey("s", sha256)), deny("b", sessionKey(null, sha256))]);

  it("writes an entry only where a session that ended was denied something", () => {
    const plan = (session: string | null, ended: boolean, principal = "p") =>
      planSessionEnd({ session, reason: null, ...(ended ? { ended } : {}) }, principal, {
        state: { ...state, ...emptyOverrides },
        sha256,
      });
    assertEquals([plan("s", false), plan("t", true), plan("s", true, "q")], [[], [], []]);
    const [end, ...more] = plan("s", true);
    assertEquals([end?.type, end?.severity, more], ["state.session_ended", "LOW", []]);
    const left = foldState({ ...emptyState, ...state }, entry(end?.type ?? "", end?.details));
    assertEquals(findDenials(left, "p")?.denied.map(({ keys }) => keys), [["b"]]);
    // Operations without a session are a session of their own.
    assertEquals(plan(null, true).map(({ details }) => details["session"]), [undefined]);
  });
});

describe("foldState()", () => {
  it("a policy that is accepted or signed empties the memory, one that is tampered with does not", () => {
    const state = { ...emptyState, ...foldAll([deny("a"), deny("a", "s", "q")]) };
    const details = { policy_digest: "sha256:1", inputs: [] };
    for (const type of [stateTypes.accepted, stateTypes.signed]) {
      assertEquals(foldState(state, entry(type, details)).denials, []);
    }
    for (const type of [stateTypes.tampered, stateTypes.restored, "audit.state"]) {
      assertEquals(foldState(state, entry(type, details)).denials, state.denials);
    }
  });

  it("an older version's snapshot has no denials", () => {
    const { denials: _, ...old } = emptyState;
    assertEquals(restoreState(JSON.parse(JSON.stringify(old))), emptyState);
  });
});

describe("parseSettlement()", () => {
  it("a session has ended only where that is said", () => {
    assertEquals(parseSettlement({ session: "s", ended: true }).ended, true);
    for (const given of [{}, { ended: false }, { reason: "session_end" }]) {
      assertEquals("ended" in parseSettlement({ session: "s", ...given }), false);
    }
    for (const ended of ["true", 1, null, {}]) {
      assertThrows(() => parseSettlement({ session: "s", ended }), EngineError, "true or false");
    }
  });
});

describe("denial keys", () => {
  it("are read back as they were written", () => {
    for (const verb of verbs) {
      for (const [mark, isHard] of [[0, false], [2 ** 48 - 1, true]] as const) {
        const key = encodeDenialKey({ verb, mark, isHard });
        assertEquals(parseDenialKey(key), { verb, mark, isHard });
        assertEquals(key.length, isHard ? 14 : 13);
      }
    }
    assertEquals(
      new Set(verbs.map((verb: Verb) => encodeDenialKey({ verb, mark: 1, isHard: false })))
        .size,
      verbs.length,
    );
  });

  it("of another version are none", () => {
    for (const key of ["", "!", "d", "z000000000001", "dxyz"]) {
      assertEquals(parseDenialKey(key), null);
    }
  });
});
