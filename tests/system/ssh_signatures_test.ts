/**
 * Signatures for approvals and the real ssh-keygen: what it signs counts, what we refuse and why, and
 * what our played security keys sign is what it takes for theirs. Needs ssh-keygen.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { verifySsh } from "../../src/adapter/verify_ssh.ts";
import {
  overrideNamespace as namespace,
  parseOverrideSignature,
} from "../../src/core/integrity/parse_override_signature.ts";
import { parseSshKeyLine } from "../../src/core/integrity/parse_ssh_key_line.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { type SshKey, sshKeyKinds } from "../../src/core/integrity/ssh_key.ts";
import { sshKeyFingerprint } from "../../src/core/integrity/ssh_key_fingerprint.ts";
import { newLongRsaSigner } from "../support/long_rsa_signer.ts";
import { chooseSeed, seeded } from "../support/seeded.ts";
import {
  armor,
  newSshSigner,
  type SignatureParts,
  type SigningOptions,
  type SshSigner,
  unarmor,
} from "../support/ssh_signer.ts";

const message = new TextEncoder().encode("Request 1\nwhat is approved, and why\n");

/** A folder with keys of ssh-keygen's. */
class Keys implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "sealward-" });

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }

  async run(args: readonly string[], stdin = new Uint8Array()): Promise<Deno.CommandOutput> {
    const command = new Deno.Command("ssh-keygen", {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    const child = command.spawn();
    const writer = child.stdin.getWriter();
    // It may end without reading.
    await writer.write(new Uint8Array(stdin)).then(() => writer.close()).catch(() => {});
    return await child.output();
  }

  async make(...more: readonly string[]): Promise<{ readonly path: string; readonly key: SshKey }> {
    const path = `${this.folder}/${crypto.randomUUID()}`;
    const { success } = await this.run(["-q", "-f", path, "-N", "", "-C", "me", ...more]);
    assert(success, more.join(" "));
    return { path, key: parseSshKeyLine(Deno.readTextFileSync(`${path}.pub`).trimEnd()) };
  }

  async sign(path: string, of = message, ...more: readonly string[]): Promise<Uint8Array> {
    const file = `${this.folder}/${crypto.randomUUID()}`;
    Deno.writeFileSync(file, of);
    const { success } = await this.run(["-Y", "sign", "-n", namespace, "-f", path, ...more, file]);
    assert(success);
    return Deno.readFileSync(`${file}.sig`);
  }

  /** Whether ssh-keygen takes the signature for one of the line's key. */
  async verifies(line: string, armored: Uint8Array, of = message): Promise<boolean> {
    const signers = `${this.folder}/signers`;
    const signature = `${this.folder}/sig`;
    Deno.writeTextFileSync(signers, `me ${line}\n`);
    Deno.writeFileSync(signature, armored);
    const who = ["-f", signers, "-I", "me", "-n", namespace, "-s", signature];
    return (await this.run(["-Y", "verify", ...who], of)).success;
  }
}

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit));
}

/** Bytes 6 to 9 of a signature's blob, behind the magic (PROTOCOL.sshsig). */
function versionOf(blob: Uint8Array): number {
  return new DataView(blob.buffer, blob.byteOffset).getUint32(6);
}

describe("what ssh-keygen -Y sign writes", () => {
  const kinds: readonly (readonly string[])[] = [
    ["-t", "ed25519"],
    ["-t", "ecdsa", "-b", "256"],
    ["-t", "rsa", "-b", "2048"],
    ["-t", "rsa", "-b", "3072"],
    ["-t", "rsa", "-b", "4104"],
  ];
  for (const kind of kinds) {
    it(`counts with ${kind.join(" ")}, and not with anything changed`, async () => {
      using keys = new Keys();
      const { path, key } = await keys.make(...kind);
      const told = await keys.run(["-lf", `${path}.pub`]);
      const [, fingerprint] = new TextDecoder().decode(told.stdout).split(" ");
      assertEquals(sshKeyFingerprint(key, sha256), fingerprint);
      const armored = await keys.sign(path);
      assert(await verifySsh(key, message, armored, namespace));
      const parsed = parseOverrideSignature(armored, namespace);
      assertEquals([parsed.key.blob, parsed.hasPresence], [key.blob, false]);
      const short = await keys.sign(path, message, "-O", "hashalg=sha256");
      assertEquals(parseOverrideSignature(short, namespace).hash, "sha256");
      assert(await verifySsh(key, message, short, namespace));
      const draw = seeded(chooseSeed(kind.join(" ")));
      for (let at = 0; at < armored.length; at++) {
        const other = flipped(armored, at, draw(8));
        assertEquals(await verifySsh(key, message, other, namespace), false, `byte ${at}`);
      }
      for (let at = 0; at < message.length; at++) {
        const other = flipped(message, at, draw(8));
        assertEquals(await verifySsh(key, other, armored, namespace), false, `byte ${at}`);
      }
      const another = await keys.make(...kind);
      assertEquals(await verifySsh(another.key, message, armored, namespace), false);
      assertEquals(await verifySsh(key, message, armored, "sealward-policy"), false);
    });
  }

  it("counts over no bytes, many, and bytes that are no text", async () => {
    using keys = new Keys();
    const { path, key } = await keys.make("-t", "ed25519");
    const rows = [new Uint8Array(), new Uint8Array(200_000).fill(7), Uint8Array.of(0, 255, 13, 10)];
    for (const row of rows) {
      assert(await verifySsh(key, row, await keys.sign(path, row), namespace), `${row.length}`);
    }
  });

  it("does not count with P-384, P-521, or RSA of 1024 bits", async () => {
    using keys = new Keys();
    for (const kind of [["ecdsa", "384"], ["ecdsa", "521"], ["rsa", "1024"]]) {
      const [type = "", bits = ""] = kind;
      const path = `${keys.folder}/${type}${bits}`;
      await keys.run(["-q", "-f", path, "-N", "", "-t", type, "-b", bits]);
      const line = Deno.readTextFileSync(`${path}.pub`).trimEnd();
      assertThrows(() => parseSshKeyLine(line));
      const armored = await keys.sign(path);
      assert(await keys.verifies(line, armored), `${type} ${bits}`);
      assertThrows(() => parseOverrideSignature(armored, namespace));
    }
  });
});

