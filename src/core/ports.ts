/**
 * What the engine needs from the world, as the smallest function types. Adapters implement them,
 * tests fake them; nothing here knows Deno.
 *
 * @module
 */

/** Microseconds since 1970-01-01T00:00:00Z. */
export type NowMicros = () => number;

/** `count` bytes from a cryptographic generator. */
export type RandomBytes = (count: number) => Uint8Array;

/** SHA-256 of `data`: 32 bytes. FIPS 180-4. */
export type Sha256 = (data: Uint8Array) => Uint8Array;

/** SHA-512 of `data`: 64 bytes. FIPS 180-4. */
export type Sha512 = (data: Uint8Array) => Uint8Array;

/** A SHA-256 that is fed piece by piece; `digest` ends it and yields 32 bytes. FIPS 180-4. */
export interface RunningHash {
  readonly update: (data: Uint8Array) => void;
  readonly digest: () => Uint8Array;
  /** Of what was fed so far, 32 bytes; more may follow. */
  readonly digestSoFar: () => Uint8Array;
}
export type StartHash = () => RunningHash;

/** HMAC-SHA-256 of `data` under `key`: 32 bytes. RFC 2104. */
export type HmacSha256 = (key: Uint8Array, data: Uint8Array) => Uint8Array;

/** Ed25519 signature of `data`: 64 bytes. RFC 8032. */
export type SignEd25519 = (data: Uint8Array) => Uint8Array;

/**
 * Whether `signature` is the Ed25519 signature of `data` under a raw 32-byte key. Total: parts of
 * another length are no signature, and a key under which anybody can sign signs nothing. RFC 8032.
 */
export type VerifyEd25519 = (
  publicKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
) => boolean;

/** What is read of a policy: its inputs, or also what a signature is about. */
export type PolicyReach = "inputs" | "signed";

/** What stands at a path; `unknown` when the disk would not say. */
export type FileKind = "file" | "directory" | "other" | "missing" | "unknown";

/** What the disk says of one path as an operation wrote it. */
export interface ResolvedPath {
  /** As given. */
  readonly written: string;
  /** Absolute; joined to the working folder and folded by text alone. */
  readonly lexical: string;
  /**
   * Absolute; the kernel's answer: symlinks of the deepest existing ancestor followed, the rest
   * appended. Null when resolution failed for another reason than "not found".
   */
  readonly real: string | null;
  readonly kind: FileKind;
  /** Size of the regular file there; null when there is none. */
  readonly sizeBytes: number | null;
  /** Link count of the regular file there; null when there is none. */
  readonly linkCount: number | null;
  /** `device:inode` of what is there; null when nothing is. */
  readonly identity: string | null;
  /**
   * The folder it lies in, or the deepest one that exists, is on another file system than the root:
   * something is mounted between them. Missing: it is not.
   */
  readonly isMounted?: true;
  /** Name of the failure (`EACCES`, `ELOOP`, …) when `real` is null, else null. */
  readonly failure: string | null;
}

/**
 * Resolves a written path. `cwd` is the operation's working folder as written (relative to the
 * root or absolute), null for the root itself. Never throws: a failure is a field.
 */
export type ResolvePath = (written: string, cwd: string | null) => ResolvedPath;

/**
 * Paths below a folder, absolute, at most `limit`; null when there are more, or when a part could
 * not be read. Symlinks are listed, not followed.
 */
export type ListBelow = (absolute: string, limit: number) => readonly string[] | null;

/**
 * Names in a folder, unsorted, without `.` and `..`; null when there are more than
 * limits.maxFolderEntries, or it cannot be listed.
 */
export type ListNames = (absolute: string) => readonly string[] | null;

/** Bytes of a regular file; null when there is none, it is larger, or it cannot be read. */
export type ReadBytes = (absolute: string, maxBytes: number) => Uint8Array | null;

/** The facts about the disk a decision may need. */
export interface Disk {
  /** Absolute real path of the project root, without trailing slash. */
  readonly root: string;
  /** The engine's own files and folders, absolute and real, wherever they lie. */
  readonly ownPlaces: readonly string[];
  readonly resolve: ResolvePath;
  readonly listBelow: ListBelow;
  readonly listNames: ListNames;
  readonly readBytes: ReadBytes;
  /** Home folder of whoever's commands are judged, absolute; null when nobody knows. */
  readonly home: string | null;
}

/** Where to look for files: the path alone, the files in it, or everything below. */
export interface StampStart {
  /** Absolute. */
  readonly path: string;
  readonly reach: "below" | "inside";
}

export interface StampRequest {
  /** What is a file is looked at; what is a folder is looked through; what is missing is skipped. */
  readonly starts: readonly StampStart[];
  /** Entries to look at in all. */
  readonly limit: number;
  /** Whether a file, absolute, is of interest. */
  readonly isWanted: (path: string) => boolean;
  /** Whether a folder, absolute, is left out. */
  readonly isPruned: (path: string) => boolean;
}

/** What was found; contents are never read. */
export interface StampsFound {
  /** By absolute path: a text that changes whenever the file does. Symlinks are not followed. */
  readonly stamps: ReadonlyMap<string, string>;
  /** False when there was more than `limit`, or a part could not be read. */
  readonly isWhole: boolean;
}

/** Looks at files without opening them, those near the starts first. Never throws. */
export type FindStamps = (request: StampRequest) => StampsFound;
