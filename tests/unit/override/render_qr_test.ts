import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import jsQr from "jsqr";
import { otpauthUri } from "../../../src/core/override/otpauth_uri.ts";
import { totpAlgorithms } from "../../../src/core/override/totp_parameters.ts";
import { encodeQr } from "../../../src/edge/encode_qr.ts";
import { qrColumns, renderQr, renderQrSvg } from "../../../src/edge/render_qr.ts";

/** Rows of pixels, true for black. */
type Picture = readonly (readonly boolean[])[];

/** What a scanner that does not try the negative reads. */
function scan(picture: Picture, scale = 4): string | null {
  const side = picture.length * scale;
  const width = (picture[0]?.length ?? 0) * scale;
  const pixels = new Uint8ClampedArray(side * width * 4).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < width; x++) {
      if (picture[Math.floor(y / scale)]?.[Math.floor(x / scale)] !== true) continue;
      pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  const read = jsQr as unknown as typeof jsQr.default;
  return read(pixels, width, side, { inversionAttempts: "dontInvert" })?.data ?? null;
}

const ink = { before: "\x1b[38;5;16;48;5;231m", after: "\x1b[0m" };

/** What a terminal shows of lines of half blocks, whatever colours it has of its own. */
function showHalfBlocks(text: string): Picture {
  return text.split("\n").slice(0, -1).flatMap((line) => {
    assert(line.startsWith(ink.before) && line.endsWith(ink.after), JSON.stringify(line));
    const blocks = [...line.slice(ink.before.length, -ink.after.length)];
    assert(blocks.every((block) => " \u2580\u2584\u2588".includes(block)), line);
    return ["\u2580\u2588", "\u2584\u2588"].map((dark) =>
      blocks.map((each) => dark.includes(each))
    );
  });
}

function showHashes(text: string): Picture {
  return text.split("\n").slice(0, -1).map((line) => {
    assert(/^(?:##| {2})*$/.test(line), JSON.stringify(line));
    return (line.match(/../g) ?? []).map((each) => each === "##");
  });
}

function drawSvg(svg: string): Picture {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const picture = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  const path = /<path d="([^"]*)" fill="#000"\/>/.exec(svg)?.[1] ?? "";
  for (const [, x, y, right, left] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)) {
    assertEquals(right, left);
    picture[Number(y)]?.fill(true, Number(x), Number(x) + Number(right));
  }
  assert(svg.includes(`<rect width="${size}" height="${size}" fill="#fff"/>`));
  return picture;
}

function uris(): readonly string[] {
  return totpAlgorithms.flatMap((algorithm) =>
    [20, 32, 64].map((length) => {
      const key = crypto.getRandomValues(new Uint8Array(length));
      return otpauthUri({ issuer: "Sealward", account: "alice@project", key, algorithm });
    })
  );
}

function assertQuiet(picture: Picture): void {
  const edge = [0, 1, 2, 3];
  for (const row of [...picture.slice(0, 4), ...picture.slice(-4)]) assert(!row.includes(true));
  for (const row of picture) assert(edge.every((x) => !row[x] && !row.at(-1 - x)));
}

const coloured = { colour: true, unicode: true };

describe("renderQr()", () => {
  for (const [i, uri] of uris().entries()) {
    it(`a phone reads every rendering back: ${i}`, () => {
      const modules = encodeQr(uri);
      const pictures = [
        showHalfBlocks(renderQr(modules, coloured)),
        showHashes(renderQr(modules, { colour: false, unicode: true })),
        showHashes(renderQr(modules, { colour: false, unicode: false })),
        drawSvg(renderQrSvg(modules)),
      ];
      for (const picture of pictures) {
        assertEquals(scan(picture), uri);
        assertQuiet(picture);
      }
    });
  }

  it("what a scanner reads is what is drawn: without its lower half there is nothing", () => {
    const picture = showHalfBlocks(renderQr(encodeQr(uris()[0] ?? ""), coloured));
    const half = picture.map((row, y) => y > picture.length / 2 ? row.map(() => false) : row);
    assertEquals(scan(half), null);
  });

  it("says how wide it is, and the usual one fits into 80 columns", () => {
    const modules = encodeQr(uris()[0] ?? "");
    for (const style of [coloured, { colour: false, unicode: true }]) {
      // deno-lint-ignore no-control-regex -- the renderer's own sequences
      const lines = renderQr(modules, style).replace(/\x1b\[[0-9;]*m/g, "").split("\n");
      for (const line of lines.slice(0, -1)) assertEquals(line.length, qrColumns(modules, style));
    }
    assert(qrColumns(modules, coloured) <= 80);
  });

  it("without colour there is no escape sequence, without UTF-8 nothing beyond ASCII", () => {
    for (const unicode of [true, false]) {
      const text = renderQr(encodeQr("x"), { colour: false, unicode });
      assert(/^[# \n]*$/.test(text));
    }
  });
});
