/**
 * The checks that come with the program, and the lines a policy needs for each. docs/shipped_checks.md.
 *
 * @module
 */
import { sha256 } from "../../core/integrity/sha256.ts";

export interface ShippedCheck {
  /** Its id in a policy, and the file's name before `.wasm`. */
  readonly name: string;
  /** Of its folder in src/checks, and of its module there. */
  readonly folder: string;
  readonly abi: "native-1";
  readonly summary: string;
  /** Lines of its entry after `abi`, without indent. */
  readonly lines: () => readonly string[];
}

/** What `checks add` needs of the machine. */
export interface ShippedCheckFiles {
  readonly read: (check: ShippedCheck) => Uint8Array;
  /** Where people keep the checks of a project, absolute. */
  readonly folder: string;
  /** Bytes of the file there; null where there is none. */
  readonly readPlaced: (name: string) => Uint8Array | null;
  readonly write: (name: string, bytes: Uint8Array) => void;
}

const write = (file: string, content: string): string =>
  JSON.stringify({ type: "file_write", affected_files: [file], content });

export const shippedChecks: readonly ShippedCheck[] = [
  {
    name: "secrets",
    folder: "secrets",
    abi: "native-1",
    summary: "keys, tokens and passwords about to be written or sent",
    lines: () => [
      "effect: deny",
      "# settings: {allow_paths: [tests/fixtures/**], allow_sha256: [], kinds_off: [], min_entropy: 3.5}",
      "tests:",
      `  - operation: ${write("a.env", 'DB_PASSWORD="${DB_PASSWORD}"')}`,
      "    expect: []",
      `  - operation: ${write("a.env", `DB_PASSWORD="${madeUpPassword()}"`)}`,
      "    expect: [assigned_secret]",
    ],
  },
  {
    name: "complexity",
    folder: "complexity",
    abi: "native-1",
    summary: "functions that take too many decisions, in more languages than the engine measures",
    lines: () => [
      "settings: {max_complexity: 15}",
      "tests:",
      `  - operation: ${write("a.c", "int f(int a) { return a ? 1 : 2; }")}`,
      "    expect: []",
      `  - operation: ${write("a.c", `int f(int a) { ${"if (a) a++; ".repeat(15)}return a; }`)}`,
      "    expect: [limit_exceeded]",
    ],
  },
  {
    name: "licence-header",
    folder: "licence_header",
    abi: "native-1",
    summary: "files of given patterns that do not begin with a given header",
    lines: () => [
      'settings: {files: ["src/**"], header: ["// Copyright {year} The Authors"]}',
      "tests:",
      `  - operation: ${write("src/a.c", "// Copyright 2026 The Authors")}`,
      "    expect: []",
      `  - operation: ${write("src/a.c", "int a;")}`,
      "    expect: [licence_header_missing]",
    ],
  },
];

/**
 * Looks random and opens nothing; not a literal, so that no file here holds what looks like a secret.
 * With a star in it lint takes it for a pattern and does not warn of it.
 */
function madeUpPassword(): string {
  const digest = sha256(new TextEncoder().encode("a self-test of the check secrets"));
  const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  return `${[...digest.slice(0, 13)].map((byte) => letters[byte % letters.length]).join("")}*4`;
}
