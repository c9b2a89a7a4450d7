/**
 * Policies are tried out here, on files as they are and by a policy nobody has to trust.
 *
 * @module
 */
import { nowMicros } from "../adapter/clock.ts";
import { openDisk } from "../adapter/path_resolver.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import { openPlainFile, readLimited } from "../adapter/plain_file.ts";
import type { Layout } from "../adapter/layout.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import { maxTestFileBytes, maxTestFiles } from "../core/limits.ts";
import type { TestGround } from "../edge/cli/test_ground.ts";
import type { Surroundings } from "./environment.ts";
import { homeOf, ownPlacesOf } from "./open_install.ts";
import { openSandboxes } from "./sandboxes_of.ts";

/** Folders in folders; deeper is a mistake, or a trap. */
const maxFolderDepth = 8;

/**
 * Gives up everything but reading first, and before that starts what runs checks.
 *
 * @param draft Path of the policy that is tested; null is the one in force here.
 * @throws {EngineError} `permissions_unsealed`.
 */
export async function openTestGround(
  surroundings: Surroundings,
  layout: Layout,
  draft: string | null,
): Promise<TestGround> {
  // A server's: a module that a test makes hang is killed, and the next test has another worker.
  const sandboxes = await openSandboxes({
    role: "server",
    policyFolders: [draft ?? layout.policyFolder],
  });
  // What a test holds was written by somebody who is not trusted yet.
  sealPermissions({ writable: [], keepsNet: false });
  return {
    root: layout.root,
    policyPath: layout.policyPath,
    testsFolder: `${layout.policyFolder}/tests`,
    disk: openDisk(layout.root, ownPlacesOf(layout, surroundings), homeOf(layout, surroundings)),
    sha256,
    nowMicros,
    loadSandbox: sandboxes.load,
    listTests,
    isFolder: (path) => look(path)?.isDirectory === true,
    readTests,
    stampOf,
    close: sandboxes.close,
  };
}

function listTests(path: string): readonly string[] {
  const found: string[] = [];
  const pending = [{ path, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const info = look(next.path);
    if (info === null && next.depth === 0) return [];
    if (info?.isDirectory && next.depth <= maxFolderDepth) {
      for (const { name } of Deno.readDirSync(next.path)) {
        pending.push({ path: `${next.path}/${name}`, depth: next.depth + 1 });
      }
    } else if (next.depth === 0 || /\.ya?ml$/i.test(next.path)) found.push(next.path);
    if (found.length + pending.length > maxTestFiles) throw tooMany(path);
  }
  return found.sort();
}

/** Null when nothing is there. */
function look(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw unreadable(path, error);
  }
}

function readTests(path: string): Uint8Array {
  try {
    const { file } = openPlainFile(path, { read: true });
    try {
      const bytes = readLimited(file, maxTestFileBytes);
      if (bytes !== null) return bytes;
    } finally {
      file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  throw unreadable(path, new Error(`it is over ${maxTestFileBytes} bytes`));
}

function stampOf(paths: readonly string[]): string {
  return paths.map((path) => {
    try {
      const { dev, ino, size, mtime, ctime } = Deno.lstatSync(path);
      return `${path} ${dev} ${ino} ${size} ${mtime?.getTime()} ${ctime?.getTime()}`;
    } catch {
      return `${path} -`;
    }
  }).join("\n");
}

function unreadable(path: string, error: unknown): EngineError {
  const why = error instanceof Error ? error.message : String(error);
  return new EngineError("tests_unreadable", `Cannot read "${oneLine(path, 120)}": ${why}`, {
    hint: "tests are plain, readable files",
    cause: error,
  });
}

function tooMany(path: string): EngineError {
  return new EngineError(
    "tests_unreadable",
    `Cannot read "${oneLine(path, 120)}": too many files`,
    {
      hint: `wanted at most ${maxTestFiles}, folders counted`,
    },
  );
}
