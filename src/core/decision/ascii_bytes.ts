/**
 * How long JSON becomes in the log, which is ASCII.
 *
 * @module
 */

/** @param json As JSON.stringify writes it. */
export function asciiBytes(json: string): number {
  const others = json.match(/[^ -~]/g)?.length ?? 0;
  return json.length + 5 * others;
}
