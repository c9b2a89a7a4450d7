/**
 * `overrides` and overrides.yaml on the real disk and log: accepted, kept, changed, signed, replayed.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { acceptPolicy } from "../../src/compose/accept_policy.ts";
import { findLayout } from "../../src/compose/environment.ts";
import { createPolicySigner } from "../../src/compose/policy_signer.ts";
import { EngineError } from "../../src/core/errors.ts";
import { policyText, type SignedProject, told } from "../support/signed_project.ts";
import { createSignedProject } from "../support/signed_project.ts";

const path = ".scalpel/overrides.yaml";
const section = (name: string, more = "") => `overrides:\n  approvers: [{name: ${name}}]\n${more}`;
const wide = "  grants: [once, session]\n";

async function accept({ surroundings, project }: SignedProject): Promise<void> {
  const shown = openPolicyStore(findLayout(surroundings, project.root))();
  await acceptPolicy(surroundings, project.root, shown);
}

/** An install whose policy a person accepted, with overrides.yaml beside it. */
async function accepted(text: string): Promise<SignedProject> {
  const given = await createSignedProject();
  // Where a key is trusted nobody accepts.
  given.trusted.length = 0;
  given.project.write(path, text);
  await given.install();
  await accept(given);
  return given;
}

const factsOf = async (given: SignedProject) =>
  (await given.inEngine((engine) => engine.verifyPolicy())).overrides;

const namesOf = async (given: SignedProject) =>
  (await factsOf(given))?.approvers.map(({ name }) => name);

async function replays({ inEngine }: SignedProject): Promise<readonly string[]> {
  return await inEngine(async (engine) => {
    const found: string[] = [];
    for await (const { decision, status } of engine.replay({ first: 0, last: Infinity })) {
      found.push(`${decision} ${status}`);
    }
    return found;
  });
}

describe("overrides.yaml", () => {
  it("counts once it is accepted, and no earlier", async () => {
    using given = await accepted(section("maria"));
    assertEquals(told(await given.ask()), "allow accepted");
    assertEquals(await namesOf(given), ["maria"]);
    given.project.write(path, section("mallory"));
    assertEquals(told(await given.ask()), "deny policy_tampered none");
    assertEquals(await factsOf(given), undefined);
    await accept(given);
    assertEquals(await namesOf(given), ["mallory"]);
    Deno.removeSync(given.project.path(path));
    assertEquals(told(await given.ask()), "deny policy_tampered none");
  });

  it("R1 its decisions replay, whoever was named then", async () => {
    using given = await accepted(section("maria"));
    await given.ask(".env");
    given.project.write(path, section("jo"));
    await given.ask();
    await accept(given);
    await given.ask(".env");
    assertEquals(await replays(given), ["deny agrees", "deny agrees", "deny agrees"]);
    assertEquals(await namesOf(given), ["jo"]);
  });

  it("never comes into force with a fault, or twice", async () => {
    using given = await accepted(section("maria"));
    const faulty = [
      ["overrides:\n", "nothing (null)"],
      [section("Maria"), "the name of an approver"],
      [section("maria", "  request_seconds: 29\n"), "from 30 to 86400"],
      ["a: 1\n", "unknown key"],
    ] as const;
    for (const [text, message] of faulty) {
      given.project.write(path, text);
      await assertRejects(() => accept(given), EngineError, message);
      assertEquals(told(await given.ask()), "deny policy_tampered none");
    }
    given.project.write(path, section("maria"));
    given.project.write(".scalpel/policy.yaml", policyText("[]") + section("maria"));
    await assertRejects(() => accept(given), EngineError, "has overrides too");
  });

  it("changes the policy's digest: what was granted under another one is not granted here", async () => {
    using given = await accepted(section("maria"));
    const before = (await given.ask()).policy_digest;
    given.project.write(path, section("maria", "  grant_minutes: 60\n"));
    await accept(given);
    assert((await given.ask()).policy_digest !== before);
  });

  it("without a signature only once counts", async () => {
    using given = await accepted(section("maria", wide));
    assertEquals((await factsOf(given))?.grants, ["once"]);
  });
});

describe("a signed overrides.yaml", () => {
  async function inForce(text: string): Promise<SignedProject> {
    const given = await createSignedProject();
    given.project.write(path, text);
    await given.install();
    given.sign();
    return given;
  }

  it("MAN-22 counts with the signature over it, and changed without one is tampering", async () => {
    using given = await inForce(section("maria", wide));
    assertEquals(told(await given.ask()), "allow signed");
    const facts = await factsOf(given);
    assertEquals([facts?.grants, facts?.same_uid, facts?.inbox], [
      ["once", "session"],
      "allow",
      null,
    ]);
    given.project.write(path, section("mallory", wide));
    assertEquals(told(await given.ask()), "deny policy_tampered none");
    given.sign({ policy_version: 2 });
    assertEquals(await namesOf(given), ["mallory"]);
    assertEquals(await replays(given), ["allow agrees", "deny agrees"]);
  });

  it("the signer refuses a faulty one, and lint does not ask for a signature", async () => {
    using given = await inForce(section("maria", wide));
    const signer = await createPolicySigner(given.surroundings);
    assertEquals(signer.lint(signer.read(given.project.root)), []);
    given.project.write(path, section("maria", "  grants: [forever]\n"));
    try {
      signer.refuseFaulty(signer.read(given.project.root));
    } catch (error) {
      const { message, location } = error as EngineError;
      assertStringIncludes(message, '"once" or "session" or "pattern"');
      assertEquals([location?.file, location?.line, location?.column], [path, 3, 12]);
      return;
    }
    throw new Error("nothing was refused");
  });
});
