import { assertEquals, assertThrows } from "@std/assert";
import { decodeBase64, encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { parseSshKeyLine } from "../../../src/core/integrity/parse_ssh_key_line.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { type SshKeyKind, sshKeyKinds } from "../../../src/core/integrity/ssh_key.ts";
import { sshKeyFingerprint } from "../../../src/core/integrity/ssh_key_fingerprint.ts";
import { SshFormError } from "../../../src/core/integrity/ssh_reader.ts";
import { bytesOf, framed, mpint, newSshSigner } from "../../support/ssh_signer.ts";

const signers = new Map(
  await Promise.all(
    sshKeyKinds.map(async (kind) => [kind, await newSshSigner(kind)] as const),
  ),
);

function lineOf(kind: SshKeyKind): string {
  return signers.get(kind)?.line ?? "";
}

/** A line with a key from parts. */
function crafted(kind: string, ...parts: readonly Uint8Array[]): string {
  return `${kind} ${encodeBase64(bytesOf(framed(kind), ...parts))} comment`;
}

function refuses(line: string, wanted: string, name: string): void {
  assertThrows(() => parseSshKeyLine(line), SshFormError, wanted, name);
}

/** An odd number of so many bits. */
function oddNumber(bits: number, last = 1): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits / 8)).fill(0xab);
  bytes[0] = 1 << ((bits - 1) % 8);
  bytes[bytes.length - 1] = last;
  return bytes;
}

const rsa = (e: Uint8Array, n: Uint8Array) => crafted("ssh-rsa", e, n);
const ec = (point: Uint8Array, curve = "nistp256") =>
  crafted("ecdsa-sha2-nistp256", framed(curve), framed(point));
const f4 = mpint(Uint8Array.of(1, 0, 1));

