/**
 * What an authenticator app reads: a Key URI.
 *
 * @module
 */
import { encodeBase32 } from "@std/encoding/base32";
import { codeDigits, periodSeconds, type TotpAlgorithm } from "./totp_parameters.ts";

export interface OtpauthParts {
  /** Who checks the codes. */
  readonly issuer: string;
  /** Whose they are. */
  readonly account: string;
  readonly key: Uint8Array;
  readonly algorithm: TotpAlgorithm;
}

/**
 * `otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=ISSUER&algorithm=...&digits=6&period=30`.
 *
 * The form is Google Authenticator's wiki page "Key Uri Format": the issuer stands in the label for
 * older apps and as a parameter for newer ones; the secret has no padding.
 */
export function otpauthUri({ issuer, account, key, algorithm }: OtpauthParts): string {
  // A colon in either name would move the border between them.
  const [shownIssuer, shownAccount] = [issuer, account].map((name) =>
    encodeURIComponent(name.toWellFormed().replaceAll(":", "_"))
  );
  const parameters = [
    `secret=${secretLetters(key)}`,
    `issuer=${shownIssuer}`,
    `algorithm=${algorithm}`,
    `digits=${codeDigits}`,
    `period=${periodSeconds}`,
  ];
  return `otpauth://totp/${shownIssuer}:${shownAccount}?${parameters.join("&")}`;
}

/** The secret as apps take it by hand: base32 in capitals, without padding. */
export function secretLetters(key: Uint8Array): string {
  return encodeBase32(key).replace(/=+$/, "");
}
