/**
 * What a thief of a key can write, and what a writer with a bug would: judged by the engine and by
 * the second reader.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { linesOf } from "../support/log_edit.ts";
import {
  append,
  bytesOf,
  epochKeys,
  headOf,
  rechain,
  resign,
  signBody,
  textOf,
  withMarks,
} from "../support/log_forger.ts";
import {
  type Agreed,
  buildFiles,
  type LogFiles,
  LogLab,
  secondSecret,
  segmentName,
  withFile,
} from "../support/log_lab.ts";
import { concat, hmacSha256, logId } from "../support/audit_log.ts";

const files = await buildFiles({ closed: 2, notes: 1 });
const active = "audit.log";
const nameOf = (seg: number) => seg === 2 ? active : segmentName(seg);

async function judge(changed: LogFiles, what: string): Promise<Agreed> {
  using lab = await LogLab.create();
  return await lab.agree(changed, what);
}

/** A file's lines with one replaced. */
function withLine(bytes: Uint8Array, i: number, line: Uint8Array): Uint8Array {
  return concat(linesOf(bytes).toSpliced(i, 1, line));
}

const sha256 = async (bytes: Uint8Array) =>
  Array.from(
    new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes))),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");

describe("a line under another epoch's key", () => {
  it("AUD-11 is found in every segment, under either name", async () => {
    using lab = await LogLab.create();
    for (const seg of [0, 1, 2]) {
      const bytes = bytesOf(files, seg === 2 ? null : seg);
      for (const other of [0, 1, 2, 3].filter((one) => one !== seg)) {
        for (const [i, line] of linesOf(bytes).entries()) {
          const prev = textOf(line).slice(-140, -76);
          const named = resign(textOf(line), epochKeys(other), prev);
          const hidden = signBody(textOf(line).slice(0, -75), epochKeys(other));
          for (const forged of [named, hidden]) {
            const changed = withFile(files, nameOf(seg), withLine(bytes, i, forged));
            const { verdict } = await lab.agree(changed, `${seg} ${i} under ${other}`);
            // A newest file that names another epoch is another file in its place.
            const isOther = seg === 2 && i === 0 && forged === named;
            assertEquals(verdict, isOther ? "ROLLBACK" : "TAMPERED", `${seg} ${i} ${other}`);
          }
        }
      }
    }
  });
  it("AUD-11 K- who has the key of epoch 1 cannot rewrite segment 0, whatever follows", async () => {
    const edit = (text: string) => text.replace('"text":"x"', '"text":"y"');
    for (const stolen of [1, 2]) {
      // Segment 0 under the stolen key, and everything behind it, heads and marks to match.
      const zero = rechain(bytesOf(files, 0), epochKeys(stolen), edit);
      const change = await sha256(zero);
      let changed = withFile(files, segmentName(0), zero);
      const relink = async (seg: number, before: Uint8Array) => {
        const old = linesOf(bytesOf(files, seg === 2 ? null : seg));
        const digest = await sha256(before);
        const first = textOf(old[0])
          .replace(/"prev_seg_sha256":"[0-9a-f]{64}"/, `"prev_seg_sha256":"${digest}"`)
          .replace(/"prev":"[0-9a-f]{64}"(?=,"mac")/, `"prev":"${headOf(before).mac}"`);
        const head = concat([new TextEncoder().encode(first), ...old.slice(1)]);
        return rechain(head, epochKeys(seg));
      };
      const one = await relink(1, zero);
      const two = await relink(2, one);
      changed = withFile(withFile(changed, segmentName(1), one), active, two);
      changed = withMarks(changed, headOf(two), epochKeys(2));
      const agreed = await judge(changed, `epoch ${stolen} ${change}`);
      assertEquals([agreed.verdict, agreed.segment, agreed.seq], ["TAMPERED", 0, 0]);
    }
  });
  it("AUD-11 K- who has the newest epoch's key edits nothing of a closed segment, seen by seals", async () => {
    // Only a middle line, which the seal's own hash covers; the next segment names the new file.
    using lab = await LogLab.create();
    const one = textOf(bytesOf(files, 1)).replace('"text":"x"', '"text":"y"');
    const edited = new TextEncoder().encode(one);
    const digest = await sha256(edited);
    const two = rechain(
      bytesOf(files, null),
      epochKeys(2),
      (text) => text.replace(/"prev_seg_sha256":"[0-9a-f]{64}"/, `"prev_seg_sha256":"${digest}"`),
    );
    const named = withFile(withFile(files, segmentName(1), edited), active, two);
    const changed = withMarks(named, headOf(two), epochKeys(2));
    const [byLines, bySeals] = [
      await lab.engine(changed),
      await lab.engine(changed, { mode: "seals" }),
    ];
    assertEquals([byLines.verdict, byLines.segment], ["TAMPERED", 1]);
    assertEquals([bySeals.verdict, bySeals.segment, bySeals.kind], ["TAMPERED", 1, "seal"]);
  });
  it("AUD-11 says so of a kid that no secret at hand has", async () => {
    for (const seg of [0, 1, 2]) {
      const bytes = bytesOf(files, seg === 2 ? null : seg);
      const changed = withFile(files, nameOf(seg), rechain(bytes, epochKeys(seg, secondSecret)));
      const { verdict, segment } = await judge(changed, `kid of segment ${seg}`);
      assertEquals([verdict, segment], ["TAMPERED", seg], `segment ${seg}`);
    }
  });
});

