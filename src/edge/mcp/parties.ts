/**
 * Whom each HTTP request is part of: what its client and the server have between them, and what is known
 * of the server's tools.
 *
 * @module
 */
import type { Sha256 } from "../../core/ports.ts";
import { CallJudge } from "./call_judge.ts";
import { Conversation } from "./conversation.ts";
import type { McpGuard } from "./mcp_guard.ts";

export interface Party {
  readonly judge: CallJudge;
  readonly conversation: Conversation;
  /** The server said that its tools are others, or its session is another one. */
  readonly forgetTools: () => void;
  /** What goes on under the session that the server has just given its client. */
  readonly beginSession: (session: string) => Conversation;
}

export interface PartyOptions {
  readonly guard: McpGuard;
  readonly sha256: Sha256;
  readonly approvalUrl: string | null;
}

interface Parties {
  readonly find: (headers: Headers) => Party;
  /** Nothing more comes from the server. */
  readonly end: () => void;
}

/** What is remembered of each kind; the oldest goes, and its tools are asked for again. */
const maxConversations = 256;

export function createParties({ guard, sha256, approvalUrl }: PartyOptions): Parties {
  const judges = createNewest(() => new CallJudge(guard, sha256, approvalUrl));
  const conversations = createNewest(() =>
    new Conversation(({ ticket }) => {
      if (ticket !== null) guard.report(ticket, "failed");
    }), (oldest) => oldest.end());
  const forget = (session: string) => {
    // What one account is told of the server's tools holds for the others of its session.
    for (const [key, { tools }] of judges.entries()) {
      if (key.startsWith(`${session}\0`)) tools.forget();
    }
  };
  return {
    find: (headers) => {
      const session = headers.get("mcp-session-id") ?? "";
      const account = headers.get("authorization") ?? "";
      return {
        // A session outlives a token that is renewed.
        conversation: conversations.find(session === "" ? `\0${account}` : session),
        // SECURITY: to another account a tool may be another.
        judge: judges.find(`${session}\0${account}`),
        forgetTools: () => forget(session),
        beginSession: (begun) => {
          const conversation = conversations.find(begun);
          // A server may count its sessions, and count anew.
          conversation.end();
          forget(begun);
          return conversation;
        },
      };
    },
    end: () => {
      for (const [, conversation] of conversations.entries()) conversation.end();
    },
  };
}

interface Newest<T> {
  readonly find: (key: string) => T;
  readonly entries: () => Iterable<readonly [string, T]>;
}

/** The last ones that were asked for, by key; `end` gets what has to go for another. */
function createNewest<T>(begin: () => T, end: (oldest: T) => void = () => {}): Newest<T> {
  const all = new Map<string, T>();
  return {
    find: (key) => {
      const found = all.get(key) ?? begin();
      all.delete(key);
      all.set(key, found);
      const [oldest] = all;
      if (all.size > maxConversations && oldest !== undefined) {
        all.delete(oldest[0]);
        end(oldest[1]);
      }
      return found;
    },
    entries: () => all.entries(),
  };
}
