/** All entries of an install's log that `audit verify` has accepted, closed segments included. */
import type { Project } from "./sealward.ts";

export interface ChainLine {
  readonly seq: number;
  readonly type: string;
}

/** In log order; throws for a gap or a number used twice. */
export function readChain(project: Project): readonly ChainLine[] {
  const log = project.path(".scalpel/audit.log");
  const closed = [...Deno.readDirSync(`${log}.d`)].map(({ name }) => name)
    .filter((name) => name.startsWith("seg-")).sort();
  const paths = [...closed.map((name) => `${log}.d/${name}`), log];
  const text = paths.map((path) => Deno.readTextFileSync(path)).join("");
  const lines: ChainLine[] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  lines.forEach(({ seq }, index) => {
    if (seq !== index) throw new Error(`entry ${seq} where ${index} belongs`);
  });
  return lines;
}
