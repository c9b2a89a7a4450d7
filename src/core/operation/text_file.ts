/**
 * Files that hold text or data: no decision can be in them, so their complexity is 0, not unknown.
 *
 * @module
 */

const textExtensions: ReadonlySet<string> = new Set(
  ("adoc cfg css csv gif htm ico ini jpeg jpg json jsonl lock log md pdf png properties rst svg " +
    "toml tsv txt webp xml yaml yml").split(" "),
);

/** By the name's ending alone, in any case. */
export function isTextFile(path: string): boolean {
  return textExtensions.has(/\.([A-Za-z]+)$/.exec(path)?.[1]?.toLowerCase() ?? "");
}
