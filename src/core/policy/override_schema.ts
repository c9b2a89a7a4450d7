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

const since = "0.1.0";

const approver = {
  kind: "section",
  description: "One person who may approve: by codes of an app, by SSH keys, or by both.",
  since,
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
      examples: ["maria"],
      description: "Name of the person in enrolments, answers and the log; used once.",
      since,
    },
    totp: {
      kind: "boolean",
      default: null,
      description: "Codes of the enrolment under this name count. true where ssh_keys has no " +
        "line, else false.",
      since,
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
      examples: ["3f2a9c0d5e1b47788c6d0f1e2a3b4c5d"],
      description: "The one enrolment that counts; without it the one that stands.",
      since,
    },
    ssh_keys: {
      kind: "strings",
      minItems: 0,
      maxItems: maxApproverKeys,
      maxCharacters: maxSshKeyLineCharacters,
      examples: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI... maria@laptop"],
      description: "Public keys whose signatures count: lines of authorized_keys without options.",
      since,
    },
  },
} as const satisfies SchemaNode;

export const overrideSection = {
  kind: "section",
  isOptional: true,
  description: "Who may approve an exception, and which.",
  since,
  keys: {
    approvers: {
      kind: "sections",
      maxItems: maxApprovers,
      description: "People who may approve. An enrolment or a key that no line names is nothing.",
      since,
      item: approver,
    },
    unnamed_approver: {
      kind: "boolean",
      default: false,
      description: "The secret of SCALPEL_TOTP_SECRET or its file counts, for nobody by name.",
      since,
    },
    request_seconds: {
      kind: "number",
      minimum: 30,
      maximum: 86_400,
      default: 300,
      description: "How long a request waits for its answer.",
      since,
    },
    grant_minutes: {
      kind: "number",
      minimum: 1,
      maximum: 1_440,
      default: 30,
      description: "How long an approval can be used.",
      since,
    },
    max_requests_per_hour: {
      kind: "number",
      minimum: 1,
      maximum: 1_000,
      default: 30,
      description: "Requests of one principal; denials past them offer no approval.",
      since,
    },
    same_uid: {
      kind: "choice",
      values: ["allow", "deny"],
      default: "allow",
      description:
        "deny refuses approvals that the asker's own user could have forged: all codes " +
        "and ordinary keys of a local install.",
      since,
    },
    grants: {
      kind: "words",
      values: grantKinds,
      minItems: 1,
      maxItems: grantKinds.length,
      description: "How far an approval may reach; left out, once. session and pattern count in " +
        "a signed policy only.",
      since,
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
      examples: ["/var/lib/sealward-inbox"],
      description: "Folder in which signed approvals may be laid.",
      since,
    },
  },
} as const satisfies SchemaNode;

/** The whole of overrides.yaml. */
export const overrideFileSchema = {
  kind: "section",
  minKeys: 1,
  description: "Overrides in a file of their own.",
  since,
  keys: { overrides: overrideSection },
} as const satisfies SchemaNode;
