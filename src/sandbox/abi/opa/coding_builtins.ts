/**
 * Built-ins that write bytes as text, read them, or hash them. A text stands for its UTF-8.
 *
 * @module
 */
import { sha256 } from "../../../core/integrity/sha256.ts";
import { decodeUtf8, parseStrictJson } from "../../../core/strict_json.ts";
import { EngineError } from "../../../core/errors.ts";
import { type OpaBuiltin, textBuiltin } from "./opa_builtin.ts";
import { keyedDigest, md5, sha1 } from "./weak_digest.ts";

const encodeHex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const utf8 = (text: string) => new TextEncoder().encode(text);

/** An error that is thrown and caught. */
const refusalUnits = 5_000;
/** Padding and setting up of a hash. */
const hashSetUnits = 2_000;
/** One byte hashed, by the slowest of them. */
const digestUnits = 20;

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

type Hash = (data: Uint8Array) => Uint8Array;

function digest(hash: Hash): OpaBuiltin {
  return textBuiltin(1, ([text], { charge }) => {
    const bytes = utf8(text);
    charge(hashSetUnits + bytes.length * digestUnits);
    return encodeHex(hash(bytes));
  });
}

function keyed(hash: Hash): OpaBuiltin {
  return textBuiltin(2, ([text, key], { charge }) => {
    const [data, secret] = [utf8(text), utf8(key)];
    charge(3 * hashSetUnits + (data.length + secret.length) * digestUnits);
    return encodeHex(keyedDigest(hash, { key: secret, data }));
  });
}

export const codingBuiltins: readonly (readonly [string, OpaBuiltin])[] = [
  ["hex.encode", textBuiltin(1, ([text]) => encodeHex(utf8(text)))],
  ["hex.decode", hexDecode],
  ["base64url.encode_no_pad", base64UrlNoPad],
  ["urlquery.encode", urlEncode],
  ["urlquery.decode", urlDecode],
  ["json.is_valid", isJson],
  ["crypto.md5", digest(md5)],
  ["crypto.sha1", digest(sha1)],
  ["crypto.sha256", digest(sha256)],
  ["crypto.hmac.md5", keyed(md5)],
  ["crypto.hmac.sha1", keyed(sha1)],
  ["crypto.hmac.sha256", keyed(sha256)],
  ["crypto.hmac.equal", textBuiltin(2, ([left, right]) => left === right)],
];
