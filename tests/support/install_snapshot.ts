/** The files of an install at one moment: its `.scalpel` and its state folder. */
import type { Project } from "./sealward.ts";

/** Path, mode and bytes of every file below a folder. */
type Files = ReadonlyMap<string, { readonly mode: number; readonly bytes: Uint8Array }>;

export interface InstallSnapshot {
  /** By path below `.scalpel`. */
  readonly policyFiles: Files;
  /** By path below the state folder. */
  readonly stateFiles: Files;
  /** Puts everything back as it was, and removes what came since. */
  readonly restore: () => void;
}

export function takeSnapshot(project: Project): InstallSnapshot {
  const folders = [project.path(".scalpel"), project.stateFolder()] as const;
  const [policyFiles, stateFiles] = [readFiles(folders[0]), readFiles(folders[1])];
  return {
    policyFiles,
    stateFiles,
    restore: () => {
      writeFiles(folders[0], policyFiles);
      writeFiles(folders[1], stateFiles);
    },
  };
}

function readFiles(folder: string, prefix = ""): Files {
  const files = new Map<string, { readonly mode: number; readonly bytes: Uint8Array }>();
  for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${prefix}`)) {
    const path = `${prefix}${name}`;
    if (isDirectory) {
      for (const [below, file] of readFiles(folder, `${path}/`)) files.set(below, file);
      continue;
    }
    const mode = (Deno.statSync(`${folder}/${path}`).mode ?? 0) & 0o777;
    files.set(path, { mode, bytes: Deno.readFileSync(`${folder}/${path}`) });
  }
  return files;
}

function writeFiles(folder: string, files: Files): void {
  for (const path of readFiles(folder).keys()) {
    if (!files.has(path)) Deno.removeSync(`${folder}/${path}`);
  }
  for (const [path, { mode, bytes }] of files) {
    const place = `${folder}/${path}`;
    Deno.mkdirSync(place.slice(0, place.lastIndexOf("/")), { recursive: true, mode: 0o700 });
    // Another file, as a backup would bring it back; its owner may be kept from writing into it.
    try {
      Deno.removeSync(place);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    Deno.writeFileSync(place, bytes, { mode });
    Deno.chmodSync(place, mode);
  }
}