describe("segments under a kid that is unknown", () => {
  const rewritten = (seg: number, edit: (text: string) => string = (text) => text) =>
    rechain(bytesOf(files, seg === 2 ? null : seg), epochKeys(seg, secondSecret), edit);

  it("AUD-11 the whole log, closed to the last file, is not merely unverifiable", async () => {
    // Heads and marks verify, so this log was ours: what stands there now nobody vouches for.
    const changed = new Map(files);
    changed.set(segmentName(2), append(rewritten(2), epochKeys(2, secondSecret), "audit.seal"));
    changed.delete(active);
    const { verdict, segment } = await judge(changed, "closed under an unknown kid");
    assertEquals([verdict, segment], ["TAMPERED", 2]);
  });
  it("AUD-11 a file whose hash is not the named one is blamed, not the one that names it", async () => {
    const changed = withFile(files, segmentName(1), rewritten(1));
    const { verdict, segment, kind } = await judge(changed, "unknown kid in the middle");
    assertEquals([verdict, segment, kind], ["TAMPERED", 1, "seal"]);
  });
  it("says so with the wrong secret, whatever there is", async () => {
    using lab = await LogLab.create({ rootSecrets: [secondSecret] });
    assertEquals((await lab.agree(files, "wrong secret")).verdict, "UNVERIFIABLE");
    const between = withFile(files, active, null);
    assertEquals((await lab.agree(between, "wrong secret, no newest")).verdict, "UNVERIFIABLE");
    const one = await buildFiles({ closed: 0, notes: 1 });
    assertEquals((await lab.agree(one, "wrong secret, one segment")).verdict, "UNVERIFIABLE");
  });
});

