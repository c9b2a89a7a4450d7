/**
 * A word on its way through expansion: pieces that differ in what the shell still does to them.
 *
 * @module
 */
import type { Argument, FoundPaths } from "./program_use.ts";

export type Segment =
  /** Text as it is: escaped or plain. */
  | { readonly kind: "text"; readonly text: string }
  /** Text in quotes, which is a word even when it is empty. */
  | { readonly kind: "quoted"; readonly text: string }
  /** A pattern: `*`, `?`, `[...]`, as written. */
  | { readonly kind: "glob"; readonly text: string }
  /** A known value outside quotes: split at blanks, its stars match names. */
  | { readonly kind: "split"; readonly text: string }
  /** Nobody knows; outside quotes it may be any number of words. See Argument.isTame. */
  | { readonly kind: "unknown"; readonly found?: FoundPaths; readonly isTame?: true }
  /** Ends one word and begins the next: between the elements of "$@". */
  | { readonly kind: "break" };

/** A word before names on the disk are looked for. */
export interface Field {
  /** Known text, or the text before the first unknown part. */
  readonly text: string;
  /** The same as a pattern; null when nothing in it is one. */
  readonly pattern: string | null;
  readonly isKnown: boolean;
  readonly isTame: boolean;
  readonly found?: FoundPaths;
}

export function segmentOf(argument: Argument, isQuoted: boolean): Segment {
  if (argument.isKnown) return { kind: isQuoted ? "quoted" : "split", text: argument.text };
  const { found, isTame } = argument;
  return {
    kind: "unknown",
    ...(found === undefined ? {} : { found }),
    ...(isTame === undefined ? {} : { isTame }),
  };
}

/** Puts segments together to words; an unknown part makes its word unknown from there on. */
export class FieldBuilder {
  readonly #fields: Field[] = [];
  #text = "";
  #pattern = "";
  #hasGlob = false;
  #isKnown = true;
  #isTame = true;
  #isStarted = false;
  #found: FoundPaths | undefined;

  add(segment: Segment): void {
    switch (segment.kind) {
      case "quoted":
        this.#isStarted = true;
        return this.#append(segment.text, escape(segment.text), false);
      case "text":
        return this.#append(segment.text, escape(segment.text), false);
      case "glob":
        return this.#append(segment.text, segment.text, true);
      case "split":
        return this.#split(segment.text);
      case "unknown":
        if (!this.#isStarted) this.#found = segment.found;
        this.#isStarted = true;
        this.#isKnown = false;
        this.#isTame &&= segment.isTame === true;
        return;
      case "break":
        return this.#end();
    }
  }

  /** The words so far; expansions to nothing are none. */
  build(): readonly Field[] {
    this.#end();
    return this.#fields;
  }

  #append(text: string, pattern: string, isGlob: boolean): void {
    this.#isStarted ||= text !== "";
    if (!this.#isKnown) {
      this.#found = undefined;
      return;
    }
    this.#text += text;
    this.#pattern += pattern;
    this.#hasGlob ||= isGlob;
  }

  #split(text: string): void {
    for (const [index, part] of text.split(/[ \t\n]+/).entries()) {
      if (index > 0) this.#end();
      if (part !== "") this.#append(part, part, /[*?[]/.test(part));
    }
  }

  #end(): void {
    if (this.#isStarted) {
      this.#fields.push({
        text: this.#text,
        pattern: this.#hasGlob ? this.#pattern : null,
        isKnown: this.#isKnown,
        isTame: this.#isTame,
        ...(this.#found === undefined || this.#isKnown ? {} : { found: this.#found }),
      });
    }
    [this.#text, this.#pattern, this.#hasGlob] = ["", "", false];
    [this.#isKnown, this.#isTame] = [true, true];
    [this.#isStarted, this.#found] = [false, undefined];
  }
}

function escape(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&");
}
