/**
 * Policies to begin with, as text.
 *
 * @module
 */

/**
 * What `init` writes: it teaches, and it observes until a human has seen what it would deny.
 * Begins with the modeline that gives editors the schema beside it.
 */
export const starterPolicy = `# yaml-language-server: $schema=./policy.schema.json
# What AI agents may do in this project. Every change counts only after:
#   sealward policy accept
version: "1.0"

enforcement:
  # observe: allow everything, and log what would have been denied. Sealward's own files
  # are protected all the same. When the log looks right, write: enforce
  mode: observe
  fail_closed: true # when anything goes wrong, the answer is deny
  on_unverified: ask # what cannot be known; deny for agents that nobody watches

commands:
  opaque: ask # code and scripts that nobody can read; deny for agents that nobody watches

# Upper bounds of one operation. 0 allows none; remove a line for no limit.
limits:
  # max_complexity: 50 # Python, JavaScript, TypeScript; hooks ask about code nobody measures
  max_file_size: 1000000 # bytes
  max_changes_per_operation: 5000 # lines

protected:
  # May be read, and nothing else. A name without a slash counts at any depth; a path with
  # one starts at the project's root. Always in quotes: YAML reads * as something else.
  files:
    - "*.env"
    - ".env.*"
    - "*.pem"
    - "*.key"
    - "*.p12"
    - "id_rsa"
    - "id_ecdsa"
    - "id_ed25519"

  # Not even to be read:
  # secret_files: ["id_rsa", "secrets/"]

  # Denied on every file, e.g. "delete", "chmod", "chown".
  operations: []

# Rules of your own: deny, ask or warn. Every key of match must fit. What an ask or warn rule
# lists by files, tools or commands is allowed where only a default stands against it.
rules:
  - id: temporary-files
    match: {types: [command], files: ["//tmp/"]} # nothing else outside the project
    effect: warn
    severity: LOW
#  - id: no-push
#    match: {commands: ["git push *"]}
#    effect: ask
#    reason: A person pushes
#  - id: no-leak
#    mode: observe # try a rule out: it only says what it would have done
#    match: {verbs: [connect], after: {verbs: [read], files: ["secrets/"], within: session}}

# Bounds over many operations of one agent, counted from the log:
#budgets:
#  - {id: deletes, count: deletes, per: session, max: 20, effect: ask}

# Who may approve what was denied or asked; then: sealward override enroll maria
#overrides:
#  approvers: [{name: maria}]
`;

/** The policy of the guide, byte by byte. */
export const guidePolicy = `# .scalpel/policy.yaml
version: "1.0"

# Policy enforcement settings
enforcement:
  enabled: true
  fail_closed: true  # Deny all on tamper detection

# Complexity limits
limits:
  max_complexity: 10
  max_file_size: 10000
  max_changes_per_operation: 100

# Protected resources
protected:
  files:
    - "*.config"
    - "*.env"
    - ".scalpel/*"
  
  operations:
    - "delete"
    - "chmod"
    - "chown"
`;

/** An example of policy tests that passes with either policy, observed or enforced. */
export const exampleTests = `# Tests of the policy beside this folder: sealward test
# A case is an operation and what must come of it, reasons included. docs/policy-tests.md
schema_version: 1
mode: enforce # as if enforcement.mode said so; leave it out to test the policy as it is written

cases:
  - name: source files may be written
    operation: {type: file_write, affected_files: ["src/app.ts"]}
    expect: {decision: allow}

  - name: environment files may not
    operation: {type: file_write, affected_files: ["deploy/prod.env"]}
    expect: {decision: deny, violated_policies: [protected.files]}

  - name: nor by a command
    operation: {type: command, command: "cp deploy/example.txt deploy/prod.env"}
    # All there is in the project, for this case; without it the files that are really there count.
    files: [{path: "deploy/example.txt", content: "PORT=8080\\n"}]
    expect: {decision: deny, violated_policies: [protected.files]}

  - name: settings that switch a guard off are closed, whatever the policy says
    operation: {type: file_write, affected_files: [".claude/settings.json"]}
    expect: {decision: deny, violated_policies: [builtin.files]}
`;
