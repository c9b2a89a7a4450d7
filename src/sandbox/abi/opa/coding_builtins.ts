/**
 * Built-ins that write bytes as text, read them, or hash them. A text stands for its UTF-8.
 *
 * @module
 */
import { hmacSha256, sha256 } from "../../../core/integrity/sha256.ts";
import { decodeUtf8, parseStrictJson } from "../../../core/strict_json.ts";
import { EngineError } from "../../../core/errors.ts";
import { hashUnits } from "../host_costs.ts";
import { type OpaBuiltin, textBuiltin } from "./opa_builtin.ts";

const encodeHex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const utf8 = (text: string) => new TextEncoder().encode(text);

/** An error that is thrown and caught. */
const refusalUnits = 5_000;
/** Padding and setting up of a hash. */
const hashSetUnits = 2_000;

/** undefined: bytes that are no text. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

const hexDecode = textBuiltin(1, ([text]) => {
  if (!/^(?:[0-9A-Fa-f]{2})*$/.test(text)) return undefined;
  return textOf(
    Uint8Array.from(
      { length: text.length / 2 },
      (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16),
    ),
  );
});

const base64UrlNoPad = textBuiltin(1, ([text]) => {
  const binary = Array.from(utf8(text), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
});

/** As in forms: a space is "+", and all but letters, digits and `-_.~` is escaped. */
const urlEncode = textBuiltin(1, ([text]) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+"));

const urlDecode = textBuiltin(1, ([text]) => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
});

const isJson: OpaBuiltin = {
  arity: 1,
  call: ([text = null], { charge }) => {
    if (typeof text !== "string") return false;
    charge(refusalUnits);
    try {
      parseStrictJson(text);
      return true;
    } catch (error) {
      if (error instanceof EngineError) return false;
      throw error;
    }
  },
};

const digest = textBuiltin(1, ([text], { charge }) => {
  const bytes = utf8(text);
  charge(hashSetUnits + bytes.length * hashUnits);
  return encodeHex(sha256(bytes));
});

const keyedDigest = textBuiltin(2, ([text, key], { charge }) => {
  const bytes = utf8(text);
  charge(3 * hashSetUnits + (bytes.length + key.length) * hashUnits);
  return encodeHex(hmacSha256(utf8(key), bytes));
});

export const codingBuiltins: readonly (readonly [string, OpaBuiltin])[] = [
  ["hex.encode", textBuiltin(1, ([text]) => encodeHex(utf8(text)))],
  ["hex.decode", hexDecode],
  ["base64url.encode_no_pad", base64UrlNoPad],
  ["urlquery.encode", urlEncode],
  ["urlquery.decode", urlDecode],
  ["json.is_valid", isJson],
  ["crypto.sha256", digest],
  ["crypto.hmac.sha256", keyedDigest],
  ["crypto.hmac.equal", textBuiltin(2, ([left, right]) => left === right)],
];
