/**
 * McCabe complexity of what an operation writes: 1 plus the decisions of the most complex
 * function. What counts as a decision stands in measure_python.ts and measure_javascript.ts.
 *
 * @module
 */
import { measureJavascript } from "./measure_javascript.ts";
import { measurePython } from "./measure_python.ts";
import type { Operation } from "./operation.ts";
import { parseChange } from "./parse_change.ts";
import { isTextFile } from "./text_file.ts";

export interface ComplexityMeasure {
  /** From `content`, the worst over the files it could belong to; null when unmeasured. */
  readonly measured: number | null;
  /** From the hunks of `diff`: the file will have at least this; null when unmeasured. */
  readonly lowerBound: number | null;
  /** Of the file measured, else null: `python`, `javascript`, `typescript`, `text`. */
  readonly language: string | null;
}

interface Language {
  readonly name: string;
  readonly measure: (text: string, isFragment: boolean) => number | null;
}

const python: Language = { name: "python", measure: measurePython };
const javascript: Language = {
  name: "javascript",
  measure: (text, isFragment) => measureJavascript(text, { isFragment, hasJsx: true }),
};
const typescript: Language = {
  name: "typescript",
  measure: (text, isFragment) => measureJavascript(text, { isFragment, hasJsx: false }),
};

const plainText: Language = { name: "text", measure: () => 0 };

const languages: ReadonlyMap<string, Language> = new Map([
  ["py", python],
  ["pyi", python],
  ["js", javascript],
  ["cjs", javascript],
  ["mjs", javascript],
  ["jsx", javascript],
  ["ts", typescript],
  ["cts", typescript],
  ["mts", typescript],
  ["tsx", { ...javascript, name: "typescript" }],
]);

/** Measures as far as it can be done honestly; never guesses. */
export function measureComplexity(operation: Operation): ComplexityMeasure {
  const { affectedFiles, content, diff } = operation;
  const whole = measureContent(affectedFiles, content);
  const bound = diff === null ? null : boundOfDiff(diff);
  return {
    measured: whole?.value ?? null,
    lowerBound: bound?.value ?? null,
    language: (whole ?? bound)?.language ?? null,
  };
}

interface Measured {
  readonly value: number;
  readonly language: string;
}

/**
 * SECURITY: content of several files could belong to any of them: it is read in the language of
 * each and the worst counts, or naming one more file would switch the measure off.
 */
function measureContent(files: readonly string[], content: string | null): Measured | null {
  let worst: Measured | null = null;
  // Once for each language and not for each file: a thousand names cost no more than one.
  for (const language of new Set(files.map(languageOf))) {
    if (language === null) return null;
    const value = language === plainText
      ? 0
      : content === null
      ? null
      : language.measure(content, false);
    if (value === null) return null;
    if (worst === null || value > worst.value) worst = { value, language: language.name };
  }
  return worst;
}

function boundOfDiff(diff: string): Measured | null {
  let bound: Measured | null = null;
  for (const { path, newText } of parseChange(diff)?.hunks ?? []) {
    const language = languageOf(path);
    const value = language?.measure(newText, true) ?? null;
    if (language === null || value === null) continue;
    if (bound === null || value > bound.value) bound = { value, language: language.name };
  }
  return bound;
}

function languageOf(path: string): Language | null {
  if (isTextFile(path)) return plainText;
  const extension = /\.([A-Za-z]+)$/.exec(path)?.[1] ?? "";
  return languages.get(extension.toLowerCase()) ?? null;
}
