/**
 * Signed policies against the real log, disk and cryptography: what comes into force, and what never
 * does again. Keys are given to the engine as a host's would be.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision } from "../../src/core/decision/decision.ts";
import type { EngineError } from "../../src/core/errors.ts";
import { manifestFile, signatureFile } from "../../src/core/integrity/manifest.ts";
import { encodePolicyTime } from "../../src/core/integrity/policy_time.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { acceptPolicy } from "../../src/compose/accept_policy.ts";
import { findLayout } from "../../src/compose/environment.ts";
import {
  createSignedProject,
  policyText,
  type SignedProject,
  told,
} from "../support/signed_project.ts";

const policyPath = ".scalpel/policy.yaml";
const signedAllow = "allow signed";
const tampered = "deny policy_tampered none";
const unaccepted = "deny policy_unaccepted none";

/** An install with version 1 of a signed policy in force. */
async function inForce(): Promise<SignedProject> {
  const given = await createSignedProject();
  await given.install();
  given.sign();
  assertEquals(told(await given.ask()), signedAllow);
  return given;
}

async function refused(act: () => Promise<unknown>): Promise<EngineError> {
  try {
    await act();
  } catch (error) {
    return error as EngineError;
  }
  throw new Error("nothing was refused");
}

const reason = ({ reason }: Decision) => reason;

describe("a signed policy", () => {
  it("comes into force by one CRITICAL entry, before the first decision", async () => {
    using given = await createSignedProject();
    await given.install();
    given.sign();
    assertEquals(told(await given.ask(".env")), "deny path_protected signed");
    assertEquals(told(await given.ask()), signedAllow);
    const [entry, ...more] = await given.entries("state.policy_signed");
    assertEquals([entry?.severity, more.length], ["CRITICAL", 0]);
    const details = entry?.details ?? {};
    assertEquals(
      [details["project"], details["policy_version"], details["previous_version"], details["key"]],
      ["demo", 1, null, given.key.fingerprint],
    );
    const decisions = await given.entries("audit.decision");
    assert((entry?.seq ?? Infinity) < (decisions[0]?.seq ?? 0));
  });

  it("R1 its decisions, and those denied for want of one, can be replayed", async () => {
    using given = await createSignedProject();
    await given.install();
    await given.ask();
    given.sign();
    await given.ask(".env");
    await given.ask();
    given.project.write(policyPath, policyText("[]"));
    await given.ask(".env");
    given.sign({ policy_version: 2 });
    await given.ask(".env");
    given.trusted.length = 0;
    given.trusted.push(given.newKey());
    await given.ask(".env");
    const results = await given.inEngine(async (engine) => {
      const found: string[] = [];
      for await (const one of engine.replay({ first: 0, last: Infinity })) {
        found.push(`${one.decision} ${one.status}`);
      }
      return found;
    });
    assertEquals(results, [
      "deny agrees",
      "deny agrees",
      "allow agrees",
      "deny agrees",
      "allow agrees",
      "deny agrees",
    ]);
  });

  it("follows from version to version, with no word from a human on this host", async () => {
    using given = await inForce();
    given.project.write(policyPath, policyText('["*.lock"]'));
    assertEquals(told(await given.ask()), tampered);
    given.sign({ policy_version: 2 });
    assertEquals(told(await given.ask("a.lock")), "deny path_protected signed");
    const entries = await given.entries("state.policy_signed");
    assertEquals(entries.map(({ details }) => details["previous_version"]), [null, 1]);
    assertEquals((await given.entries("state.policy_tampered")).length, 1);
    const status = await given.inEngine((engine) => engine.verifyPolicy());
    assertEquals([status.policy_trust, status.manifest?.policy_version], ["signed", 2]);
  });

  it("is verified once: later decisions compare hashes", async () => {
    using given = await inForce();
    const before = (await given.entries("state.policy_signed")).length;
    await given.inEngine(async (engine) => {
      for (let i = 0; i < 3; i++) assertEquals((await engine.verifyPolicy()).status, "trusted");
    });
    assertEquals((await given.entries("state.policy_signed")).length, before);
  });

  it("is refused where its text is faulty, and nothing is decided by it", async () => {
    using given = await inForce();
    given.project.write(policyPath, 'version: "1.0"\nlimits:\n  max_size: 1\n');
    given.sign({ policy_version: 2 });
    assertEquals((await refused(() => given.ask())).code, "policy_invalid");
    assertEquals((await given.entries("state.policy_signed")).length, 1);
  });
});

