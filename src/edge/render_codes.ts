/**
 * What codes mean, for people and programs.
 *
 * @module
 */
import { paint } from "./cli/colour.ts";
import { wrapText } from "./cli/wrap_text.ts";
import type { ExplainedCode } from "./codes/explain_code.ts";
import { renderJson, type RenderOptions } from "./render.ts";

const widest = 100;
const narrowest = 40;
const label = 6;

/** One code may be a failure and a reason in a decision: then it is told twice. */
export function renderCodes(codes: readonly ExplainedCode[], options: RenderOptions): string {
  if (options.format !== "table") {
    return renderJson({ schema_version: 1, kind: "code", meanings: codes }, options.format);
  }
  const width = Math.max(narrowest, Math.min(options.width ?? widest, widest)) - label - 2;
  return codes.map(({ code, note, means, why, fix }) => {
    const rows = [["means", means], ["why", why], ["do", fix]].flatMap(([name = "", text = ""]) =>
      wrapText(text, width).map((line, index) =>
        `  ${(index === 0 ? name : "").padEnd(label)}${line}\n`
      )
    );
    return `${paint(options.style, "bold", code)}  ${note}\n${rows.join("")}`;
  }).join("\n");
}
