/**
 * Findings of `doctor` and `status` as lines, and the exit status they come to.
 *
 * @module
 */
import type { RenderOptions } from "../../render.ts";
import { paint, renderText } from "../colour.ts";
import type { Finding } from "../host.ts";
import { worstExit } from "./decision_exit.ts";

const colours = { OK: "green", WARN: "yellow", FAIL: "red" } as const;

/** One line each, its fix below. */
export function renderFindings(findings: readonly Finding[], { style }: RenderOptions): string {
  return findings.map(({ level, subject, message, fix }) => {
    const text = renderText(style, message);
    const line = `${paint(style, colours[level], level.padEnd(4))}  ${subject}: ${text}\n`;
    return fix === undefined ? line : `${line}      fix: ${renderText(style, fix)}\n`;
  }).join("");
}

/** The worst of what is broken; 0 where nothing is. */
export function findingsExit(findings: readonly Finding[]): number {
  return worstExit([0, ...findings.map(({ level, exit }) => level === "FAIL" ? exit ?? 1 : 0)]);
}
