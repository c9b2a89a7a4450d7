/** `sealward override approve`: what a person sees, what they are asked, and what goes nowhere. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import {
  ann,
  approved,
  type FakeOutcome,
  type FakeRun,
  pending,
  phrase,
  requestId,
  runOverride,
  shownRequest,
} from "../../support/fake_override_road.ts";

const why = "agreed in review";
/** In no id and no digest. */
const code = "908172";
const approve = (args: readonly string[], run: Omit<FakeRun, "args"> = {}) =>
  runOverride({ args: ["approve", requestId, ...args], ...run });

const sent = ({ calls }: FakeOutcome) => calls.find(([name]) => name === "approve")?.[1];
const codeOf = (outcome: FakeOutcome) => /error\[(\w+)\]/.exec(outcome.stderr)?.[1];

/** Nothing was approved, no code was asked for, and nothing a person typed is in the output. */
function assertUnasked(outcome: FakeOutcome): void {
  assertEquals(sent(outcome), undefined);
  assertEquals(outcome.asked.filter(([, echo]) => echo === "hidden"), []);
}

describe("override approve", () => {
  it("shows, asks why, for the phrase and for the code, in this order", async () => {
    const outcome = await approve([], { typed: [why, phrase, code] });
    assertEquals(outcome.exit, 0);
    assertEquals(outcome.calls, [["show", requestId], ["approve", {
      requestId,
      phrase,
      justification: why,
      grant: { kind: "once" },
      proof: { kind: "totp", approver: "ann", code },
    }]]);
    assertEquals(outcome.asked.map(([, echo]) => echo), ["shown", "shown", "hidden"]);
    assertEquals(outcome.isClosed, true);
    assertMatch(outcome.stdout, /^APPROVED\n/);
    assertStringIncludes(outcome.stdout, "same_uid: ");
    assertStringIncludes(outcome.stderr, `${shownRequest().text}phrase: ${phrase}\n`);
  });

  it("SECURITY shows the text also with --quiet, on stderr, before it asks", async () => {
    const outcome = await approve(["--quiet"], { typed: [why, phrase, code] });
    assertEquals([outcome.exit, outcome.stdout], [0, ""]);
    assertStringIncludes(outcome.stderr, shownRequest().text);
    assertStringIncludes(outcome.stderr, "uid:1000 made 2 other requests in the hour before");
  });

  it("answers programs with one document, whatever was shown", async () => {
    const { stdout } = await approve(["--json"], { typed: [why, phrase, code] });
    assertEquals(JSON.parse(stdout), { schema_version: 1, ...approved });
  });

  it("TOTP-15 reads no code where nobody sits, and opens nothing", async () => {
    const rows = [[], ["--justification", why], ["--recovery"], ["--as", "ann"]];
    for (const args of rows) {
      const outcome = await approve(args);
      assertEquals([outcome.exit, codeOf(outcome)], [64, "usage"], args.join(" "));
      assertEquals([outcome.opened, outcome.calls, outcome.asked], [[], [], []]);
      assertStringIncludes(outcome.stderr, "run this at a terminal");
    }
  });

  it("BIND-08 asks for no code where nobody sees what for", async () => {
    for (const run of [{ typed: [], isWatched: false }, { isWatched: true }]) {
      const outcome = await approve([], run);
      assertEquals([outcome.exit, outcome.opened, outcome.asked], [64, [], []]);
    }
  });

  it("TOTP-15 has no flag that takes a code, and no word for one", async () => {
    for (const args of [["--code", code], ["--totp", code], [code], ["--recovery=x"]]) {
      const outcome = await approve(args, { typed: [] });
      assertEquals([outcome.exit, outcome.opened], [64, []], args.join(" "));
    }
  });

  it("TOTP-15 says where codes are typed, and repeats none that stands in a wrong place", async () => {
    for (const args of [["--code", code], [`--code=${code}`], ["--otp", code], [code]]) {
      const outcome = await approve(args, { typed: [] });
      assertEquals([outcome.exit, outcome.opened], [64, []]);
      assertEquals(`${outcome.stdout}${outcome.stderr}`.includes(code), false);
      if (args[0] === code) continue;
      assertStringIncludes(outcome.stderr, "codes are typed at the prompt");
    }
  });

  it("says what to try by the kind of proof, also after a server's refusal", async () => {
    const failure = new EngineError("override_rejected", "no", { hint: "The log has the cause" });
    const run = { failure, failsAt: "approve" };
    const byCode = await approve([], { ...run, typed: [why, phrase, code] });
    assertStringIncludes(byCode.stderr, "wait for the next code");
    const files = { "/work/a.sig": "-----BEGIN SSH SIGNATURE-----\n" };
    const signed = await approve(["--signature", "a.sig"], { ...run, files, typed: [why, phrase] });
    assertStringIncludes(signed.stderr, "-n sealward-override");
    assertEquals([signed.exit, signed.stderr.includes("next code")], [2, false]);
  });

  it("refuses a name nobody has before it shows the request", async () => {
    const outcome = await approve(["--as", "eve"], { typed: [] });
    assertEquals([outcome.exit, outcome.stderr.includes(shownRequest().text)], [64, false]);
  });

  it("TOTP-15 repeats no code in what it writes", async () => {
    const failure = new EngineError("override_rejected", "The approval was refused");
    for (const args of [[], ["--json"]]) {
      for (const failing of [false, true]) {
        const run = failing ? { failure, failsAt: "approve" } : {};
        const outcome = await approve(args, { typed: [why, phrase, code], ...run });
        assertEquals(sent(outcome) === undefined, false);
        assertEquals(`${outcome.stdout}${outcome.stderr}`.includes(code), false);
      }
    }
  });

  it("TOTP-17 sends only six ASCII digits, and asks again for anything else", async () => {
    const wrong = [
      "0",
      "12345",
      "1234567",
      "abcdef",
      "1e5",
      "+12345",
      "12 456",
      " 123456",
      "123456 ",
      "123456\n",
      "\uff11\uff12\uff13\uff14\uff15\uff16",
      "\u0661\u0662\u0663\u0664\u0665\u0666",
      "",
    ];
    for (const each of wrong) {
      const outcome = await approve([], { typed: [why, phrase, each, each, code] });
      assertEquals(outcome.exit, 0, JSON.stringify(each));
      assertEquals(sent(outcome), {
        requestId,
        phrase,
        justification: why,
        grant: { kind: "once" },
        proof: { kind: "totp", approver: "ann", code },
      });
      const never = await approve([], { typed: [why, phrase, each, each, each] });
      assertEquals([never.exit, codeOf(never), sent(never)], [2, "override_rejected", undefined]);
    }
    assertEquals((await approve([], { typed: [why, phrase, "000000"] })).exit, 0);
  });

  it("gives up when nobody answers, whichever question it is", async () => {
    for (const typed of [[null], [why, null], [why, phrase, null]]) {
      const outcome = await approve([], { typed });
      assertEquals([outcome.exit, codeOf(outcome)], [2, "override_rejected"]);
      assertEquals([sent(outcome), outcome.isClosed], [undefined, true]);
    }
  });

  it("asks for a code only after the phrase was retyped", async () => {
    const outcome = await approve([], { typed: [why, "AAAAA-AAAAA", "", "no"] });
    assertEquals([outcome.exit, codeOf(outcome)], [2, "override_rejected"]);
    assertUnasked(outcome);
  });

  it("takes the phrase as people type it", async () => {
    for (const typed of ["0a1b2c3d4e", " OAIB2-c3d4e ", "oAlB2-C3D4E"]) {
      assertEquals((await approve([], { typed: [why, typed, code] })).exit, 0, typed);
    }
  });

  it("wants 3 to 500 characters of justification that can be seen", async () => {
    const bad = ["ok", "  ok  ", "x".repeat(501), "a\u202eb c", "a\x1b[2Kb", "a\nb c"];
    for (const text of bad) {
      const flag = await approve([`--justification=${text}`], { typed: [] });
      assertEquals([flag.exit, codeOf(flag)], [64, "usage"], JSON.stringify(text));
      assertUnasked(flag);
      const asked = await approve([], { typed: [text, "agreed", phrase, code] });
      assertEquals(asked.exit, 0);
      assertEquals((sent(asked) as { justification: string }).justification, "agreed");
    }
    for (const text of ["yes", "x".repeat(500), "\u{1f600}".repeat(250)]) {
      assertEquals((await approve([`--justification=${text}`], { typed: [phrase, code] })).exit, 0);
    }
  });

  it("names who it is: the only one, the one given, or none", async () => {
    const bob = { ...ann, name: "bob", proofs: ["totp"] as const };
    const unnamed = { ...ann, name: null, proofs: ["totp"] as const };
    const proofOf = (outcome: FakeOutcome) =>
      (sent(outcome) as { proof?: unknown } | undefined)?.proof;
    const typed = [why, phrase, code];
    const both = shownRequest({ approvers: [ann, bob] });
    assertEquals(proofOf(await approve(["--as", "bob"], { shown: both, typed })), {
      kind: "totp",
      approver: "bob",
      code,
    });
    const lone = shownRequest({ approvers: [unnamed] });
    assertEquals(proofOf(await approve([], { shown: lone, typed })), {
      kind: "totp",
      approver: null,
      code,
    });
    for (
      const [shown, args, wanted] of [
        [both, [], "usage"],
        [both, ["--as", "eve"], "usage"],
        [both, ["--as", "bob", "--recovery"], "usage"],
        [lone, ["--as", "ann"], "usage"],
        [lone, ["--recovery"], "override_refused"],
        [shownRequest({ approvers: [] }), [], "override_refused"],
        [shownRequest({ approvers: [{ ...ann, proofs: ["ssh"] }] }), [], "override_refused"],
      ] as const
    ) {
      const outcome = await approve(args, { shown, typed: [] });
      assertEquals(codeOf(outcome), wanted, args.join(" "));
      assertUnasked(outcome);
    }
  });

  it("asks for a recovery code, hidden as well", async () => {
    const recovery = "abcd-EFGH-jkmn-pqrs-tvwx-yz01-23";
    const outcome = await approve(["--recovery"], { typed: [why, phrase, recovery] });
    assertEquals((sent(outcome) as { proof: unknown }).proof, {
      kind: "recovery",
      approver: "ann",
      code: recovery,
    });
    assertEquals(outcome.asked.at(-1)?.[1], "hidden");
    for (const wrong of ["", code, "ABCD", `${recovery}4`, "U".repeat(26), "\uff11".repeat(26)]) {
      const never = await approve(["--recovery"], { typed: [why, phrase, wrong, wrong, wrong] });
      assertEquals([never.exit, sent(never)], [2, undefined], wrong);
    }
  });

  it("asks for no code while codes are refused: exit 1", async () => {
    const locked = { ...ann, locked_until: "2026-11-23T10:00:00Z" };
    const shown = shownRequest({ approvers: [locked] });
    const outcome = await approve([], { shown, typed: [] });
    assertEquals([outcome.exit, codeOf(outcome)], [1, "override_locked"]);
    assertStringIncludes(outcome.stderr, "2026-11-23T10:00:00Z");
    assertUnasked(outcome);
  });

  it("BIND-11 says how many requests there were, and warns of many", async () => {
    const at = (requests_in_hour: number) =>
      shownRequest({ document: { ...shownRequest().document, requests_in_hour } });
    const few = await approve([], { shown: at(1), typed: [null] });
    assertStringIncludes(few.stderr, "uid:1000 made 1 other request in the hour before this one");
    assertEquals(few.stderr.includes("tires"), false);
    const many = await approve([], { shown: at(12), typed: [null] });
    assertStringIncludes(many.stderr, "uid:1000 made 12 other requests");
    assertStringIncludes(many.stderr, "an attacker tires people");
  });

  it("warns when parts of the request are covered", async () => {
    const document = { ...shownRequest().document, is_covered: true };
    const outcome = await approve([], { shown: shownRequest({ document }), typed: [null] });
    assertStringIncludes(outcome.stderr, "you approve what you cannot see");
    const plain = await approve([], { typed: [null] });
    assertEquals(plain.stderr.includes("cannot see"), false);
    assertEquals(plain.stderr.includes("approve all"), false);
  });

  it("BIND-08 warns of what stands behind the part that is shown", async () => {
    const { document } = shownRequest();
    const content = { characters: 9_000, shown: 4_096, text: "a" };
    const operation = { ...document.operation, content };
    const shown = shownRequest({ document: { ...document, operation } });
    const outcome = await approve([], { shown, typed: [null] });
    assertStringIncludes(
      outcome.stderr,
      "warning: of content you see 4096 characters of 9000, and approve all",
    );
  });

  it("BIND-08 BIND-09 escapes whatever a terminal would obey, and hides nothing", async () => {
    const evil = "\x1b[2J\x1b]0;x\x07 \u202egnp.exe\u2066 \x9b1A \u200b \u{e0041} \r\0 \u00e9";
    const text = `write ${evil}${" ".repeat(500)}rm -rf /\n`;
    const document = { ...shownRequest().document, principal: `uid\n${evil}` };
    const shown = shownRequest({ text, document });
    const outcome = await approve(["--pattern", `*${evil.replace("\0", "")}`], {
      shown: { ...shown, kinds: ["once", "pattern"] },
      typed: [why, phrase, code],
      answer: { ...approved, justification: evil, approved_by: `ann\n${evil}` },
    });
    assertEquals(outcome.exit, 0);
    assertEquals(/[^\n\x20-\x7e]/.test(outcome.stderr + outcome.stdout), false);
    assertStringIncludes(outcome.stderr, `${" ".repeat(500)}rm -rf /\nphrase: ${phrase}\n`);
    assertStringIncludes(outcome.stderr, "uid\\u000a");
    assertStringIncludes(outcome.stderr, "\\u202e");
  });

  it("says how far a wider grant reaches, and asks for none the policy does not allow", async () => {
    const wide = shownRequest({ kinds: ["once", "session", "pattern"] });
    const rows = [
      [["--kind", "session"], { kind: "session" }, "for the rest of this session"],
      [
        ["--pattern", "src/**"],
        { kind: "pattern", pattern: "src/**" },
        "every file that fits src/**",
      ],
      [["--kind", "once"], { kind: "once" }, "this operation, once"],
    ] as const;
    for (const [args, grant, told] of rows) {
      const outcome = await approve(args, { shown: wide, typed: [why, phrase, code] });
      assertEquals((sent(outcome) as { grant: unknown }).grant, grant);
      assertStringIncludes(outcome.stderr, told);
      if (grant.kind === "once") continue;
      const refused = await approve(args, { typed: [] });
      assertEquals([refused.exit, codeOf(refused)], [2, "override_refused"]);
      assertUnasked(refused);
    }
    const both = await approve(["--kind", "session", "--pattern", "x"], { typed: [] });
    assertEquals([both.exit, both.opened], [64, []]);
  });

  it("ends with the status of each refusal", async () => {
    const rows = [
      ["override_rejected", 2],
      ["override_refused", 2],
      ["override_locked", 1],
      ["override_unknown", 3],
      ["audit_tampered", 5],
    ] as const;
    for (const [name, exit] of rows) {
      const failure = new EngineError(name, "no");
      const outcome = await approve([], { failure, typed: [] });
      assertEquals([outcome.exit, codeOf(outcome), outcome.isClosed], [exit, name, true]);
    }
    const late = await approve([], {
      answer: { ...pending, status: "expired" },
      typed: [why, phrase, code],
    });
    assertEquals(late.exit, 2);
  });

  it("BIND-12 takes for unknown what can be no id, and opens nothing", async () => {
    for (
      const id of [
        "made-up",
        "../../v1/x",
        "a b",
        requestId.toUpperCase(),
        `${requestId}0`,
        "%2e",
        "\u202e",
        "a/b",
        "x".repeat(65),
      ]
    ) {
      const outcome = await runOverride({ args: ["approve", id], typed: [] });
      assertEquals([outcome.exit, codeOf(outcome)], [3, "override_unknown"], id);
      assertEquals(outcome.opened, []);
    }
  });
});

