import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { verifySsh } from "../../src/adapter/verify_ssh.ts";
import { EngineError } from "../../src/core/errors.ts";
import {
  overrideNamespace as namespace,
  type ParsedSshSignature,
  parseOverrideSignature,
} from "../../src/core/integrity/parse_override_signature.ts";
import { parseSshKeyLine } from "../../src/core/integrity/parse_ssh_key_line.ts";
import { sshKeyKinds } from "../../src/core/integrity/ssh_key.ts";
import { SshFormError } from "../../src/core/integrity/ssh_reader.ts";
import { armor, bytesOf, framed, mpint, newSshSigner, unarmor } from "../support/ssh_signer.ts";

const numRuns = 2_000;
const message = new TextEncoder().encode("message");
const signed = await Promise.all(sshKeyKinds.map(async (kind) => {
  const signer = await newSshSigner(kind);
  const armored = await signer.sign(message);
  return { ...signer, armored, blob: unarmor(armored) };
}));

/** Bytes that lengths and flags are made of, and others. */
const byte = fc.oneof(fc.constantFrom(0, 1, 4, 0x7f, 0x80, 0xff), fc.nat({ max: 255 }));
const edits = fc.array(
  fc.record({
    at: fc.nat({ max: 0xffff }),
    removed: fc.nat({ max: 6 }),
    inserted: fc.uint8Array({ maxLength: 6 }),
    isSame: fc.boolean(),
    byte,
  }),
  { minLength: 1, maxLength: 3 },
);

type Edits = typeof edits extends fc.Arbitrary<infer Value> ? Value : never;

function edited(bytes: Uint8Array, list: Edits): Uint8Array {
  return list.reduce((old, edit) => {
    const at = edit.at % (old.length + 1);
    // Half of the edits leave lengths as they are, or most would be found by them.
    if (edit.isSame) return old.map((each, i) => i === at ? edit.byte : each);
    return bytesOf(old.slice(0, at), edit.inserted, old.slice(at + edit.removed));
  }, bytes);
}

/** The blob again, from what was read of it. */
function encoded(parsed: ParsedSshSignature): Uint8Array {
  const { material, authenticator, signature } = parsed;
  const raw = "point" in material
    ? bytesOf(mpint(signature.slice(0, 32)), mpint(signature.slice(32)))
    : signature;
  const rest = authenticator === null
    ? new Uint8Array()
    : bytesOf(Uint8Array.of(authenticator.flags), authenticator.counter);
  return bytesOf(
    ...["SSHSIG", 1, framed(parsed.key.blob), framed(parsed.namespace), framed("")],
    ...[framed(parsed.hash), framed(bytesOf(framed(parsed.algorithm), framed(raw), rest))],
  );
}

describe("parseOverrideSignature() property", () => {
  it("P1 is an EngineError, or reads what encodes to the very same bytes; and nothing holds", async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...signed), edits, async (signer, list) => {
        const blob = edited(signer.blob, list);
        const armored = armor(blob);
        try {
          const parsed = parseOverrideSignature(armored, namespace);
          read++;
          assertEquals(encoded(parsed), new Uint8Array(blob));
          if (armor(signer.blob).join() === armored.join()) return;
          assertEquals(await verifySsh(parsed.key, message, armored, namespace), false);
        } catch (error) {
          assert(error instanceof EngineError && error.code === "override_rejected", String(error));
        }
      }),
      { numRuns },
    );
    assert(read > numRuns / 50, `only ${read} of them were well formed`);
  });

  it("is an EngineError for any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      for (const armored of [bytes, armor(bytes), armor(bytesOf("SSHSIG", 1, bytes))]) {
        try {
          parseOverrideSignature(armored, namespace);
          assert(false, "nothing was signed");
        } catch (error) {
          assert(error instanceof EngineError, String(error));
        }
      }
    }));
  });
});

describe("parseSshKeyLine() property", () => {
  it("P1 is an SshFormError, or reads the key whose line it is", () => {
    const line = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.tuple(fc.constantFrom(...signed), edits).map(([{ key }, list]) => {
        const base64 = btoa(String.fromCharCode(...edited(key.blob, list)));
        return `${key.kind} ${base64}`;
      }),
    );
    fc.assert(
      fc.property(line, (text) => {
        try {
          const { kind, blob } = parseSshKeyLine(text);
          assertEquals(`${kind} ${btoa(String.fromCharCode(...blob))}`, text.trim());
        } catch (error) {
          assert(error instanceof SshFormError, String(error));
        }
      }),
      { numRuns },
    );
  });
});
