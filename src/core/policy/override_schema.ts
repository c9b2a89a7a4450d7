/**
 * Keys of `overrides`, in policy.yaml or in overrides.yaml beside it. override/SPEC.md, section 1.
 *
 * @module
 */
import {
  maxApproverKeys,
  maxApprovers,
  maxPathCharacters,
  maxSshKeyLineCharacters,
} from "../limits.ts";
import { grantKinds } from "../override/terms.ts";
import type { SchemaNode } from "./schema_node.ts";

const approver = {
  kind: "section",
  keys: {
    name: {
      kind: "text",
      isRequired: true,
      maxCharacters: 32,
      shape: /^[a-z][a-z0-9_.-]{0,31}$/,
      wanted: {
        what: "the name of an approver",
        hint: "names start with a lower-case letter; letters, digits and _ . - follow",
      },
    },
    totp: {
      kind: "boolean",
      default: null,
    },
    enrolment: {
      kind: "text",
      isRequired: false,
      maxCharacters: 32,
      shape: /^[0-9a-f]{32}$/,
      wanted: {
        what: "the id of an enrolment, 32 hex digits in lower case",
        hint: "sealward override enroll prints it; write it in quotes",
      },
    },
    ssh_keys: {
      kind: "strings",
      minItems: 0,
      maxItems: maxApproverKeys,
      maxCharacters: maxSshKeyLineCharacters,
    },
  },
} as const satisfies SchemaNode;

export const overrideSection = {
  kind: "section",
  isOptional: true,
  keys: {
    approvers: {
      kind: "sections",
      maxItems: maxApprovers,
      item: approver,
    },
    unnamed_approver: {
      kind: "boolean",
      default: false,
    },
    request_seconds: {
      kind: "number",
      minimum: 30,
      maximum: 86_400,
      default: 300,
    },
    grant_minutes: {
      kind: "number",
      minimum: 1,
      maximum: 1_440,
      default: 30,
    },
    max_requests_per_hour: {
      kind: "number",
      minimum: 1,
      maximum: 1_000,
      default: 30,
    },
    same_uid: {
      kind: "choice",
      values: ["allow", "deny"],
      default: "allow",
    },
    grants: {
      kind: "words",
      values: grantKinds,
      minItems: 1,
      maxItems: grantKinds.length,
    },
    inbox: {
      kind: "text",
      isRequired: false,
      maxCharacters: maxPathCharacters,
      // No folder but the root has two names, and the root is no inbox.
      shape: /^(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/,
      wanted: {
        what: "the absolute path of a folder",
        hint: "begin with a slash; no slash at the end, no . and no ..",
      },
    },
  },
} as const satisfies SchemaNode;

/** The whole of overrides.yaml. */
export const overrideFileSchema = {
  kind: "section",
  minKeys: 1,
  keys: { overrides: overrideSection },
} as const satisfies SchemaNode;