describe("what is not the signed policy", () => {
  it("MAN-01 one byte changed in a policy file", async () => {
    using given = await inForce();
    const text = given.project.read(policyPath);
    given.project.write(policyPath, text.replace("env", "enw"));
    const decision = await given.ask();
    assertEquals(told(decision), tampered);
    assertStringIncludes(reason(decision), policyPath);
    given.project.write(policyPath, text);
    assertEquals(told(await given.ask()), signedAllow);
  });

  it("MAN-04 manifest, signature, or both removed: not a new install", async () => {
    using given = await inForce();
    const pair = given.readPair();
    const cases = [[manifestFile], [signatureFile], [manifestFile, signatureFile], [policyPath]];
    const text = given.project.read(policyPath);
    for (const paths of cases) {
      for (const path of paths) Deno.removeSync(given.project.path(path));
      assertEquals(told(await given.ask()), tampered, paths.join());
      given.writePair(pair);
      given.project.write(policyPath, text);
    }
    assertEquals(told(await given.ask()), signedAllow);
  });

  it("MAN-04 never signed: a deny of its own, with the way out", async () => {
    using given = await createSignedProject();
    await given.install();
    const decision = await given.ask();
    assertEquals(told(decision), unaccepted);
    assertStringIncludes(reason(decision), "sealward policy sign");
  });

  it("extra, changed and missing tests, and links among them", async () => {
    using given = await createSignedProject();
    await given.install();
    given.project.write(".scalpel/tests/a.yaml", "a");
    given.sign();
    assertEquals(told(await given.ask()), signedAllow);
    const path = given.project.path(".scalpel/tests/a.yaml");
    const plants: readonly (readonly [string, () => void])[] = [
      ["changed", () => Deno.writeTextFileSync(path, "b")],
      ["missing", () => Deno.removeSync(path)],
      ["extra", () => given.project.write(".scalpel/tests/b.yaml", "b")],
      ["extra, deep", () => given.project.write(".scalpel/tests/x/y/b.yaml", "b")],
      ["hard link", () => Deno.linkSync(path, given.project.path("other"))],
      ["symlink", () => Deno.symlinkSync(path, given.project.path(".scalpel/tests/b.yaml"))],
    ];
    for (const [name, plant] of plants) {
      plant();
      assertEquals(told(await given.ask()), tampered, name);
      Deno.removeSync(given.project.path(".scalpel/tests"), { recursive: true });
      given.project.write(".scalpel/tests/a.yaml", "a");
      assertEquals(told(await given.ask()), signedAllow, name);
    }
  });

  it("MAN-22 FILE-09 an input planted beside it", async () => {
    for (const name of ["budget.yaml", "overrides.yaml", "checks/evil.wasm"]) {
      using given = await inForce();
      given.project.write(`.scalpel/${name}`, "{}");
      assertEquals(told(await given.ask()), tampered, name);
    }
  });

  it("MAN-07 the same manifest in other JSON", async () => {
    using given = await inForce();
    const pair = given.readPair();
    const value = JSON.parse(pair.manifest);
    const others = [
      JSON.stringify(value, null, 2),
      pair.manifest.trimEnd(),
      `${pair.manifest}\n`,
      JSON.stringify(Object.fromEntries(Object.entries(value).reverse())),
      pair.manifest.replace("{", '{"policy_version":1,'),
    ];
    for (const manifest of others) {
      given.writePair({ ...pair, manifest });
      assertEquals(told(await given.ask()), tampered, manifest.slice(0, 40));
    }
  });

  it("MAN-13 files of one version with the manifest of another", async () => {
    using given = await inForce();
    const first = { pair: given.readPair(), text: given.project.read(policyPath) };
    given.project.write(policyPath, policyText("[]"));
    given.sign({ policy_version: 2 });
    const second = given.readPair();
    assertEquals(told(await given.ask()), signedAllow);
    given.project.write(policyPath, first.text);
    assertEquals(told(await given.ask()), tampered, "old file");
    given.writePair({ manifest: second.manifest, signature: first.pair.signature });
    assertEquals(told(await given.ask()), tampered, "old signature");
    given.writePair({ manifest: first.pair.manifest, signature: second.signature });
    assertEquals(told(await given.ask()), tampered, "old manifest");
  });

  it("MAN-14 the signed policy of another project", async () => {
    using given = await inForce();
    given.sign({ policy_version: 9, project: "other" });
    const decision = await given.ask();
    assertEquals(told(decision), tampered);
    assertStringIncludes(reason(decision), '"other"');
  });

  it("MAN-15 expired; signed in the future; both without a crash", async () => {
    using given = await inForce();
    const at = (ms: number) => encodePolicyTime(Date.now() + ms);
    given.sign({ policy_version: 2, signed_at: at(-9e6), expires_at: at(-1000) });
    const expired = await given.ask();
    assertEquals(told(expired), tampered);
    assertStringIncludes(reason(expired), "expired");
    given.sign({ policy_version: 3, signed_at: at(86_400_000) });
    const early = await given.ask();
    assertEquals(told(early), unaccepted);
    assertStringIncludes(reason(early), "clock");
    given.sign({ policy_version: 4, expires_at: at(2_000) });
    assertEquals(told(await given.ask()), signedAllow);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assertEquals(told(await given.ask()), tampered, "expired while in force");
  });

  it("wants no older engine than the policy does", async () => {
    using given = await inForce();
    given.sign({ policy_version: 2, min_engine: "99.0.0" });
    const decision = await given.ask();
    assertEquals(told(decision), tampered);
    assertStringIncludes(reason(decision), "Engine too old");
    given.sign({ policy_version: 3, engine: "99.0.0" });
    assertEquals(told(await given.ask()), signedAllow);
    const { manifest } = await given.inEngine((engine) => engine.verifyPolicy());
    assertStringIncludes(manifest?.notice ?? "", "99.0.0");
  });

  it("MAN-16 a manifest or signature without end", async () => {
    for (const path of [manifestFile, signatureFile]) {
      using given = await inForce();
      given.project.write(path, "x".repeat(600_000));
      assertEquals(told(await given.ask()), tampered, path);
      Deno.truncateSync(given.project.path(path), 2 ** 40);
      const before = performance.now();
      assertEquals(told(await given.ask()), tampered, path);
      assert(performance.now() - before < 2_000);
    }
  });

  it("DOS-04 many files, each within its bound, do not fill the memory", async () => {
    using given = await inForce();
    for (let index = 0; index < 200; index++) {
      given.project.write(`.scalpel/checks/${index}`, "");
      Deno.truncateSync(given.project.path(`.scalpel/checks/${index}`), 16_000_000);
    }
    const before = performance.now();
    const decision = await given.ask();
    assertEquals(told(decision), tampered);
    assertStringIncludes(reason(decision), "over ");
    assert(performance.now() - before < 5_000, "3.2 GB take half a minute");
  });

  it("MAN-19 a key that is not trusted any more, until it is signed again", async () => {
    using given = await inForce();
    const next = given.newKey();
    given.trusted.splice(0, 1, next);
    const decision = await given.ask();
    assertEquals(told(decision), tampered);
    assertStringIncludes(reason(decision), "not trusted any more");
    given.sign({ policy_version: 2 }, next);
    assertEquals(told(await given.ask()), signedAllow);
    given.sign({ policy_version: 3 });
    assertEquals(told(await given.ask()), tampered, "the old key signs again");
  });

  it("MAN-19 the very same manifest under the new key needs no new version", async () => {
    using given = await inForce();
    const pair = given.readPair();
    const next = given.newKey();
    given.trusted.splice(0, 1, next);
    const signature = next.sign(new TextEncoder().encode(pair.manifest));
    given.writePair({ ...pair, signature: new TextDecoder().decode(signature) });
    assertEquals(told(await given.ask()), signedAllow);
  });

  it("a key nobody trusts", async () => {
    using given = await createSignedProject();
    await given.install();
    given.sign({}, given.newKey());
    assertEquals(told(await given.ask()), tampered);
  });

  it("SEED-12 what lies there at the start is no truth of its own", async () => {
    using given = await createSignedProject();
    given.sign();
    given.project.write(policyPath, policyText("[]"));
    await given.install();
    assertEquals(told(await given.ask(".env")), tampered);
    assertEquals(told(await given.ask(".env")), tampered);
  });
});

