/** An install of the product whose policy has hostile checks, each of a file of its own. */
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { hexDigest } from "../../src/core/integrity/hex_digest.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { answeringWat } from "./check_jobs.ts";
import type { HostileCheck } from "./hostile_checks.ts";
import { Project } from "./sealward.ts";
import { assembleWat } from "./wat.ts";

/** One place is the honest check's: a policy has at most 16. */
const maxHostile = 15;
/** Of the modules of one policy: it holds 32 MiB in all. */
const maxModuleBytes = 25_000_000;

export interface Placed extends HostileCheck {
  readonly id: string;
  /** What an operation has to write to for this check to be asked. */
  readonly file: string;
  readonly sha256: string;
}

export interface HostileProject {
  readonly project: Project;
  readonly placed: readonly Placed[];
}

/** Asked about this file nothing hostile runs. */
export const honestFile = "src/honest.txt";
export const honest: HostileCheck = {
  title: "an honest one",
  code: null,
  build: () => assembleWat(answeringWat('{"violations":[]}')),
};

export function writeTo(file: string): JsonObject {
  return { type: "file_write", affected_files: [file], content: "x" };
}

/** A policy's lines of one check of `file`. */
export function linesOf({ id, file, sha256, abi = "native-1", lines = "" }: Placed): string {
  return `  - id: ${id}\n    file: ${id}.wasm\n    sha256: "${sha256}"\n    abi: ${abi}\n` +
    `    match: {files: ["${file}"]}\n${lines}`;
}

/** Builds its module and writes it where the policy's lines look for it. */
export async function place(
  project: Project,
  check: HostileCheck,
  { id, file }: Pick<Placed, "id" | "file">,
): Promise<Placed> {
  const bytes = await check.build();
  Deno.mkdirSync(project.path(".scalpel/checks"), { recursive: true });
  Deno.writeFileSync(project.path(`.scalpel/checks/${id}.wasm`), bytes);
  return { ...check, id, file, sha256: hexDigest(bytes, sha256) };
}

/** Puts the honest check and those into an accepted policy. @param more Lines of every check. */
export async function inHostileProject(
  checks: readonly HostileCheck[],
  body: (given: HostileProject) => Promise<void>,
  more = "",
): Promise<void> {
  using project = new Project();
  const placed: Placed[] = [];
  await project.init();
  for (const [index, check] of [honest, ...checks].entries()) {
    const id = `c${index}`;
    const file = index === 0 ? honestFile : `src/${id}.txt`;
    const lines = `${check.lines ?? ""}${more}`;
    placed.push(await place(project, { ...check, lines }, { id, file }));
  }
  await accept(project, `version: "1.0"\nchecks:\n${placed.map(linesOf).join("")}`);
  await body({ project, placed: placed.slice(1) });
}

export async function accept(project: Project, policy: string): Promise<void> {
  project.overwrite(".scalpel/policy.yaml", policy);
  const { exit, stderr } = await project.run(["policy", "accept", "--yes"]);
  if (exit !== 0) throw new Error(`policy accept failed with ${exit}: ${stderr}`);
}

/** In policies of as many as one can hold. */
export async function inRacks(
  checks: readonly HostileCheck[],
  body: (given: HostileProject) => Promise<void>,
  more = "",
): Promise<void> {
  let rack: HostileCheck[] = [];
  let bytes = 0;
  for (const check of checks) {
    const { length } = await check.build();
    if (rack.length === maxHostile || bytes + length > maxModuleBytes) {
      await inHostileProject(rack, body, more);
      [rack, bytes] = [[], 0];
    }
    rack.push(check);
    bytes += length;
  }
  await inHostileProject(rack, body, more);
}

/** Every path below a folder, less what the log writes. */
export function listTree(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (name.startsWith("audit.log") || name === ".local") return [];
    return isDirectory ? [path, ...listTree(path)] : [path];
  }).sort();
}
