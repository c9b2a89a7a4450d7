/**
 * The oracle of the shell suite: what protected files look like on the disk, found without any code
 * of the engine, so that a mistake there is not repeated here.
 */

/** Names the starter policy protects at any depth, lower case. */
const protectedName = /(\.env|\.pem|\.key|\.p12)$|^\.env\.|^(id_rsa|id_ecdsa|id_ed25519)$/;

/** Paths that are always protected, relative to the root or the home folder, lower case. */
const protectedPath = new RegExp(
  [
    "^\\.scalpel(/|$)",
    "(^|/)(scalpel\\.policy|budget|overrides)\\.yaml$",
    "(^|/)\\.claude/(settings[^/]*\\.json$|hooks(/|$))",
    "(^|/)\\.codex(/|$)",
    "(^|/)\\.cursor/(hooks|mcp)\\.json$",
    "(^|/)\\.gemini/settings\\.json$",
    "(^|/)\\.copilot/(settings\\.json$|hooks(/|$))",
    "(^|/)\\.github/copilot/settings[^/]*\\.json$",
    "(^|/)\\.vscode/(settings|tasks)\\.json$",
    "(^|/)\\.mcp\\.json$",
    "(^|/)\\.github/hooks(/|$)",
    "(^|/)\\.git/(hooks(/|$)|config$)",
  ].join("|"),
);

/** State of one protected path: type, mode, inode, and its bytes or the target of the link. */
type State = string;

/** By path relative to the project's root; the home folder is `~`. */
export type ProtectedSnapshot = ReadonlyMap<string, State>;

/** Looks at everything below both folders; symlinks are not followed. */
export function snapshotProtected(root: string, home: string): ProtectedSnapshot {
  const states = new Map<string, State>();
  collect(root, "", "", states);
  collect(home, "", "~/", states);
  return states;
}

/** Protected paths that differ in existence, type, mode, inode, bytes or target; sorted. */
export function changedProtected(
  before: ProtectedSnapshot,
  after: ProtectedSnapshot,
): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

function collect(base: string, folder: string, prefix: string, states: Map<string, State>): void {
  for (const { name, isDirectory } of list(`${base}/${folder}`)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    const isProtected = protectedName.test(name.toLowerCase()) ||
      protectedPath.test(path.toLowerCase()) || states.has(`${prefix}${folder}`);
    if (isProtected) states.set(`${prefix}${path}`, stateOf(`${base}/${path}`));
    if (isDirectory) collect(base, path, prefix, states);
  }
}

// A command may have moved the whole folder away.
function list(folder: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}

function stateOf(path: string): State {
  const { mode, ino, isFile, isSymlink, isDirectory } = Deno.lstatSync(path);
  const what = isSymlink
    ? `link ${Deno.readLinkSync(path)}`
    : isFile
    ? `file ${Deno.readFileSync(path).toBase64()}`
    : isDirectory
    ? "folder"
    : "other";
  return `${((mode ?? 0) & 0o7777).toString(8)} ${ino} ${what}`;
}
