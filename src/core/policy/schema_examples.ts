/**
 * Examples of values, for editors that complete them. They stand apart as the texts do, and are found
 * like them.
 *
 * @module
 */
import { type Json, operationTypes } from "../operation/operation.ts";
import { operationNames } from "./operation_names.ts";

export const schemaExamples: Readonly<Record<string, readonly Json[]>> = {
  "limits.max_complexity": [10],
  "limits.max_file_size": [1000000],
  "limits.max_changes_per_operation": [5000],
  "limits.max_files_per_operation": [20],
  "protected.files": ["*.env", "*.pem", "secrets/", "config/*.yaml"],
  "protected.operations": operationNames,
  "protected.secret_files": ["*.pem", "id_rsa", "secrets/"],
  "operations.custom": [{ "deploy": ["execute", "connect"] }],
  "rules[].id": ["no-push"],
  "rules[].description": ["Pushing is a person's step"],
  "types": operationTypes,
  "files": ["/tmp/", "src/**/*.sql"],
  "tools": ["mcp__*"],
  "match.principals": ["token:agent", "uid:*"],
  "principals": ["token:operator", "uid:0"],
  "rules[].reason": ["Ask a maintainer before changing the schema"],
  "checks[].id": ["no-secrets"],
  "checks[].description": ["Keys are not committed"],
  "checks[].file": ["secrets.wasm"],
  "sha256": ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  "checks[].entrypoint": ["policy/deny"],
  "checks[].settings": [{ "max": 10 }],
  "checks[].data.file": ["roles.json"],
  "checks[].tests[].operation": [{
    "type": "file_write",
    "affected_files": ["a.ts"],
    "content": "",
  }],
  "checks[].tests[].expect": [["aws_key"], [], 2],
  "budgets[].id": ["deletes-per-session"],
  "budgets[].description": ["Nobody needs to delete more than that unwatched"],
  "budgets[].max": [20],
  "budgets[].reason": ["Ask a person to clean up"],
  "mcp.servers": [{ "files": { "tools": { "read_file": { "verbs": ["read"] } } } }],
  "mcp.servers.*.tools": [{ "read_file": { "verbs": ["read"] } }],
  "*.arguments": [{ "source": ["delete"], "destination": ["create"], "content": [] }],
  "*.sha256": ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  "mcp.servers.*.methods": [{ "resources/read": { "verbs": ["read"] } }],
  "overrides.approvers[].name": ["maria"],
  "overrides.approvers[].enrolment": ["3f2a9c0d5e1b47788c6d0f1e2a3b4c5d"],
  "overrides.approvers[].ssh_keys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI... maria@laptop"],
  "overrides.inbox": ["/var/lib/sealward-inbox"],
  "match.commands": ["git push *", "rm *"],
  "after.commands": ["git push *", "rm *"],
  "without.commands": ["git push *", "rm *"],
};
