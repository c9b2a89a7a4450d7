/**
 * What `explain CODE` says of one code.
 *
 * @module
 */

/** Plain sentences for people, without line breaks; nothing in them is looked up anywhere. */
export interface CodeText {
  readonly means: string;
  readonly why: string;
  readonly fix: string;
}

export type CodeTexts<Code extends string> = Readonly<Record<Code, CodeText>>;
