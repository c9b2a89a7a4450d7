/** What wast2json writes for one script: the members the runner reads. */
export interface SpecValue {
  readonly type: string;
  /** Decimal digits of the bits; of vectors one for each lane; `null` or a number of a reference. */
  readonly value?: string | readonly string[];
  readonly lane_type?: string;
}

export interface SpecAction {
  readonly type: "invoke" | "get";
  readonly module?: string;
  readonly field: string;
  readonly args?: readonly SpecValue[];
}

export interface SpecCommand {
  readonly type: string;
  readonly line: number;
  readonly name?: string;
  readonly as?: string;
  readonly filename?: string;
  readonly module_type?: string;
  readonly action?: SpecAction;
  readonly expected?: readonly SpecValue[];
}
