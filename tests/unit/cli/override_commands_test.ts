/** `sealward override list|show|deny|revoke|wait`. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { approvalText } from "../../../src/core/override/approval_text.ts";
import { EngineError } from "../../../src/core/errors.ts";
import type { OverrideListing } from "../../../src/pdp/override_desk.ts";
import {
  ann,
  approved,
  overrideId,
  pending,
  requestId,
  runOverride,
  shownRequest,
} from "../../support/fake_override_road.ts";

const soon = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

function listing(text = ".env"): OverrideListing {
  return {
    pending: [{
      request_id: requestId,
      principal: "uid:1000",
      expires_at: soon(90.9),
      operation_digest: `sha256:${"1".repeat(64)}`,
      summary: `write ${text}`,
    }],
    grants: [{
      override_id: overrideId,
      request_id: requestId,
      kind: "once",
      operation_digest: `sha256:${"1".repeat(64)}`,
      policy_digest: `sha256:${"2".repeat(64)}`,
      principal: "uid:1000",
      approved_by: text,
      override_trust: "guarded",
      approved_until: soon(-5),
      uses: 0,
    }],
    enrolments: [{
      id: "e".repeat(32),
      name: text,
      algorithm: "SHA1",
      enrolled_at: "2026-11-20T08:00:00Z",
      is_named: false,
      recovery_codes_left: 8,
    }],
    approvers: [{ ...ann, locked_until: soon(4_000.9) }, { ...ann, name: null, proofs: [] }],
  };
}

const none: OverrideListing = { pending: [], grants: [], enrolments: [], approvers: [] };

describe("override list", () => {
  it("shows requests, grants, approvers, locks and enrolments", async () => {
    const outcome = await runOverride({ args: ["list"], listing: listing() });
    assertEquals([outcome.exit, outcome.stderr, outcome.isClosed], [0, "", true]);
    assertEquals(outcome.opened[0]?.role, "approver");
    const { stdout } = outcome;
    assertMatch(stdout, new RegExp(`${requestId} +uid:1000 +9[01] s +write \\.env\\n`));
    assertMatch(stdout, new RegExp(`${overrideId} +uid:1000 +over +once +0 +\\.env +guarded\\n`));
    assertMatch(stdout, /ann +totp, recovery, ssh +for 66 min\n/);
    assertMatch(stdout, /\(unnamed\) +nothing: unusable +no\n/);
    assertMatch(
      stdout,
      /e{32} +\.env +2026-11-20T08:00:00Z +no: the policy does not name it +8 +SHA1/,
    );
  });

  it("says where there is nothing", async () => {
    const { stdout } = await runOverride({ args: ["list"] });
    for (const text of ["no request", "nothing", "nobody: the policy has no approver", "nobody"]) {
      assertStringIncludes(stdout, `  ${text}\n`);
    }
  });

  it("gives programs the listing as it is", async () => {
    const wanted = listing();
    const { stdout } = await runOverride({ args: ["list", "--json"], listing: wanted });
    assertEquals(JSON.parse(stdout), { schema_version: 1, ...wanted });
  });

  it("BIND-09 lets no name and no file forge a line or a colour", async () => {
    const evil = "\x1b[32m\u202e\n\u2028\r\x9b2K";
    for (const args of [["list"], ["list", "--format", "json"]]) {
      const { stdout } = await runOverride({ args, listing: listing(evil) });
      assertEquals(/[^\n\x20-\x7e]/.test(stdout), false);
      assertStringIncludes(stdout, "\\u202e");
    }
    const lines = async (name: string) =>
      (await runOverride({ args: ["list"], listing: listing(name) })).stdout.split("\n").length;
    assertEquals(await lines(evil), await lines("plain"));
  });

  it("says that nothing is offered where nothing is enforced", async () => {
    for (const [mode, word] of [["observe", "observes"], ["disabled", "is off"]] as const) {
      const { stdout } = await runOverride({ args: ["list"], listing: { ...none, mode } });
      assertMatch(stdout, new RegExp(`no request: .*${word}`));
    }
  });

  it("passes server, token and key on", async () => {
    const road = ["--server", "http://127.0.0.1:1", "--token-file", "t", "--server-key", "k"];
    const { opened } = await runOverride({ args: ["list", "--root", "/r", ...road] });
    assertEquals(opened, [{
      role: "approver",
      root: "/r",
      server: "http://127.0.0.1:1",
      tokenPath: "t",
      keyPath: "k",
    }]);
  });
});

describe("override show", () => {
  const show = (args: readonly string[], shown = shownRequest()) =>
    runOverride({ args: ["show", requestId, ...args], shown });
  const why = "agreed in review";

  it("prints the text and nothing else, and its phrase on stderr", async () => {
    const outcome = await show([]);
    assertEquals([outcome.exit, outcome.stdout], [0, shownRequest().text]);
    assertEquals(outcome.stderr, `sealward: its phrase is ${shownRequest().phrase}\n`);
    assertEquals(outcome.written, {});
  });

  it("gives programs the whole request", async () => {
    const { stdout } = await show(["--json"]);
    assertEquals(JSON.parse(stdout), { schema_version: 1, ...shownRequest() });
  });

  it("escapes what a server's text may hold", async () => {
    const { stdout } = await show([], shownRequest({ text: "a\x1b[2J\u202e\r\x9b\u00e9b\n" }));
    assertEquals(stdout, "a\\u001b[2J\\u202e\\u000d\\u009b\\u00e9b\n");
  });

  it("writes what SSH signs, byte for byte, and says how", async () => {
    const outcome = await show(["--to-sign", "a b/it's", "--justification", ` ${why} `]);
    assertEquals(outcome.exit, 0);
    const path = "/work/a b/it's";
    assertEquals(outcome.opened[0]?.outputs, [path]);
    assertEquals(outcome.written, {
      [path]: approvalText(shownRequest().text, { grant: { kind: "once" }, justification: why }),
    });
    const quoted = `'/work/a b/it'\\''s'`;
    assertStringIncludes(
      outcome.stdout,
      `\nssh-keygen -Y sign -n sealward-override -f KEY ${quoted}\n`,
    );
    const again = outcome.stderr.split("\n").find((line) => line.includes("then:")) ?? "";
    assertStringIncludes(again, `sealward override approve ${requestId} --signature`);
    assertStringIncludes(again, ".sig' --justification ' agreed in review '");
    assertEquals(again.includes(shownRequest().phrase), false);
  });

  it("signs the wider grant that was asked for, where the policy has it", async () => {
    const args = ["--to-sign", "f", "--justification", why, "--pattern", "src/**"];
    const refused = await show(args);
    assertEquals([refused.exit, refused.written], [2, {}]);
    const { written } = await show(args, shownRequest({ kinds: ["once", "pattern"] }));
    assertEquals(
      written["/work/f"],
      approvalText(shownRequest().text, {
        grant: { kind: "pattern", pattern: "src/**" },
        justification: why,
      }),
    );
  });

  it("writes nothing where no signature could count, before anybody signs", async () => {
    const args = ["--to-sign", "f", "--justification", why];
    const codes = shownRequest({ approvers: [{ ...ann, proofs: ["totp"] }] });
    const outcome = await show(args, codes);
    assertEquals([outcome.exit, outcome.written], [2, {}]);
    assertStringIncludes(outcome.stderr, "override_refused");
  });

  it("names the files of an inbox where the policy has one", async () => {
    const args = ["--to-sign", "f", "--justification", why];
    const { stderr } = await show(args, shownRequest({ inbox: "/srv/in" }));
    assertStringIncludes(stderr, `/srv/in/${requestId}.approval and `);
    assertStringIncludes(stderr, `/srv/in/${requestId}.approval.sig`);
    assertEquals((await show(args)).stderr.includes("inbox"), false);
  });

  it("writes nothing for a command line that is wrong", async () => {
    for (
      const args of [
        ["--to-sign", "f"],
        ["--to-sign", "f", "--justification", "no"],
        ["--justification", why],
        ["--kind", "session"],
        ["--pattern", "x"],
        ["--to-sign", "f", "--justification", why, "--kind", "once", "--pattern", "x"],
        ["--to-sign", "f", "--justification", why, "--kind", "pattern"],
      ]
    ) {
      const outcome = await show(args);
      assertEquals([outcome.exit, outcome.written, outcome.opened], [64, {}, []], args.join(" "));
    }
  });

  it("does not know what is not there: exit 3", async () => {
    const failure = new EngineError("override_unknown", "no such request");
    const args = ["show", requestId, "--to-sign", "f", "--justification", why];
    const outcome = await runOverride({ args, failure });
    assertEquals([outcome.exit, outcome.written, outcome.isClosed], [3, {}, true]);
  });
});

describe("override deny, override revoke", () => {
  const why = "not before the release";
  const rows = [
    ["deny", requestId, { ...pending, status: "denied", justification: why }],
    ["revoke", overrideId, { ...approved, status: "revoked" }],
  ] as const;

  for (const [act, id, answer] of rows) {
    it(`${act}: says why, and asks for no code`, async () => {
      const outcome = await runOverride({ args: [act, id, "--justification", why], answer });
      assertEquals([outcome.exit, outcome.calls], [0, [[act, id, why]]]);
      assertMatch(outcome.stdout, new RegExp(`^${answer.status.toUpperCase()}\n`));
      const asked = await runOverride({ args: [act, id], answer, typed: [why] });
      assertEquals([asked.exit, asked.calls], [0, [[act, id, why]]]);
    });

    it(`${act}: nothing without a reason, or to what is no id`, async () => {
      for (const args of [[act, id], [act, id, "--justification", "no"], [act]]) {
        const outcome = await runOverride({ args });
        assertEquals([outcome.exit, outcome.opened], [64, []], args.join(" "));
      }
      const outcome = await runOverride({ args: [act, "../x", "--justification", why] });
      assertEquals([outcome.exit, outcome.opened], [3, []]);
    });

    it(`${act}: exit 2 for what was answered otherwise before`, async () => {
      const args = [act, id, "--justification", why];
      assertEquals((await runOverride({ args, answer: { ...approved, status: "used" } })).exit, 2);
    });
  }
});

describe("override wait", () => {
  const wait = (...args: readonly string[]) => ["wait", requestId, ...args];
  const names = (calls: readonly (readonly unknown[])[]) => calls.map(([name]) => name);

  it("waits for an answer on the asker's road, and ends as it says", async () => {
    const rows = [
      ["approved", 0],
      ["denied", 2],
      ["expired", 2],
      ["cancelled", 2],
      ["used", 2],
      ["revoked", 2],
    ] as const;
    for (const [status, exit] of rows) {
      const last = { ...approved, status };
      const outcome = await runOverride({ args: wait(), statuses: [pending, pending, last] });
      assertEquals([outcome.exit, outcome.opened[0]?.role], [exit, "asker"], status);
      assertEquals(names(outcome.calls), ["status", "status", "status"]);
      assertMatch(outcome.stdout, new RegExp(`^${status.toUpperCase()}\n`));
    }
  });

  it("takes the request back at the timeout, unless it is to be kept", async () => {
    const answer = { ...pending, status: "expired" } as const;
    const back = await runOverride({ args: wait("--timeout", "0"), answer });
    assertEquals([back.exit, names(back.calls)], [4, ["status", "timeOut"]]);
    const kept = await runOverride({ args: wait("--timeout", "0", "--keep"), answer });
    assertEquals([kept.exit, names(kept.calls)], [4, ["status"]]);
    assertMatch(kept.stdout, /^PENDING\n/);
  });

  it("says that it took the request back, or that another policy ended it", async () => {
    const taken = { ...pending, status: "expired", ended_because: "timeout" } as const;
    const back = await runOverride({ args: wait("--timeout", "0"), answer: taken });
    assertMatch(back.stdout, /^TAKEN BACK \(timeout\)\n/);
    const other = { ...pending, status: "cancelled", ended_because: "policy_changed" } as const;
    const { stdout, exit } = await runOverride({ args: wait(), statuses: [other] });
    assertEquals(exit, 2);
    assertMatch(stdout, /^CANCELLED\n[^]*another policy is in force/);
  });

  it("waits as long as it was told", async () => {
    const startedMs = performance.now();
    const outcome = await runOverride({ args: wait("--timeout", "1", "--keep") });
    assertEquals(outcome.exit, 4);
    assertEquals(performance.now() - startedMs >= 1_000, true);
  });

  it("believes an answer that came while it gave up", async () => {
    for (const [status, exit] of [["approved", 0], ["denied", 2]] as const) {
      const answer = { ...approved, status };
      assertEquals((await runOverride({ args: wait("--timeout", "0"), answer })).exit, exit);
    }
  });

  it("outlasts a server that starts anew, and no other failure", async () => {
    const gone = new EngineError("server_unreachable", "gone");
    const statuses = [gone, gone, gone, gone, approved];
    assertEquals((await runOverride({ args: wait(), statuses })).exit, 0);
    const lost = await runOverride({ args: wait(), statuses: [gone] });
    assertEquals([lost.exit, lost.calls.length, lost.isClosed], [1, 5, true]);
    for (const [code, exit] of [["override_unknown", 3], ["audit_tampered", 5]] as const) {
      const outcome = await runOverride({ args: wait(), statuses: [new EngineError(code, "no")] });
      assertEquals([outcome.exit, outcome.calls.length], [exit, 1]);
    }
  });

  it("reads its flags strictly", async () => {
    for (const text of ["-1", "1.5", "1e3", "86401", "99999999", "x", "01", " 1"]) {
      const outcome = await runOverride({ args: wait(`--timeout=${text}`) });
      assertEquals([outcome.exit, outcome.opened], [64, []], text);
      assertStringIncludes(outcome.stderr, `Got "${text}" for --timeout`);
    }
    const alone = await runOverride({ args: wait("--keep") });
    assertEquals([alone.exit, alone.opened], [64, []]);
  });
});

describe("override", () => {
  it("lists its commands for a word that is none of them, or names the nearest", async () => {
    const far = await runOverride({ args: ["zzzz"] });
    assertEquals(far.exit, 64);
    for (const name of ["enroll", "approve", "deny", "revoke", "wait", "accept-clock"]) {
      assertStringIncludes(far.stderr.replace(/\s+/g, " "), name);
    }
    assertStringIncludes((await runOverride({ args: ["aprove"] })).stderr, '"approve"');
  });
});
