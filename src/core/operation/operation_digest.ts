/**
 * The name of an operation: what a decision is about and an approval is bound to.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { canonicalize } from "@std/json/canonicalize";
import type { Sha256 } from "../ports.ts";
import { encodeOperation } from "./encode_operation.ts";
import type { Operation } from "./operation.ts";

/**
 * `sha256:` and 64 hex digits: SHA-256 over the UTF-8 of the RFC 8785 form of the wire form,
 * without `timestamp`, `correlation_id` and `agent.session`. Those say when and in which
 * conversation, not what; asking again must find the earlier answer.
 */
export function operationDigest(operation: Operation, sha256: Sha256): string {
  return `sha256:${encodeHex(sha256(encodeNamed(operation)))}`;
}

/** What is hashed; for whoever cannot hash synchronously. */
export function encodeNamed(operation: Operation): Uint8Array<ArrayBuffer> {
  const name = operation.agent?.name ?? null;
  const named: Operation = {
    ...operation,
    timestamp: null,
    correlationId: null,
    agent: name === null ? null : { name, session: null },
  };
  return new TextEncoder().encode(canonicalize(encodeOperation(named)));
}
