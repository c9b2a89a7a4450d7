/**
 * A person at a terminal with an authenticator app, and with the binary alone: what they know they have
 * read on the screen.
 */
import { assert, assertEquals } from "@std/assert";
import { decodeBase32 } from "@std/encoding/base32";
import { totpHmac } from "../../src/adapter/totp_hmac.ts";
import { hotp, stepAt } from "../../src/core/override/totp.ts";
import type { PtyAnswer, PtyOutcome } from "./pty.ts";

/** Runs `sealward override ARGS` at a pseudo-terminal. */
export type AtTerminal = (
  args: readonly string[],
  answers: readonly PtyAnswer[],
) => Promise<PtyOutcome>;

export const why = "agreed in review";

/** A person with an app; no step's code is given twice. */
export interface Person {
  readonly code: () => string;
  readonly recovery: readonly string[];
}

/** The first group of the last match. */
export function lastMatch(text: string, pattern: RegExp): string {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  assert(found !== undefined, `no ${pattern} in ${text}`);
  return found;
}

/** Enrols `ada` by the secret on the screen. */
export async function enrolAda(atTerminal: AtTerminal): Promise<Person> {
  let used = 0;
  let key = new Uint8Array();
  // The engine takes one step to either side of now, and each step once.
  const code = () => {
    const now = stepAt(Date.now() / 1_000);
    used = Math.max(used + 1, now - 1);
    assert(used <= now + 1, "the test asks for more codes than there are");
    return hotp(used, { key, algorithm: "SHA1", hmac: totpHmac, digits: 6 });
  };
  const { exit, screen } = await atTerminal(["enroll", "ada"], [{
    after: "Code of the new app",
    type: (shown) => {
      key = new Uint8Array(decodeBase32(lastMatch(shown, /[?&]secret=([A-Z2-7]+)/g)));
      return `${code()}\r`;
    },
  }]);
  assertEquals(exit, 0, screen);
  const recovery = screen.match(/\b[0-9A-Z]{2,8}(?:-[0-9A-Z]{2,8}){3,}\b/g) ?? [];
  return { code, recovery };
}

/** What is asked before the proof, answered from the screen; then the proof. */
export function answers(last: PtyAnswer): readonly PtyAnswer[] {
  return [
    { after: "Why?", type: `${why}\r` },
    {
      after: "Retype its phrase:",
      type: (screen) => `${lastMatch(screen, /phrase: (\S+)/g).toLowerCase().replace("-", "")}\r`,
    },
    last,
  ];
}
