/**
 * Head slots and marks. SPEC.md, "Head and mark".
 */
import { oneToOne } from "./one_to_one.ts";
import { isRecord } from "./read_line.ts";
import type { Secrets } from "./secrets.ts";

/** A head that the log must have reached, with that MAC. */
export interface KnownHead {
  readonly seg: number;
  readonly seq: number;
  readonly mac: string;
  /** Bytes of its segment's file up to its LF. */
  readonly size: number;
}

export type SlotReading =
  | { readonly kind: "missing" | "damaged" | "other_log" | "other_key" }
  | { readonly kind: "good"; readonly turn: number; readonly head: KnownHead };

const members = "v,log,key,turn,seq,mac,size,base_seq,base_mac,base_size,hmac";
const hashForm = /^[0-9a-f]{64}$/;
const keyForm = /^([0-9a-f]{8})\.(0|[1-9]\d{0,9})$/;

/** @param slot 0 or 1: a record lies in the slot of its turn. */
export async function readSlot(
  bytes: Uint8Array | null,
  slot: number,
  { logId, secrets }: { readonly logId: string; readonly secrets: Secrets },
): Promise<SlotReading> {
  if (bytes === null) return { kind: "missing" };
  const text = oneToOne(bytes);
  const record = bytes.length === 512 ? readRecord(text) : null;
  if (record === null) return { kind: "damaged" };
  if (record["log"] !== logId) return { kind: "other_log" };
  const [, kid = "", epoch] = keyForm.exec(String(record["key"])) ?? [];
  const keys = await secrets.find(kid, Number(epoch));
  if (keys === null) return { kind: "other_key" };
  const body = text.slice(0, text.lastIndexOf(',"hmac":'));
  if (await keys.macHead(body) !== record["hmac"]) return { kind: "damaged" };
  const turn = Number(record["turn"]);
  if (turn % 2 !== slot) return { kind: "damaged" };
  const { seq, mac, size } = record;
  const head = { seg: keys.epoch, seq: Number(seq), mac: String(mac), size: Number(size) };
  return { kind: "good", turn, head };
}

/** Null unless it is what a writer would have written for what it parses to. */
function readRecord(text: string): Record<string, unknown> | null {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(record) || `${JSON.stringify(record).padEnd(511)}\n` !== text) return null;
  if (Object.keys(record).join() !== members || record["v"] !== 1) return null;
  const { log, key } = record;
  if (typeof log !== "string" || !/^[0-9a-f]{32}$/.test(log)) return null;
  if (typeof key !== "string" || !keyForm.test(key)) return null;
  const areHashes = ["mac", "base_mac", "hmac"].every((name) =>
    hashForm.test(String(record[name]))
  );
  const numbers = ["turn", "seq", "size", "base_seq", "base_size"].map((name) => record[name]);
  const areCounts = numbers.every((one) => Number.isSafeInteger(one) && Number(one) >= -1);
  return areHashes && areCounts ? record : null;
}