describe("an engine that goes on", () => {
  it("sees every change with the next question: files, pair, keys", async () => {
    using given = await inForce();
    const first = { pair: given.readPair(), text: given.project.read(policyPath) };
    await given.inEngine(async (engine) => {
      const operation = parseOperation({ type: "file_write", affected_files: ["src/app.ts"] });
      const ask = async () => told((await engine.check([operation], "uid:1"))[0] as Decision);
      const status = async () => (await engine.verifyPolicy()).status;
      assertEquals(await ask(), signedAllow);
      given.project.write(policyPath, policyText("[]"));
      assertEquals([await ask(), await status()], [tampered, "tampered"]);
      given.sign({ policy_version: 2 });
      assertEquals([await ask(), await status()], [signedAllow, "trusted"]);
      given.writePair(first.pair);
      given.project.write(policyPath, first.text);
      assertEquals(await ask(), tampered);
      given.project.write(policyPath, policyText("[]"));
      given.sign({ policy_version: 3 });
      assertEquals(await ask(), signedAllow);
      const [key] = given.trusted.splice(0, 1, given.newKey());
      assertEquals(await ask(), tampered);
      if (key !== undefined) given.trusted.push(key);
      assertEquals(await ask(), signedAllow);
    });
  });

  it("calls a newly signed policy and its tests no unexplained change", async () => {
    using given = await inForce();
    const alarms = async () =>
      (await given.inEngine((engine) => engine.observeProtected("uid:1"))).alarms.length;
    await alarms();
    given.project.write(policyPath, policyText("[]"));
    given.project.write(".scalpel/tests/a.yaml", "a");
    given.sign({ policy_version: 2 });
    assertEquals(await alarms(), 0);
    given.sign({ policy_version: 1 });
    assert(await alarms() > 0, "a pair that is older explains nothing");
  });
});

