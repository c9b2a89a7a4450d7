/**
 * Error codes about the process, the server and its callers.
 *
 * @module
 */
import type { CodeText } from "./code_text.ts";

export const machineErrorTexts = {
  permissions_unsealed: {
    means: "The process could not give up its permissions, so that it refused to decide.",
    why: "It runs with other flags than the compiled ones, or the runtime did not revoke one.",
    fix: "Use the compiled program. `sealward doctor --permissions` shows before and after.",
  },
  environment_unsafe: {
    means:
      "The server did not start: a variable would change where it listens or whom it believes.",
    why: "DENO_SERVE_ADDRESS or DENO_TRUST_PROXY_HEADERS is set and could not be removed.",
    fix: "Start it with a cleared environment: env -i, or a unit file.",
  },
  server_unreachable: {
    means: "The server that decides did not answer. Treat it as denied.",
    why: "It is not running, listens elsewhere, or took too long.",
    fix: "Start it with `sealward serve`, or compare --server and SCALPEL_SERVER.",
  },
  server_untrusted: {
    means: "Something answered, and it is not the server this client knows.",
    why: "The signature over the answer is missing, of another key, or to another question.",
    fix: "Look who listens on that port. After a new install the client needs the new public key.",
  },
  exec_failed: {
    means: "`exec` could not look, or the engine beside the program ended before it.",
    why:
      "No install, a log that cannot be read, no place for the token, or the engine was stopped.",
    fix: "Read the lines above it; `sealward doctor` looks at all of it.",
  },
  exec_refused: {
    means: "`exec` did not start the program.",
    why:
      "Policy, log or binary is not as it should be, the program could read the engine's keys, " +
      "or what was named is a folder or may not be executed.",
    fix: "`sealward verify` says what is wrong; docs/containers.md has an arrangement that holds.",
  },
  exec_missing: {
    means: "There is no program of the name given to `exec`.",
    why: "The name is misspelled, not on PATH, or the interpreter of its first line is missing.",
    fix: "Give its full path.",
  },
  request_unauthenticated: {
    means: "The request carries no token, or one this server does not know.",
    why: "The Authorization header is missing or another install's.",
    fix: "Send `Authorization: Bearer TOKEN`; `sealward status` names where the tokens lie.",
  },
  request_forbidden: {
    means: "The request may not be made by this caller or from this place.",
    why:
      "The agent's token was used for what needs the operator's, a browser sent it from another " +
      "origin, or the Host header is not the server's own.",
    fix: "Use the operator's token, from a program on this host.",
  },
  request_not_found: {
    means: "There is no such route.",
    why: "The path is misspelled, or another version's.",
    fix: "Compare the routes in the README; decisions are asked at POST /v1/check.",
  },
  request_method: {
    means: "The route exists, and not for this method.",
    why: "A decision was asked with GET, for example.",
    fix: "The Allow header of the answer lists the methods.",
  },
  request_too_large: {
    means: "The body is larger than is read.",
    why: "Bodies have the limits of operations: 1 MiB for one of them.",
    fix: "Send less, or several requests.",
  },
  request_media_type: {
    means: "The body is not declared as plain JSON in UTF-8.",
    why: "Content-Type is missing or another, or the body is compressed.",
    fix: "Send `Content-Type: application/json` and no Content-Encoding.",
  },
  request_timeout: {
    means: "The body did not arrive in time.",
    why: "A slow or stopped sender would keep a place that others need.",
    fix: "Send the request in one piece.",
  },
  request_busy: {
    means: "The server works on as many calls as it takes at once. Treat it as denied.",
    why: "Many agents ask at the same time, or one of them asks without waiting.",
    fix: "Ask again after a moment.",
  },
  request_limited: {
    means: "Too many calls came with a wrong token; this was one more.",
    why: "Somebody guesses tokens, or a client reads the wrong token file.",
    fix: "Use the right token, which is never refused for this, or wait a minute.",
  },
  request_conflict: {
    means: "The call contradicts an earlier one, or what it is about is over.",
    why:
      "An Idempotency-Key came with another body than before, or the request was answered, has " +
      "expired or was cancelled meanwhile.",
    fix: "Ask where the request stands; for another request send another key.",
  },
  resources_exhausted: {
    means: "There was not enough memory, time or descriptors to decide. Treat it as denied.",
    why: "The system is out of them, or the question concerns more than can be looked at in time.",
    fix: "Free what is short; ask about less at once.",
  },
  output_unwritable: {
    means: "The answer was made and could not be handed over. Treat it as denied.",
    why: "The reader is gone, the disk is full, or the file that was named cannot be made.",
    fix: "Look at what the output goes to. The decision itself is in the log.",
  },
  internal: {
    means: "Something happened that nobody foresaw. Treat it as denied.",
    why: "It is a fault in Sealward.",
    fix: "Keep the message and what was asked, and report it.",
  },
  guard_unsafe: {
    means: "What a guarded install relies on may have been written by somebody else than root.",
    why: "A file or folder below /etc/sealward, or one above it, has another owner or may be " +
      "written by the group or others; or it is a link.",
    fix: "The message names it. Give it back to root, look what changed in it, then ask again.",
  },
  wrong_user: {
    means: "This command must be run by another user here.",
    why:
      "A guarded install has a user of its own: what another one writes there, the engine could " +
      "not use afterwards.",
    fix: "The message names the user: `sudo -u USER sealward ...`.",
  },
} as const satisfies Readonly<Record<string, CodeText>>;