describe("numbers no log reaches", () => {
  for (const epoch of ["9999", "100000", "4294967295", "9999999999"]) {
    it(`a first line of epoch ${epoch} costs nothing and is found`, async () => {
      const text = textOf(bytesOf(files, null)).replace(/(?<="key":"[0-9a-f]{8}\.)2/, epoch);
      const changed = withFile(files, active, new TextEncoder().encode(text));
      const { verdict } = await judge(changed, `epoch ${epoch}`);
      assertEquals(verdict, "TAMPERED");
    });
  }
});

describe("structural entries that verify, in another's place", () => {
  const sealed = (type: string, details = {}) => {
    const bytes = append(bytesOf(files, null), epochKeys(2), type, details);
    return withMarks(withFile(files, active, bytes), headOf(bytes), epochKeys(2));
  };
  const cases: readonly [string, LogFiles][] = [
    ["a second genesis", sealed("audit.genesis")],
    ["a second audit.segment", sealed("audit.segment", { seg: 2 })],
    ["a seal that counts falsely", sealed("audit.seal", { seg: 2, first: 0, n: 1, bytes: 1 })],
    ["an answer of a key nobody announced", sealed("audit.key_begin", { to: epochKeys(0).kid })],
  ];
  for (const [name, changed] of cases) {
    it(`AUD-10 ${name}`, async () => {
      assertEquals((await judge(changed, name)).verdict, "TAMPERED");
    });
  }
  it("AUD-10 a segment that begins with another entry of the log's own", async () => {
    for (const type of ["audit.recovery", "audit.prune", "audit.key_rotate", "NOTE"]) {
      const bytes = rechain(
        bytesOf(files, null),
        epochKeys(2),
        (text, i) => i === 0 ? text.replace("audit.segment", type) : text,
      );
      const changed = withMarks(withFile(files, active, bytes), headOf(bytes), epochKeys(2));
      const { verdict, kind } = await judge(changed, type);
      assertEquals([verdict, kind], ["TAMPERED", "structure"], type);
    }
  });
});

describe("details in a second encoding, under a right MAC", () => {
  // Only who has the key can write it. Who reads a line's details refuses them; see SPEC.md.
  it("AUD-13 a structural entry is no entry", async () => {
    for (const [from, to] of [['"seg":2', '"seg":2.0'], ['"seg":2', '"seg": 2']] as const) {
      const bytes = rechain(
        bytesOf(files, null),
        epochKeys(2),
        (text, i) => i === 0 ? text.replace(from, to) : text,
      );
      const changed = withMarks(withFile(files, active, bytes), headOf(bytes), epochKeys(2));
      const { verdict, kind, segment } = await judge(changed, to);
      assertEquals([verdict, kind, segment], ["TAMPERED", "syntax", 2]);
    }
  });
});

const forms: readonly (readonly [string, (text: string) => string])[] = [
  ["an extra member", (text) => text.replace(',"prev"', ',"x":1,"prev"')],
  ["another order", (text) => text.replace(/("v":1),("seq":\d+)/, "$2,$1")],
  ["a blank", (text) => text.replace('"v":1', '"v": 1')],
  ["1.0", (text) => text.replace('"v":1', '"v":1.0')],
  ["an escaped letter", (text) => text.replace('"NOTE"', '"N\\u004fTE"')],
  ["a member twice", (text) => text.replace('"v":1', '"v":1,"v":1')],
  ["a detail twice", (text) => text.replace('"text":"x"', '"text":"x","text":"x"')],
  ["an escaped detail", (text) => text.replace('"x"', '"\\u0078"')],
  ["upper case", (text) => text.replace(/"mac":"([0-9a-f]+)"/, (all) => all.toUpperCase())],
  ["an upper case MAC", (text) => text.replace(/(?<="mac":")[0-9a-f]+/, (x) => x.toUpperCase())],
  ["a MAC of one digit less", (text) => text.replace(/.(?="\}\n$)/, "")],
  ["no MAC", (text) => text.replace(/,"mac":"[0-9a-f]+"/, "")],
  ["a MAC that is null", (text) => text.replace(/"mac":"[0-9a-f]+"/, '"mac":null')],
  ["CR before LF", (text) => text.replace("\n", "\r\n")],
  ["CR for LF", (text) => text.replace("\n", "\r")],
  ["a byte order mark", (text) => `\u00ef\u00bb\u00bf${text}`],
  ["a blank line before", (text) => `\n${text}`],
  ["a blank line behind", (text) => `${text}\n`],
  ["a blank behind", (text) => text.replace("\n", " \n")],
  ["a NUL", (text) => text.replace("NOTE", "NO\0TE")],
  ["a line separator", (text) => text.replace("NOTE", "NO\u00e2\u0080\u00a8TE")],
  ["__proto__", (text) => text.replace('"text"', '"__proto__"')],
  [
    "bytes moved to the next member",
    (text) => text.replace('"NOTE","sev":"LOW"', '"NOTEL","sev":"OW"'),
  ],
];

describe("lines in another form", () => {
  for (const [name, edit] of forms) {
    it(`AUD-13 AUD-15 ${name}`, async () => {
      using lab = await LogLab.create();
      for (const seg of [0, 1, 2]) {
        const bytes = bytesOf(files, seg === 2 ? null : seg);
        const i = linesOf(bytes).findIndex((line) => textOf(line).includes('"NOTE"'));
        const text = edit(textOf(linesOf(bytes)[i]));
        const line = Uint8Array.from(text, (character) => character.charCodeAt(0));
        assertEquals(text === textOf(linesOf(bytes)[i]), false, "the edit did nothing");
        const agreed = await lab.agree(
          withFile(files, nameOf(seg), withLine(bytes, i, line)),
          name,
        );
        // A blank line behind the last one is all there is to find.
        assertEquals([agreed.verdict, agreed.segment], ["TAMPERED", seg], name);
      }
    });
  }
});

describe("an end that two heads know", () => {
  it("AUD-06 is too early when the newest of them says so", async () => {
    const bytes = bytesOf(files, null);
    const lines = linesOf(bytes);
    const last = lines.at(-1)?.length ?? 0;
    // Cut within the last line, and a NUL in the one before: both may be what a crash left.
    const cut = Uint8Array.from(bytes.subarray(0, bytes.length - 5));
    cut[bytes.length - last - 10] = 0;
    const older = { ...headOf(bytes.subarray(0, bytes.length - last)) };
    const base = { seq: -1, mac: "0".repeat(64), sizeBytes: 0 };
    const { encodeMark } = await import("../../src/core/audit/mark.ts");
    for (const first of [20, 21]) {
      const changed = new Map(files).set(active, cut);
      for (const [turn, head] of [[first, older], [41 - first, headOf(bytes)]] as const) {
        const mark = encodeMark({ logId, turn, head, base }, epochKeys(2), hmacSha256);
        changed.set(`audit.log.d/head.${turn % 2}`, mark).set(`mark.${turn % 2}`, mark);
      }
      assertEquals((await judge(changed, "two heads")).verdict, "ROLLBACK");
    }
  });
});
