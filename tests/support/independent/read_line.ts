/**
 * One line of the log: what stands outside `d` by a form of its own, `d` by a JSON parser whose
 * result must encode to the same bytes again. SPEC.md, "Line".
 */

/** Longest line, its LF not counted. */
export const maxLineCharacters = 16_383;
const maxDetailsCharacters = 8_192;
const maxDetailsDepth = 8;

/** What a line says of itself; believed only once its MAC is verified. */
export interface Line {
  readonly seq: number;
  readonly kid: string;
  readonly epoch: number;
  readonly ts: string;
  readonly type: string;
  readonly detailsText: string;
  readonly prev: string;
  readonly mac: string;
  /** What the MAC covers. */
  readonly body: string;
  readonly text: string;
}

const form = new RegExp(
  [
    '^{"v":1,"seq":(?<seq>0|[1-9]\\d*),"key":"(?<kid>[0-9a-f]{8})\\.(?<epoch>0|[1-9]\\d{0,9})"',
    '"ts":"(?<ts>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z)"',
    '"type":"(?<type>[A-Za-z0-9_.]{1,64})"',
    '"sev":"(?:LOW|MEDIUM|HIGH|CRITICAL)"',
    '"d":(?<d>{[ -~]*})',
    '"prev":"(?<prev>[0-9a-f]{64})"',
    '"mac":"(?<mac>[0-9a-f]{64})"}$',
  ].join(","),
);
const maxRemembered = 20_000;
const remembered = new Map<string, Line | null>();

/** Null when the text has not the form of a line. */
export function readLine(text: string): Line | null {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const line = text.length > maxLineCharacters ? null : matchLine(text);
  if (text.length > maxLineCharacters) return line;
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(text, line);
  return line;
}

function matchLine(text: string): Line | null {
  const found = form.exec(text)?.groups;
  const seq = Number(found?.["seq"]);
  if (found === undefined || !Number.isSafeInteger(seq)) return null;
  return {
    seq,
    kid: found["kid"] ?? "",
    epoch: Number(found["epoch"]),
    ts: found["ts"] ?? "",
    type: found["type"] ?? "",
    detailsText: found["d"] ?? "",
    prev: found["prev"] ?? "",
    mac: found["mac"] ?? "",
    body: text.slice(0, -74),
    text,
  };
}

/** Null unless `d` is exactly what a writer would have written for the object it parses to. */
export function readDetails({ detailsText }: Line): Readonly<Record<string, unknown>> | null {
  let value: unknown;
  try {
    value = JSON.parse(detailsText);
  } catch {
    return null;
  }
  if (!isRecord(value) || escapeAll(JSON.stringify(value)) !== detailsText) return null;
  return detailsText.length <= maxDetailsCharacters && isPlain(value, 1) ? value : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function escapeAll(text: string): string {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replace(/[\u007f-\uffff]/g, escape);
}

/** No value that two readers could read differently. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isSafeInteger(value) || !Number.isInteger(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth > maxDetailsDepth) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
  return Object.entries(value).every(([key, member]) =>
    key !== "__proto__" && key.isWellFormed() && isPlain(member, depth + 1)
  );
}