describe("no rollback", () => {
  it("RACE-07 an older pair, validly signed, is tampering and says what it is", async () => {
    using given = await inForce();
    const old = { pair: given.readPair(), text: given.project.read(policyPath) };
    given.project.write(policyPath, policyText("[]"));
    given.sign({ policy_version: 2 });
    await given.ask();
    given.writePair(old.pair);
    given.project.write(policyPath, old.text);
    const decision = await given.ask();
    assertEquals(told(decision), tampered);
    assertStringIncludes(reason(decision), "version 1");
    assertStringIncludes(reason(decision), "old branch");
    assertEquals((await given.entries("state.policy_tampered")).length, 1);
  });

  it("two policies of the same version: the first one stays", async () => {
    using given = await inForce();
    given.project.write(policyPath, policyText("[]"));
    given.sign();
    const decision = await given.ask();
    assertEquals(told(decision), tampered);
    assertStringIncludes(reason(decision), "version 2");
  });

  it("deleting the log, its mark or both does not bring an older one back", async () => {
    const parts: readonly (readonly [string, (given: SignedProject) => readonly string[]])[] = [
      [
        "log",
        ({ project }) => [project.path(".scalpel/audit.log"), project.path(".scalpel/audit.log.d")],
      ],
      ["mark", ({ project }) => [`${project.stateFolder()}/log`]],
      ["record", ({ project }) => [`${project.stateFolder()}/install.json`]],
      ["log and mark", ({ project }) => [
        project.path(".scalpel/audit.log"),
        project.path(".scalpel/audit.log.d"),
        `${project.stateFolder()}/log`,
      ]],
    ];
    for (const [name, pathsOf] of parts) {
      using given = await inForce();
      const old = { pair: given.readPair(), text: given.project.read(policyPath) };
      given.project.write(policyPath, policyText('["*.lock"]'));
      given.sign({ policy_version: 2 });
      await given.ask();
      const paths = pathsOf(given);
      given.writePair(old.pair);
      given.project.write(policyPath, old.text);
      for (const path of paths) Deno.removeSync(path, { recursive: true });
      const answer = await given.ask().then(told, (error: EngineError) => error.code);
      assertEquals(answer, name === "record" ? "not_initialized" : "audit_missing", name);
      // Nor by a new install: what is left of the old one stands in its way.
      assertEquals((await refused(given.install)).code, "already_initialized", name);
    }
  });
});

describe("signed and accepted", () => {
  it("policy accept is refused as soon as a key is trusted", async () => {
    using given = await createSignedProject();
    await given.install();
    const { surroundings, project } = given;
    const shown = openPolicyStore(findLayout(surroundings, project.root))();
    const error = await refused(() => acceptPolicy(surroundings, project.root, shown));
    assertEquals([error.code, error.exit], ["signature_required", 3]);
    assertStringIncludes(error.hint ?? "", "policy sign");
    assertEquals(told(await given.ask()), unaccepted);
  });

  it("an accepted policy stops to count when a key is trusted, and is no tampering", async () => {
    using given = await createSignedProject();
    const keys = given.trusted.splice(0);
    await given.install();
    const { surroundings, project } = given;
    const accept = async () => {
      const shown = openPolicyStore(findLayout(surroundings, project.root))();
      await acceptPolicy(surroundings, project.root, shown);
    };
    await accept();
    assertEquals(told(await given.ask()), "allow accepted");
    given.trusted.push(...keys);
    assertEquals(told(await given.ask()), unaccepted);
    given.sign();
    assertEquals(told(await given.ask()), signedAllow);
    given.trusted.splice(0);
    assertEquals(told(await given.ask()), tampered, "no key is trusted any more");
    await accept();
    assertEquals(told(await given.ask()), "allow accepted");
    given.trusted.push(...keys);
    assertEquals(told(await given.ask()), signedAllow, "the newest signed policy comes back");
  });

  it("keys that cannot be read decide nothing", async () => {
    using given = await inForce();
    const broken = {
      ...given.surroundings,
      readTrustedKeys: () => {
        throw new Error("no");
      },
    };
    const { openInstall } = await import("../../src/compose/open_install.ts");
    await refused(() => openInstall(broken, { root: given.project.root, role: "library" }));
  });
});
