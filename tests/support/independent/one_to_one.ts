/** Bytes as text. */
// Of a log that is changed again and again, most files stay the same object.
const texts = new WeakMap<Uint8Array, string>();

/** One character for each byte, so that nothing is repaired on the way. */
export function oneToOne(bytes: Uint8Array): string {
  const known = texts.get(bytes);
  if (known !== undefined) return known;
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8_192) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 8_192)));
  }
  const text = parts.join("");
  texts.set(bytes, text);
  return text;
}
