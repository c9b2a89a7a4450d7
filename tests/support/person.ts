/**
 * People who enrol and approve at a pseudo-terminal, with an authenticator that is oathtool. Needs
 * `script` of util-linux, and oathtool.
 *
 *     const ada = await enrolAtTerminal([...program, "override", "enroll", "ada"]);
 *     await approveAtTerminal([...program, "override", "approve", id], { phrase, code: await ada.code() });
 */
import { assert, assertEquals } from "@std/assert";
import { type PtyOptions, type PtyOutcome, runInPty } from "./pty.ts";

export const periodSeconds = 30;

/** Seconds since 1970. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

export interface Authenticator {
  /** In base32, without blanks. */
  readonly secret: string;
  readonly recovery: readonly string[];
  readonly enrolment: string;
  /** What the app shows at a time, seconds since 1970; default now. */
  readonly code: (at?: number) => Promise<string>;
}

export async function oathCode(secret: string, at = nowSeconds()): Promise<string> {
  const { success, stdout } = await new Deno.Command("oathtool", {
    args: ["--totp", "-b", "-N", `@${at}`, secret],
  }).output();
  assert(success, "oathtool failed");
  return new TextDecoder().decode(stdout).trim();
}

export interface EnrolOptions extends Pick<PtyOptions, "cwd" | "env"> {
  /** Of the terminal; the code proven is the one before, which leaves two to approve with. */
  readonly at?: number;
  /** Asked for where the name is enrolled already. */
  readonly former?: string;
}

/** Enrols; throws the screen where that fails. */
export async function enrolAtTerminal(
  command: readonly string[],
  { at, former, ...options }: EnrolOptions = {},
): Promise<Authenticator> {
  let secret = "";
  const type = async (screen: string) => {
    secret = (/to type: ([A-Z2-7 ]+)/.exec(screen)?.[1] ?? "").replaceAll(" ", "");
    return `${await oathCode(secret, (at ?? nowSeconds()) - periodSeconds)}\r`;
  };
  const old = former === undefined ? [] : [{ after: "old app", type: `${former}\r` }];
  const { exit, screen } = await runInPty(command, {
    ...options,
    answers: [{ after: "Code of the new app, not shown:", type }, ...old],
  });
  assertEquals(exit, 0, screen);
  const recovery = screen.match(/[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}-[0-9A-Z]{6}/g) ?? [];
  const enrolment = /is enrolled: ([0-9a-f]{32})/.exec(screen)?.[1] ?? "";
  return { secret, recovery, enrolment, code: (when) => oathCode(secret, when) };
}

export interface Answer extends Pick<PtyOptions, "cwd" | "env" | "timeoutMs"> {
  readonly phrase: string;
  readonly code: string;
  readonly why?: string;
}

/** Sees the request, says why, retypes the phrase, types the code; whatever comes of it. */
export async function approveAtTerminal(
  command: readonly string[],
  { phrase, code, why = "agreed in review", ...options }: Answer,
): Promise<PtyOutcome> {
  return await runInPty(command, {
    ...options,
    answers: [
      { after: "Why", type: `${why}\r` },
      { after: "Retype its phrase", type: `${phrase}\r` },
      // What cannot be a code is asked for again.
      ...Array.from({ length: 3 }, () => ({ after: "ode of", type: `${code}\r` })),
    ],
  });
}