/** What both are asked; `isTaken` by us and by ssh-keygen. */
interface Answer {
  readonly own: boolean;
  readonly told: boolean;
}

async function ask(keys: Keys, signer: SshSigner, armored: Uint8Array, of = message) {
  const own = await verifySsh(signer.key, of, armored, namespace);
  const answer: Answer = { own, told: await keys.verifies(signer.line, armored, of) };
  return answer;
}

const both: Answer = { own: true, told: true };
const neither: Answer = { own: false, told: false };

describe("ssh-keygen -Y verify says of our played keys what we say", () => {
  for (const kind of sshKeyKinds) {
    it(`of ${kind}, and of all that can be changed`, async () => {
      using keys = new Keys();
      const signer = await newSshSigner(kind);
      assertEquals(await ask(keys, signer, await signer.sign(message)), both);
      assertEquals(await ask(keys, signer, await signer.sign(message, { hash: "sha256" })), both);
      const armored = await signer.sign(message);
      assertEquals(await ask(keys, signer, armored, message.subarray(1)), neither);
      const stranger = await newSshSigner(kind);
      const posing = await stranger.sign(message, { keyBlob: signer.key.blob });
      assertEquals(await ask(keys, signer, posing), neither, "another key");
      const rows: readonly SigningOptions[] = [
        { namespace: "file" },
        { version: 2 },
        { hash: "sha384" },
        { magic: "SSHSIh" },
        { algorithm: "ssh-dss" },
        { edit: (parts: SignatureParts) => ({ ...parts, signature: new Uint8Array(64) }) },
      ];
      for (const row of rows) {
        assertEquals(await ask(keys, signer, await signer.sign(message, row)), neither);
      }
      const draw = seeded(chooseSeed(kind));
      const blob = unarmor(armored);
      for (let at = draw(4); at < blob.length; at += kind === "ssh-rsa" ? 16 : 4) {
        const other = flipped(blob, at, draw(8));
        // Not covered by the signature, and ssh-keygen refuses only what is above its own version.
        const wanted = versionOf(other) === 0 ? { own: false, told: true } : neither;
        assertEquals(await ask(keys, signer, armor(other)), wanted, `byte ${at}`);
      }
      const older = await signer.sign(message, { version: 0 });
      assertEquals(await ask(keys, signer, older), { own: false, told: true }, "version 0");
    });
  }

  for (const kind of sshKeyKinds.filter((name) => name.startsWith("sk-"))) {
    it(`of ${kind}: flags, counter, application`, async () => {
      using keys = new Keys();
      const signer = await newSshSigner(kind);
      for (const row of [{ flags: 5 }, { flags: 0x81 }, { counter: 0 }, { counter: 0xffffffff }]) {
        assertEquals(await ask(keys, signer, await signer.sign(message, row)), both);
      }
      const rest = (...bytes: readonly number[]) => ({
        edit: (parts: SignatureParts) => ({ ...parts, rest: Uint8Array.from(bytes) }),
      });
      const rows: readonly SigningOptions[] = [
        { application: "ssh:other" },
        rest(5, 0, 0, 0, 7),
        rest(1, 0, 0, 0, 8),
        rest(1, 0, 0, 0),
        rest(),
        { flags: 0, ...rest(1, 0, 0, 0, 7) },
      ];
      for (const row of rows) {
        assertEquals(await ask(keys, signer, await signer.sign(message, row)), neither);
      }
    });

    it(`but takes ${kind} that nobody touched, and keys for a web page: we do not`, async () => {
      using keys = new Keys();
      const signer = await newSshSigner(kind);
      const untouched = await signer.sign(message, { flags: 0 });
      assertEquals(await ask(keys, signer, untouched), { own: false, told: true });
      const web = await newSshSigner(kind, { application: "https://example.com" });
      const armored = await web.sign(message);
      assertEquals(await ask(keys, web, armored), { own: false, told: true });
    });
  }

  it("of RSA longer than the runtime takes", async () => {
    using keys = new Keys();
    const signer = await newLongRsaSigner();
    for (const algorithm of ["rsa-sha2-256", "rsa-sha2-512"]) {
      const armored = await signer.sign(message, { algorithm });
      assertEquals(await ask(keys, signer, armored), both, algorithm);
      const blob = unarmor(armored);
      const other = armor(flipped(blob, blob.length - 9, 3));
      assertEquals(await ask(keys, signer, other), neither, algorithm);
    }
  });
});
