/**
 * A second reader of the log format, written from SPEC.md alone: WebCrypto instead of the engine's
 * MAC, a JSON parser instead of its grammar, and nothing imported. Where it and the engine's
 * verifier disagree, one of them is wrong.
 */
const hexDigits = /^[0-9a-f]{64}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const members = ["v", "seq", "key", "ts", "type", "sev", "d", "prev", "mac"];
const severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL"];
const utf8 = new TextEncoder();

export interface IndependentReport {
  readonly isIntact: boolean;
  /** Lines that verify, from the first on. */
  readonly entries: number;
  /** Bytes after the last LF; the log was torn there, or something was cut. */
  readonly restBytes: number;
}

export interface IndependentInput {
  readonly rootSecret: Uint8Array<ArrayBuffer>;
  /** 32 hex digits. */
  readonly logId: string;
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8.encode(text)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function deriveFirstEpoch(input: IndependentInput): Promise<Uint8Array<ArrayBuffer>> {
  const salt = Uint8Array.from(input.logId.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const secret = await crypto.subtle.importKey("raw", input.rootSecret, "HKDF", false, [
    "deriveBits",
  ]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info: utf8.encode("audit/v1/epoch") };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, secret, 256));
}

/** Keys of the first epoch, as hex, with the name lines carry. */
export async function deriveKeys(
  input: IndependentInput,
): Promise<{ readonly name: string; readonly entryKey: Uint8Array<ArrayBuffer> }> {
  const epoch = await deriveFirstEpoch(input);
  const kid = hex((await hmac(epoch, "audit/v1/kid")).subarray(0, 4));
  return { name: `${kid}.0`, entryKey: await hmac(epoch, "audit/v1/entry") };
}

/** Reads bytes one to one, so that nothing is repaired on the way. */
function oneToOne(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function escapeAll(text: string): string {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replace(/[\u007f-\uffff]/g, escape);
}

interface Line {
  readonly seq: number;
  readonly key: string;
  readonly type: string;
  readonly prev: string;
  readonly mac: string;
}

/** Null unless the text is exactly what a writer would have written for the object it parses to. */
function readLine(text: string): Line | null {
  let object: Record<string, unknown>;
  try {
    object = JSON.parse(text);
  } catch {
    return null;
  }
  if (escapeAll(JSON.stringify(object)) !== text) return null;
  if (Object.keys(object).join() !== members.join()) return null;
  const { v, seq, key, ts, type, sev, d, prev, mac } = object;
  const isForm = v === 1 && Number.isSafeInteger(seq) && Number(seq) >= 0 &&
    instant.test(String(ts)) && severities.includes(String(sev)) &&
    /^[A-Za-z0-9_.]{1,64}$/.test(String(type)) && typeof d === "object" && d !== null &&
    !Array.isArray(d) && hexDigits.test(String(prev)) && hexDigits.test(String(mac));
  if (!isForm) return null;
  return {
    seq: Number(seq),
    key: String(key),
    type: String(type),
    prev: String(prev),
    mac: String(mac),
  };
}

/** Verifies a log of one epoch from its first byte. */
export async function verifyIndependently(
  log: Uint8Array,
  input: IndependentInput,
): Promise<IndependentReport> {
  const keys = await deriveKeys(input);
  const pieces = oneToOne(log).split("\n");
  const rest = pieces.pop() ?? "";
  let prev = "0".repeat(64);
  for (const [index, text] of pieces.entries()) {
    const line = text.length < 16_384 ? readLine(text) : null;
    const isNext = line !== null && line.seq === index && line.key === keys.name &&
      line.prev === prev && (line.type === "audit.genesis") === (index === 0) &&
      line.mac === hex(await hmac(keys.entryKey, text.slice(0, text.lastIndexOf(',"mac":'))));
    if (!isNext) return { isIntact: false, entries: index, restBytes: 0 };
    prev = line.mac;
  }
  return { isIntact: true, entries: pieces.length, restBytes: rest.length };
}
