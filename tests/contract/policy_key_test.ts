/** Keys that sign policies, as files: which are used, and which are refused before they are read. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createPolicySigner } from "../../src/compose/policy_signer.ts";
import { EngineError } from "../../src/core/errors.ts";
import { createSignedProject } from "../support/signed_project.ts";

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
  return "none";
}

describe("keys that sign policies", () => {
  it("are made private, with their public half beside them, and never over another", async () => {
    using given = await createSignedProject();
    const signer = await createPolicySigner(given.surroundings);
    const path = `${given.project.folder}/mine`;
    const made = signer.createKey(path, "me");
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assertEquals(Deno.readTextFileSync(made.publicPath), `${made.line}\n`);
    const key = signer.openKey(path, signer.read(given.project.root));
    assertEquals([key.fingerprint, key.comment], [made.fingerprint, "me"]);
    assertEquals(signer.readPublicKeys(made.publicPath)[0]?.fingerprint, made.fingerprint);
    const before = Deno.readTextFileSync(path);
    assertEquals(codeOf(() => signer.createKey(path, "me")), "output_unwritable");
    Deno.removeSync(path);
    assertEquals(codeOf(() => signer.createKey(path, "me")), "output_unwritable");
    assertEquals(await Deno.lstat(path).catch(() => null), null, "nothing is left of it");
    assert(before.startsWith("-----BEGIN PRIVATE KEY-----"));
  });

  it("are not made inside a project", async () => {
    using given = await createSignedProject();
    const signer = await createPolicySigner(given.surroundings);
    const path = given.project.path("src/key");
    assertEquals(codeOf(() => signer.createKey(path, "")), "secret_unsafe");
    assertEquals([...Deno.readDirSync(given.project.path("src"))], []);
  });

  it("MAN-10 missing, open to others, link, FIFO, inside the project, no key at all", async () => {
    using given = await createSignedProject();
    const { project } = given;
    const signer = await createPolicySigner(given.surroundings);
    const checkout = signer.read(project.root);
    const good = `${project.folder}/key0`;
    const text = Deno.readTextFileSync(good);
    const path = (name: string) => `${project.folder}/${name}`;
    const write = (name: string, bytes: string, mode = 0o600) => {
      Deno.writeTextFileSync(path(name), bytes, { mode });
      Deno.chmodSync(path(name), mode);
    };
    write("open", text, 0o644);
    write("group", text, 0o640);
    write("empty", "");
    write("word", "changeme");
    write("secret", "default-secret");
    write("cut", text.slice(0, 60));
    write("large", text.padEnd(5_000, "\n"));
    write("encrypted", text.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"));
    Deno.symlinkSync(good, path("link"));
    Deno.linkSync(path("word"), path("second"));
    await new Deno.Command("mkfifo", { args: [path("fifo")] }).output();
    Deno.writeTextFileSync(project.path("key"), text, { mode: 0o600 });
    const rows: Readonly<Record<string, string>> = {
      "nowhere": "secret_missing",
      "open": "secret_unsafe",
      "group": "secret_unsafe",
      "link": "secret_unsafe",
      "second": "secret_unsafe",
      "fifo": "secret_unsafe",
      "large": "secret_unsafe",
      "project/key": "secret_unsafe",
      "empty": "secret_invalid",
      "cut": "secret_invalid",
      "encrypted": "secret_invalid",
    };
    for (const [name, code] of Object.entries(rows)) {
      assertEquals(codeOf(() => signer.openKey(path(name), checkout)), code, name);
    }
    Deno.removeSync(path("second"));
    for (const name of ["word", "secret"]) {
      assertEquals(codeOf(() => signer.openKey(path(name), checkout)), "secret_invalid", name);
    }
    assertEquals(codeOf(() => signer.openKey(good, checkout)), "none");
  });

  it("sign only what was shown, and leave no half pair behind", async () => {
    using given = await createSignedProject();
    const signer = await createPolicySigner(given.surroundings);
    const checkout = signer.read(given.project.root);
    const manifest = new TextEncoder().encode("{}\n");
    given.project.write(".scalpel/policy.yaml", 'version: "1.0"\n');
    const write = () => signer.write(checkout, manifest, given.key.sign(manifest));
    assertEquals(codeOf(write), "policy_tampered");
    const names = () =>
      [...Deno.readDirSync(given.project.path(".scalpel"))].map(({ name }) => name);
    assertEquals(names(), ["policy.yaml"]);
    given.sign();
    assertEquals(names().sort(), [
      "policy.manifest.json",
      "policy.manifest.json.sig",
      "policy.yaml",
    ]);
    // What --prepare does: a manifest, and no signature of an older one.
    const again = signer.read(given.project.root);
    signer.write(again, manifest, null);
    assertEquals(names().sort(), ["policy.manifest.json", "policy.yaml"]);
  });

  it("tell whether the last manifest was signed by anybody known", async () => {
    using given = await createSignedProject();
    const signer = await createPolicySigner(given.surroundings);
    const previous = () => signer.readPrevious(signer.read(given.project.root), [given.key]);
    assertEquals(previous(), null);
    given.sign({ policy_version: 5 });
    assertEquals([previous()?.isVerified, previous()?.manifest.policy_version], [true, 5]);
    given.sign({ policy_version: 6 }, given.newKey());
    assertEquals(previous()?.isVerified, false);
    given.project.write(".scalpel/policy.manifest.json", "{}");
    assertEquals(codeOf(previous), "manifest_invalid");
  });

  it("public keys are read from plain files only", async () => {
    using given = await createSignedProject();
    const signer = await createPolicySigner(given.surroundings);
    const { folder } = given.project;
    Deno.symlinkSync(`${folder}/key0.pub`, `${folder}/link.pub`);
    for (const name of ["none.pub", "link.pub", "key0"]) {
      const code = codeOf(() => signer.readPublicKeys(`${folder}/${name}`));
      assertEquals(code, "trusted_keys_invalid", name);
    }
  });
});
