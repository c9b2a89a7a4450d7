/**
 * A refusal that knows which node of the policy it is about; locate.ts turns that into a line.
 *
 * @module
 */
import { EngineError, type EngineErrorOptions, type ErrorCode } from "../errors.ts";

/** Where in the parsed policy: keys and list indexes from the top; empty is the whole file. */
export type NodePath = readonly (string | number)[];

/** What a PolicyError adds to an EngineError's options. */
export interface PolicyErrorOptions extends EngineErrorOptions {
  readonly path: NodePath;
  /** UTF-16 units into the scalar's value, for a pattern that is wrong in its middle. */
  readonly offsetInScalar?: number;
  /** The key is at fault, not its value: unknown keys and sections not built yet. */
  readonly isKey?: boolean;
}

/** Policy text that parses as YAML and is still no policy. Thrown without a location. */
export class PolicyError extends EngineError {
  readonly path: NodePath;
  readonly offsetInScalar: number | null;
  readonly isKey: boolean;

  constructor(code: ErrorCode, message: string, options: PolicyErrorOptions) {
    super(code, message, options);
    this.name = "PolicyError";
    this.path = options.path;
    this.offsetInScalar = options.offsetInScalar ?? null;
    this.isKey = options.isKey ?? false;
  }
}
