// deno-lint-ignore-file no-console -- a command talks to its terminal
/**
 * The second reader as a command, for a log on a disk. Imports nothing of src.
 *
 *     deno run -A tests/support/verify_log.ts --log .scalpel/audit.log --root-secret-file FILE
 *       [--root-secret-file OLDER] [--marks FOLDER] [--log-id ID] [--fingerprint HEX]
 *       [--anchor SEQ:PREFIX] [--checkpoint FILE --public-key BASE64]
 *
 * A secret is the bytes of its file without one line end; `hex:` in front means hex digits. The log id
 * is taken from genesis when it is not given, which trusts the log as to which one it is. Writes one
 * JSON document; exits with 0, 1 or 5 as the engine does.
 */
import { type Anchor, parseAnchor, readCheckpoint } from "./independent/anchors.ts";
import { createReader } from "./independent_verifier.ts";

const flags: Readonly<Record<string, true>> = {
  "--log": true,
  "--root-secret-file": true,
  "--marks": true,
  "--log-id": true,
  "--fingerprint": true,
  "--anchor": true,
  "--checkpoint": true,
  "--public-key": true,
};

function readFlags(args: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (let i = 0; i < args.length; i += 2) {
    const [name = "", value] = args.slice(i, i + 2);
    if (flags[name] !== true || value === undefined) throw new Error(`usage: ${name}`);
    found.set(name, [...found.get(name) ?? [], value]);
  }
  return found;
}

function readSecret(path: string): Uint8Array<ArrayBuffer> {
  const bytes = Deno.readFileSync(path);
  const text = new TextDecoder("latin1").decode(bytes).replace(/\n$/, "");
  if (!text.startsWith("hex:")) return bytes.slice(0, text.length);
  return Uint8Array.from(text.slice(4).match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** The files there are, by the names of SPEC.md; links and the like are left out. */
function readFiles(log: string, marks: string): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const add = (name: string, path: string) => {
    try {
      const { isFile, nlink } = Deno.lstatSync(path);
      if (isFile && nlink === 1) files.set(name, Deno.readFileSync(path));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  add("audit.log", log);
  for (const { name } of Deno.readDirSync(`${log}.d`)) {
    if (/^(?:seg-\d{8}\.jsonl|head\.[01])$/.test(name)) {
      add(`audit.log.d/${name}`, `${log}.d/${name}`);
    }
  }
  for (const slot of [0, 1]) add(`mark.${slot}`, `${marks}/mark.${slot}`);
  return files;
}

function claimedId(files: ReadonlyMap<string, Uint8Array>): string {
  const first = files.get("audit.log.d/seg-00000000.jsonl") ?? files.get("audit.log");
  const text = new TextDecoder("latin1").decode(first?.subarray(0, 16_384));
  return /"log":"([0-9a-f]{32})"/.exec(text.split("\n")[0] ?? "")?.[1] ?? "0".repeat(32);
}

async function main(): Promise<number> {
  const given = readFlags(Deno.args);
  const one = (name: string) => given.get(name)?.at(-1) ?? null;
  const log = one("--log") ?? ".scalpel/audit.log";
  const files = readFiles(log, one("--marks") ?? `${log}.d`);
  const logId = one("--log-id") ?? claimedId(files);
  const rootSecrets = (given.get("--root-secret-file") ?? []).map(readSecret);
  const anchors: Anchor[] = (given.get("--anchor") ?? []).map(parseAnchor);
  const key = Uint8Array.from(atob(one("--public-key") ?? ""), (c) => c.charCodeAt(0));
  for (const path of given.get("--checkpoint") ?? []) {
    anchors.push(await readCheckpoint(Deno.readTextFileSync(path), logId, key));
  }
  const judge = await createReader({ rootSecrets, logId, fingerprint: one("--fingerprint") });
  const judgement = await judge(files, anchors);
  console.log(JSON.stringify(judgement));
  const { verdict } = judgement;
  if (["OK", "OK-UNANCHORED", "UNCLEAN-END", "FRONT-PRUNED"].includes(verdict)) return 0;
  return verdict === "UNVERIFIABLE" ? 1 : 5;
}

if (import.meta.main) Deno.exit(await main());