describe("override approve --signature", () => {
  const files = { "/work/a.sig": "-----BEGIN SSH SIGNATURE-----\n" };
  const bytes = new TextEncoder().encode(files["/work/a.sig"]);
  const signed = ["--signature", "a.sig"];

  it("asks for reason and phrase, and for no code", async () => {
    const outcome = await approve(signed, { files, typed: [why, phrase] });
    assertEquals(sent(outcome), {
      requestId,
      phrase,
      justification: why,
      grant: { kind: "once" },
      proof: { kind: "ssh", signature: bytes },
    });
    assertEquals(outcome.asked.map(([, echo]) => echo), ["shown", "shown"]);
  });

  it("needs no terminal where phrase and reason are given", async () => {
    const args = [...signed, "--justification", why, "--phrase", phrase.toLowerCase()];
    const outcome = await approve(args, { files });
    assertEquals([outcome.exit, outcome.asked], [0, []]);
    assertStringIncludes(outcome.stderr, shownRequest().text);
    for (const missing of [["--phrase", phrase], ["--justification", why], []]) {
      const refused = await approve([...signed, ...missing], { files });
      assertEquals([refused.exit, refused.opened], [64, []], missing.join(" "));
    }
  });

  it("refuses another request's phrase before anything is sent", async () => {
    const args = [...signed, "--justification", why, "--phrase", "ZZZZZ-ZZZZZ"];
    const outcome = await approve(args, { files });
    assertEquals([outcome.exit, codeOf(outcome)], [2, "override_rejected"]);
    assertUnasked(outcome);
  });

  it("knows the text that was to be signed from its signature", async () => {
    const texts = [["sealward-override/v1\nrequest: x\n", "the text to sign"], ["x", "no SSH sig"]];
    for (const [text = "", told = ""] of texts) {
      const outcome = await approve(signed, { files: { "/work/a.sig": text }, typed: [] });
      assertEquals([outcome.exit, codeOf(outcome), outcome.opened], [64, "usage", []]);
      assertStringIncludes(outcome.stderr, told);
    }
  });

  it("asks for nothing where no signature could count", async () => {
    const shown = shownRequest({ approvers: [{ ...ann, proofs: ["totp"] }] });
    const outcome = await approve(signed, { files, shown, typed: [] });
    assertEquals([outcome.exit, codeOf(outcome), outcome.asked], [2, "override_refused", []]);
  });

  it("takes --phrase with nothing else, and no name beside a signature", async () => {
    for (
      const args of [
        ["--phrase", phrase],
        [...signed, "--as", "ann"],
        [...signed, "--recovery"],
        ["--signature", "absent.sig"],
      ]
    ) {
      const outcome = await approve(args, { files, typed: [] });
      assertEquals([outcome.exit, codeOf(outcome)], [64, "usage"], args.join(" "));
      assertEquals(outcome.opened, []);
    }
  });

  it("works where no code may be given: locked, or nobody enrolled", async () => {
    for (
      const approvers of [[{ ...ann, locked_until: "2026-11-23T10:00:00Z" }], [{
        ...ann,
        proofs: ["ssh"] as const,
      }]]
    ) {
      const shown = shownRequest({ approvers });
      assertEquals((await approve(signed, { files, shown, typed: [why, phrase] })).exit, 0);
    }
  });
});
