/**
 * One file of a template.
 *
 * @module
 */

export interface TemplateFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
}
