/**
 * The command line an agent's host starts for each event: what install writes, and how status
 * reads it back. Exactly one spelling per meaning, so that any difference is drift.
 *
 * @module
 */
import { wirableHosts } from "../hook_event.ts";

export const hostNames = wirableHosts;
/** Hosts whose settings install can write. */
export type HostName = typeof hostNames[number];

export const unenrolledChoices = ["allow", "deny"] as const;
export type OnUnenrolled = typeof unenrolledChoices[number];

/** What a line says; null leaves the flag out. */
export interface HookLine {
  /** Absolute path of the program. */
  readonly program: string;
  readonly host: HostName;
  readonly root: string | null;
  readonly server: string | null;
  /** Of a server of another user: copies this user may read. */
  readonly tokenFile: string | null;
  readonly serverKey: string | null;
  readonly onUnenrolled: OnUnenrolled | null;
}

/** `gate` stops the tool when the program fails; `record` must never stop anything. */
export type LinePurpose = "gate" | "record";

/**
 * SECURITY: hosts let the tool run after every status but 2: a missing program (127), a panic
 * (101), a kill (137). So whatever fails becomes 2, with a reason: an empty one lets Codex go on.
 * An explicit /bin/sh, because a host may start the line with the user's own shell, which need not
 * be a POSIX one; the words after it are quoted in a way all of them read alike.
 */
const gateScript =
  `"$@" || { s=$?; [ "$s" -eq 2 ] || echo "sealward: the hook failed; blocked" >&2; exit 2; }`;
/** A status of 2 after the tool ran could only hold the agent back from stopping. */
const recordScript = `"$@" || exit 1`;

const prefixOf = (purpose: LinePurpose): string =>
  `/bin/sh -c ${quoteWord(purpose === "gate" ? gateScript : recordScript)} sealward `;

/** The line as install writes it. */
export function encodeHookLine(line: HookLine, purpose: LinePurpose): string {
  return prefixOf(purpose) + wordsOf(line).join(" ");
}

/** The line without the guard, for hosts that are wired by hand. */
export function encodeBareLine(program: string, host: string, flags: readonly string[]): string {
  return [quoteWord(program), "hook", host, ...flags.map(quoteWord)].join(" ");
}

function wordsOf(line: HookLine): readonly string[] {
  const flags: readonly (readonly [string, string | null])[] = [
    ["--root", line.root],
    ["--server", line.server],
    ["--token-file", line.tokenFile],
    ["--server-key", line.serverKey],
    ["--on-unenrolled", line.onUnenrolled],
  ];
  const given = flags.flatMap(([name, value]) => value === null ? [] : [name, quoteWord(value)]);
  return [quoteWord(line.program), "hook", line.host, ...given];
}

/** Single quotes always: one spelling, whatever the word holds. */
function quoteWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The line's meaning; null for everything that encodeHookLine does not write, to the byte. */
export function parseHookLine(text: string, purpose: LinePurpose): HookLine | null {
  const prefix = prefixOf(purpose);
  if (!text.startsWith(prefix)) return null;
  const words = splitWords(text.slice(prefix.length));
  const [program = "", , host] = words;
  const flagAt = (name: string): string | null => {
    const at = words.indexOf(name, 3);
    return at === -1 ? null : words[at + 1] ?? null;
  };
  const knownHost = hostNames.find((name) => name === host);
  if (knownHost === undefined) return null;
  const line: HookLine = {
    program,
    host: knownHost,
    root: flagAt("--root"),
    server: flagAt("--server"),
    tokenFile: flagAt("--token-file"),
    serverKey: flagAt("--server-key"),
    onUnenrolled: unenrolledChoices.find((each) => each === flagAt("--on-unenrolled")) ?? null,
  };
  return encodeHookLine(line, purpose) === text ? line : null;
}

/** Whether a command is a hook of this program, of whatever version, also one written by hand. */
export function isOwnCommand(command: string): boolean {
  const words = splitWords(command);
  const isGuarded = words[0] === "/bin/sh" && words[1] === "-c" && words[3] === "sealward";
  const [program = "", verb, host = ""] = isGuarded ? words.slice(4) : words;
  const name = program.slice(program.lastIndexOf("/") + 1);
  return verb === "hook" && [...hostNames, "generic"].includes(host) &&
    (isGuarded || name.startsWith("sealward"));
}

const wordPart = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/gs;

/** Words with their quotes removed; expansions and operators stay as they are written. */
function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let end = -1;
  for (const match of text.matchAll(wordPart)) {
    const part = match[1] ?? match[2]?.replace(/\\(.)/gs, "$1") ?? match[3] ?? match[4] ?? "";
    if (match.index === end) words.push(`${words.pop()}${part}`);
    else words.push(part);
    end = match.index + match[0].length;
  }
  return words;
}
