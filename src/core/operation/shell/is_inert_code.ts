/**
 * Code that can only compute and print, in any of the languages people calculate in.
 *
 * @module
 */

/** Names that touch nothing outside the program, whatever they are given. */
const names: ReadonlySet<string> = new Set(
  ("print console log len sum range min max abs round sorted reversed list tuple set str int float " +
    "bool True False None true false null not and or in is if else for pow divmod hex oct bin ord " +
    "chr Math floor ceil sqrt trunc PI E Number String Boolean Array parseInt parseFloat toFixed " +
    "toString upper lower strip split join length size map filter reduce").split(" "),
);

/** Not perl, where `print` with -n reads files by names that are commands. */
const languages: ReadonlySet<string> = new Set(["python", "javascript", "calculator"]);

/**
 * SECURITY: only names of that list, so that nothing is imported, assigned, looked up by a computed
 * name or called by another; text in quotes only without escapes and templates.
 */
export function isInertCode(language: string, code: string): boolean {
  if (code.length > 1_000 || !languages.has(language)) return false;
  const bare = code.replace(/(?<![\w"'])(?:"[^"\\\n{}$`]*"|'[^'\\\n{}$`]*')/g, "0");
  if (!/^[\w\s()+\-*/%.,<>!=?:;&|^~[\]]*$/.test(bare)) return false;
  // An assignment, also one in an expression, an arrow or an increment, could name anything anew.
  if (/(?<![=<>!])=(?!=)|=>|\+\+|--|:=/.test(bare)) return false;
  // An index with a computed name reaches every property there is.
  if (/\[[^\]]*[A-Za-z"'][^\]]*\]/.test(bare)) return false;
  return (bare.match(/[A-Za-z_]\w*/g) ?? []).every((name) =>
    names.has(name) || /^[ex]$/.test(name)
  );
}
