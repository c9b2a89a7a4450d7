/**
 * What a person sends to answer a request.
 *
 * @module
 */

/** How the answer came: each has guesses of its own, so that no road locks another. */
export type Channel = "console" | "server" | "inbox";

/** How far it should reach. */
export type WantedGrant =
  | { readonly kind: "once" }
  | { readonly kind: "session" }
  /** Files the operation's effects may name, as in `protected.files`. */
  | { readonly kind: "pattern"; readonly pattern: string };

/** What shows who approves. */
export type Proof =
  /** Exactly as typed; `approver` null is the one without a name. */
  | { readonly kind: "totp"; readonly approver: string | null; readonly code: string }
  | { readonly kind: "recovery"; readonly approver: string; readonly code: string }
  /** Armored (PROTOCOL.sshsig), over approvalText. */
  | { readonly kind: "ssh"; readonly signature: Uint8Array };

export interface Approval {
  readonly requestId: string;
  /** Retyped by the person, hyphen and case aside; see codePhrase. */
  readonly phrase: string;
  readonly justification: string;
  readonly grant: WantedGrant;
  readonly proof: Proof;
  readonly channel: Channel;
}
