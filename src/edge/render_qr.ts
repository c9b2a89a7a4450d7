/**
 * A QR code on a terminal and as SVG.
 *
 * @module
 */
import { paint, type Style } from "./cli/colour.ts";
import type { QrModules } from "./encode_qr.ts";

/** Light modules around a code; ISO/IEC 18004 wants four. */
const quietModules = 4;
/** Pixels of a module in the picture, before anybody scales it. */
const modulePixels = 8;

/** Columns that renderQr takes. */
export function qrColumns(modules: QrModules, style: Style): number {
  return sizeOf(modules) * (hasHalfBlocks(style) ? 1 : 2);
}

/**
 * The code in lines. With colour and UTF-8 two rows of modules are one line of half blocks, black on
 * white whatever the terminal's own colours are; else a dark module is `##`, and on a dark terminal
 * the code is inverted.
 */
export function renderQr(modules: QrModules, style: Style): string {
  const lines = hasHalfBlocks(style) ? halfBlockLines(modules) : hashLines(modules);
  return lines.map((line) => `${paint(style, "ink", line)}\n`).join("");
}

/** Whether what renderQr shows is dark on light everywhere. */
export function hasHalfBlocks({ colour, unicode }: Style): boolean {
  return colour && unicode;
}

const sizeOf = (modules: QrModules): number => modules.length + 2 * quietModules;

function isDark(modules: QrModules, x: number, y: number): boolean {
  return modules[y - quietModules]?.[x - quietModules] ?? false;
}

/** By upper and lower module, dark or not. */
const halfBlocks = [[" ", "\u2584"], ["\u2580", "\u2588"]] as const;

function halfBlockLines(modules: QrModules): readonly string[] {
  const size = sizeOf(modules);
  return Array.from(
    { length: Math.ceil(size / 2) },
    (_, line) =>
      Array.from({ length: size }, (_, x) => {
        const [upper, lower] = [isDark(modules, x, 2 * line), isDark(modules, x, 2 * line + 1)];
        return halfBlocks[upper ? 1 : 0][lower ? 1 : 0];
      }).join(""),
  );
}

function hashLines(modules: QrModules): readonly string[] {
  const size = sizeOf(modules);
  return Array.from(
    { length: size },
    (_, y) => Array.from({ length: size }, (_, x) => isDark(modules, x, y) ? "##" : "  ").join(""),
  );
}

/** The code as a picture, black on white: a run of dark modules is one piece of the path. */
export function renderQrSvg(modules: QrModules): string {
  const size = sizeOf(modules);
  const pixels = size * modulePixels;
  const path = modules.flatMap((row, y) =>
    darkRuns(row).map(([x, length]) =>
      `M${x + quietModules} ${y + quietModules}h${length}v1h-${length}z`
    )
  ).join("");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels}" height="${pixels}" ` +
    `viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">`,
    `<rect width="${size}" height="${size}" fill="#fff"/>`,
    `<path d="${path}" fill="#000"/>`,
    "</svg>",
    "",
  ].join("\n");
}

function darkRuns(row: readonly boolean[]): readonly (readonly [x: number, length: number])[] {
  const text = row.map((isDark) => isDark ? "#" : " ").join("");
  return [...text.matchAll(/#+/g)].map(({ index, 0: run }) => [index, run.length]);
}