describe("parseSshKeyLine()", () => {
  for (const kind of sshKeyKinds) {
    it(`reads ${kind} with any comment`, () => {
      const line = lineOf(kind);
      const [, base64 = ""] = line.split(" ");
      const blob = decodeBase64(base64);
      assertEquals(parseSshKeyLine(line), { kind, blob, comment: "somebody" });
      assertEquals(parseSshKeyLine(`${kind} ${base64}`).comment, "");
      assertEquals(parseSshKeyLine(` ${kind}  ${base64} a  b `), { kind, blob, comment: "a b" });
    });

    it(`refuses ${kind} with any cut, any byte more, and under another name`, () => {
      const [, base64 = ""] = lineOf(kind).split(" ");
      const blob = decodeBase64(base64);
      for (let length = 0; length < blob.length; length++) {
        refuses(`${kind} ${encodeBase64(blob.subarray(0, length))}`, "", `cut at ${length}`);
      }
      refuses(`${kind} ${encodeBase64(bytesOf(blob, Uint8Array.of(0)))}`, "left over", "more");
      for (const other of sshKeyKinds) {
        if (other !== kind) refuses(`${other} ${base64}`, `wanted ${other}`, other);
      }
    });
  }

  it("refuses options, other types, and lines that are no key", () => {
    const line = lineOf("ssh-ed25519");
    const rows: readonly (readonly [string, string])[] = [
      ["", 'got ""'],
      ["#", "wanted a line that begins with"],
      [`no-pty ${line}`, "options"],
      [`namespaces="file" ${line}`, "options"],
      [`cert-authority ${line}`, "options"],
      [`somebody ${line}`, "options"],
      [line.replace("ssh-ed25519", "SSH-ED25519"), "wanted a line"],
      [line.replace("ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com"), "wanted a line"],
      [line.replace(" ", "\t"), "nobody can see"],
      [`${line}\n`, "nobody can see"],
      [`${line}\r`, "nobody can see"],
      [`${line}\n${line}`, "nobody can see"],
      [`${line}\u202e`, "nobody can see"],
      ["ssh-ed25519", "no base64"],
      ["ssh-ed25519 ====", "no base64"],
      [line.replace("AAAA", "AAA"), "no base64"],
      ["ssh-ed25519 ", "no base64"],
      [`${line} ${"x".repeat(4_096)}`, "wanted at most 4096"],
      [crafted("ssh-dss", f4), "wanted a line"],
      [crafted("ecdsa-sha2-nistp384", framed("nistp384"), framed(new Uint8Array(97))), "wanted"],
    ];
    for (const [row, wanted] of rows) refuses(row, wanted, row.slice(0, 60));
  });

  it("refuses Ed25519 keys under which anybody can sign, in security keys too", () => {
    const zeros = framed(new Uint8Array(32));
    const one = framed(bytesOf(Uint8Array.of(1), new Uint8Array(31)));
    for (const key of [zeros, one]) {
      refuses(crafted("ssh-ed25519", key), "anybody can sign", "plain");
      refuses(crafted("sk-ssh-ed25519@openssh.com", key, framed("ssh:")), "anybody", "sk");
    }
    refuses(crafted("ssh-ed25519", framed(new Uint8Array(33))), "33 bytes", "longer");
  });

  it("refuses points that are not on the curve, or written otherwise, which runtimes import", async () => {
    const blob = signers.get("ecdsa-sha2-nistp256")?.key.blob ?? new Uint8Array();
    const point = blob.slice(-65);
    parseSshKeyLine(ec(point));
    const off = point.with(64, (point[64] ?? 0) ^ 1);
    // Why it is looked at here: this does not throw.
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    await crypto.subtle.importKey("raw", new Uint8Array(off), curve, false, ["verify"]);
    const parity = 2 + ((point[64] ?? 0) & 1);
    const prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    const rows: readonly (readonly [string, Uint8Array])[] = [
      ["off the curve", off],
      ["compressed", bytesOf(Uint8Array.of(parity), point.slice(1, 33))],
      ["hybrid", bytesOf(Uint8Array.of(parity + 4), point.slice(1))],
      ["infinity", Uint8Array.of(0)],
      ["zeros", bytesOf(Uint8Array.of(4), new Uint8Array(64))],
      ["x is the prime", bytesOf(Uint8Array.of(4), hex(prime), point.slice(33))],
      ["64 bytes", point.slice(0, 64)],
      ["66 bytes", bytesOf(point, Uint8Array.of(0))],
      ["none", new Uint8Array()],
    ];
    for (const [name, bytes] of rows) {
      refuses(ec(bytes), "no point of its curve", name);
      const parts = [framed("nistp256"), framed(bytes), framed("ssh:")];
      refuses(crafted("sk-ecdsa-sha2-nistp256@openssh.com", ...parts), "no point", `sk ${name}`);
    }
    refuses(ec(point, "nistp384"), "curve", "another curve");
    refuses(ec(point, ""), "curve", "no curve");
  });

  it("refuses points of the curve whose numbers are not below its prime", () => {
    // y^2 = b where x is 0: x may be written as 0 or as the prime, and only one is a spelling.
    const y = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";
    parseSshKeyLine(ec(bytesOf(Uint8Array.of(4), new Uint8Array(32), hex(y))));
    const prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    refuses(ec(bytesOf(Uint8Array.of(4), hex(prime), hex(y))), "no point", "x + p");
  });

  it("takes RSA moduli of 2048 to 16384 bits", () => {
    for (const bits of [2_048, 2_049, 3_072, 16_384]) {
      assertEquals(parseSshKeyLine(rsa(f4, mpint(oddNumber(bits)))).kind, "ssh-rsa", `${bits}`);
    }
    for (const bits of [1_024, 2_047, 16_385]) {
      refuses(rsa(f4, mpint(oddNumber(bits))), `${bits} bits`, `${bits}`);
    }
    refuses(rsa(f4, mpint(oddNumber(2_048, 2))), "even", "even");
    refuses(rsa(f4, mpint(new Uint8Array())), "zero", "zero");
  });

  it("takes odd RSA exponents from 3 to 2^32", () => {
    const n = mpint(oddNumber(2_048));
    for (const e of [[3], [17], [1, 0, 1], [0xff, 0xff, 0xff, 0xff]]) {
      parseSshKeyLine(rsa(mpint(Uint8Array.from(e)), n));
    }
    const rows = [[1], [2], [4], [1, 0, 0], [1, 0, 0, 0, 0], [1, 0, 0, 0, 1], [1, 0, 0, 0, 0, 1]];
    for (const e of rows) refuses(rsa(mpint(Uint8Array.from(e)), n), "exponent", String(e));
    refuses(rsa(mpint(new Uint8Array()), n), "zero", "zero");
  });

  it("refuses numbers in another spelling: negative, or with a needless zero", () => {
    const n = oddNumber(2_048);
    refuses(rsa(framed(Uint8Array.of(0, 1, 0, 1)), mpint(n)), "needless", "exponent");
    refuses(rsa(f4, framed(bytesOf(Uint8Array.of(0, 0), n))), "needless", "modulus");
    refuses(rsa(f4, framed(n)), "negative", "modulus without its zero");
    refuses(rsa(framed(Uint8Array.of(0x81)), mpint(n)), "negative", "exponent");
    refuses(rsa(framed(Uint8Array.of(0)), mpint(n)), "needless", "zero as a byte");
  });

  it("refuses security keys that were made for a web page", async () => {
    for (const application of ["ssh:", "ssh:anything"]) {
      const { line } = await newSshSigner("sk-ssh-ed25519@openssh.com", { application });
      parseSshKeyLine(line);
    }
    for (const application of ["", "ssh", "SSH:", "https://example.com", " ssh:", "xssh:"]) {
      for (const kind of sshKeyKinds.filter((kind) => kind.startsWith("sk-"))) {
        const { line } = await newSshSigner(kind, { application });
        refuses(line, application === "" ? "" : "ssh:", `${kind} ${application}`);
      }
    }
    const { line } = await newSshSigner("sk-ssh-ed25519@openssh.com", { application: "ssh:\n" });
    refuses(line, "printable", "line feed");
  });
});

describe("sshKeyFingerprint()", () => {
  it("is what ssh-keygen -l shows", () => {
    const line = "ssh-ed25519 " +
      "AAAAC3NzaC1lZDI1NTE5AAAAIGhOySvx8MiZb3/AxNACTe45YsFuWcKqrOhPFgLJ7HlD";
    const told = "SHA256:e1b/07LO223vLr3GcgCxMG9tr9poOM9q6rd6x2GjM38";
    assertEquals(sshKeyFingerprint(parseSshKeyLine(line), sha256), told);
  });
});

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
