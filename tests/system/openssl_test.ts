/** The log's cryptography, done over by openssl from the key file and the bytes on disk alone. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Program, Project } from "../support/sealward.ts";

const openssl: Program = { name: "openssl", command: ["openssl"] };

async function run(project: Project, args: readonly string[], stdin = ""): Promise<string> {
  const { exit, stdout, stderr } = await project.run(args, { program: openssl, stdin });
  if (exit !== 0) throw new Error(`openssl failed with ${exit}: ${stderr}`);
  return stdout;
}

async function hmac(project: Project, keyHex: string, text: string): Promise<string> {
  const key = ["-mac", "HMAC", "-macopt", `hexkey:${keyHex}`];
  const answer = await run(project, ["dgst", "-sha256", ...key, "-r"], text);
  return answer.slice(0, 64);
}

/** The key of epoch 0 that MACs lines. */
async function entryKey(project: Project, logId: string): Promise<string> {
  const secret = Deno.readTextFileSync(`${project.stateFolder()}/keys/audit.key`);
  const options = ["digest:SHA256", `hexkey:${secret.slice("hex:".length).trim()}`];
  options.push(`hexsalt:${logId}`, "info:audit/v1/epoch");
  const flags = options.flatMap((option) => ["-kdfopt", option]);
  const epochKey = await run(project, ["kdf", "-keylen", "32", ...flags, "HKDF"]);
  return await hmac(project, epochKey.replaceAll(":", "").trim(), "audit/v1/entry");
}

const suffix = /,"mac":"([0-9a-f]{64})"\}$/;

describe("audit log", () => {
  it("AUD-34 has MACs that openssl computes alike, an allow's and every other line's", async () => {
    using project = new Project();
    await project.init();
    const allow = ["check", "--type", "file_write", "--file", "src/app.ts"];
    const { exit, value } = await project.json(allow);
    assertEquals(exit, 0);
    await project.run(["check", "--type", "file_write", "--file", ".env"]);
    const details = '{"note":"\\u00e9 \\u2028"}';
    await project.run([
      "audit",
      "record",
      "--type",
      "NOTE",
      "--severity",
      "LOW",
      "--details",
      details,
    ]);

    const lines = project.read(".scalpel/audit.log").trimEnd().split("\n");
    assertEquals(lines.length, 5);
    const key = await entryKey(project, JSON.parse(lines[0] ?? "").d.log);
    let previous = "0".repeat(64);
    for (const line of lines) {
      const mac = suffix.exec(line)?.[1] ?? "";
      assertEquals(JSON.parse(line).prev, previous);
      assertEquals(await hmac(project, key, line.replace(suffix, "")), mac);
      previous = mac;
    }
    const answered = value["audit"] as { readonly seq: number; readonly mac: string };
    assertEquals(suffix.exec(lines[answered.seq] ?? "")?.[1], answered.mac);
    const edited = (lines[2] ?? "").replace(suffix, "").replace("src/app.ts", "src/app.tt");
    assertNotEquals(await hmac(project, key, edited), answered.mac);
  });
});
