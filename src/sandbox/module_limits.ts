/**
 * How large and how wound a module may be, whatever its policy says. What a run may take is in
 * core/check/check_limits.ts.
 *
 * @module
 */

/**
 * The largest modules in use (a 4.3 MB policy engine among them) stay well under each of these; a
 * compiler handed much more can take seconds and gigabytes for a few kilobytes of module.
 */
export const moduleLimits = {
  /** Signatures, and values on either side of one. */
  types: 10_000,
  typeValues: 256,
  imports: 1_000,
  exports: 1_000,
  /** Bytes of one name, of an import, an export or a custom section. */
  nameBytes: 1_024,
  /** Defined and imported together. */
  functions: 20_000,
  globals: 10_000,
  tables: 2,
  /** Least sizes of all tables together; and entries of all element segments together. */
  tableEntries: 10_000,
  elementEntries: 20_000,
  elementSegments: 10_000,
  dataSegments: 10_000,
  customSections: 1_000,
  /**
   * Parameters and declared locals of one function, and the runs they are declared in (which can be
   * of no local); and the runs of all functions.
   */
  locals: 1_000,
  localRuns: 200_000,
  bodyBytes: 262_144,
  /** On the operand stack of one function at one time. */
  stackValues: 1_000,
  /** Blocks within blocks, the body itself being one. */
  nesting: 1_000,
  branchTargets: 4_096,
  /**
   * What a compiler carries across branches: at each one, the locals and the values on the stack.
   * Time and memory of compilation grow with this product, and no fuel is charged for them.
   */
  functionBranchWork: 1_000_000,
  moduleBranchWork: 10_000_000,
  /** What branches and calls weigh in compiled code (branch_work.ts): it takes memory. */
  functionCodeWeight: 100_000,
  moduleCodeWeight: 4_500_000,
} as const;
