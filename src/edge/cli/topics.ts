/**
 * Texts of `help TOPIC`: everything a person needs on a host without network. They state what this
 * build does, nothing that is planned.
 *
 * @module
 */
import { type ErrorCode, errorTable } from "../../core/errors.ts";
import { checksTopic } from "./checks_topic.ts";
import { overridesTopic } from "./overrides_topic.ts";
import { trustTopic } from "./trust_topic.ts";
import { type OperationType, operationTypes } from "../../core/operation/operation.ts";

export interface Topic {
  readonly name: string;
  readonly summary: string;
  /** At most 80 columns, no line end at the end. */
  readonly render: () => string;
}

export function findTopic(name: string): Topic | null {
  return topics.find((topic) => topic.name === name) ?? null;
}

export const topics: readonly Topic[] = [
  { name: "exit-codes", summary: "Exit statuses and error codes", render: exitCodes },
  { name: "environment", summary: "Variables that are read", render: () => environment },
  { name: "operations", summary: "Types of operations and what each does", render: operations },
  { name: "agents", summary: "Claude Code, Codex and other hosts", render: () => agents },
  { name: "policy", summary: "What .scalpel/policy.yaml may say", render: () => policy },
  { name: "formats", summary: "Tables, JSON and what to parse", render: () => formats },
  {
    name: "permissions",
    summary: "What the program gives up before it decides",
    render: () => permissions,
  },
  {
    name: "trust",
    summary: "Which policy counts, and what is only detected",
    render: () => trustTopic,
  },
  {
    name: "overrides",
    summary: "How a person approves an exception",
    render: () => overridesTopic,
  },
  {
    name: "checks",
    summary: "How to write a check in WebAssembly, try it and pin it",
    render: () => checksTopic,
  },
];

function exitCodes(): string {
  return `${exitStatuses}\n\nERROR CODES BY EXIT STATUS\n\n${errorLines().join("\n")}`;
}

function errorLines(): string[] {
  const codes = Object.entries(errorTable) as [ErrorCode, { readonly exit: number }][];
  const statuses = [...new Set(codes.map(([, { exit }]) => exit))].sort((a, b) => a - b);
  return statuses.flatMap((status) =>
    codes.filter(([, { exit }]) => exit === status).map(([code], i) =>
      `${(i === 0 ? String(status) : "").padStart(4)}  ${code}`
    )
  );
}

const exitStatuses = `EXIT STATUSES

   0  allow; success; the log verifies
   1  could not decide or could not look: treat as deny
   2  deny
   3  the policy or the input is invalid
   4  ask: a person must approve first; deny until then
   5  tampering: the policy or the log is not what it was
  64  the command line is wrong

Only 0 is a yes. A batch exits with the worst of its answers, in the order
5, 3, 1, 2, 4, 0. An answer that could not be written exits 1.

VERDICTS OF THE LOG

   0  OK             verifies, and continues an anchor that was kept elsewhere
   0  OK-UNANCHORED  verifies, but nothing outside this host vouches for its end
   0  UNCLEAN-END    verifies up to an end that a crash left unfinished
   0  FRONT-PRUNED   verifies, and its oldest segments were removed, as it says
   1  UNVERIFIABLE   another secret, or the secret of some entries is not here
   5  TAMPERED       an entry was edited, removed, inserted or moved
   5  ROLLBACK       the log ends before, or is not, what was seen of it
   5  FORK           verifies, but an anchor knows another history
   5  FOREIGN-LOG    this is the log of another install
   5  MISSING        there was a log, or a part of it, and it is gone`;

const environment = `ENVIRONMENT

The audit secret is taken from the first of these that is set:

  SCALPEL_AUDIT_SECRET_FILE  a file that only this user can read, outside the
                             workspace
  CREDENTIALS_DIRECTORY      systemd: the credential scalpel_audit_secret
  SCALPEL_AUDIT_SECRET_FD    number of an inherited descriptor to read from
  SCALPEL_AUDIT_SECRET       the secret itself; every process of this user can
                             read it, so a warning is printed
  (none)                     the key that "sealward init" made

A secret is the bytes given, less one newline at the end; after "hex:" or
"base32:" it is decoded. Fewer than 32 bytes and well-known defaults are
refused.

The secret of an authenticator app for approvals without a name is taken from
SCALPEL_TOTP_SECRET_FILE, the systemd credential scalpel_totp_secret,
SCALPEL_TOTP_SECRET_FD or SCALPEL_TOTP_SECRET, by the same rules, and from
nowhere else. Without a prefix it is base32; it has at least 20 bytes.

  XDG_STATE_HOME, HOME       where keys and the log's mark live:
                             \${XDG_STATE_HOME:-~/.local/state}/sealward/ID;
                             /var/lib/sealward/ID for root
  NO_COLOR                   not empty: no colour
  FORCE_COLOR, CLICOLOR_FORCE
                             not empty, not 0: colour though it is no terminal
  TERM                       "dumb": no colour
  LC_ALL, LC_CTYPE, LANG     not UTF-8: everything beyond ASCII is escaped

  SCALPEL_ROOT               the project root, where --root is not given
  SCALPEL_SERVER, SCALPEL_TOKEN_FILE, SCALPEL_SERVER_KEY_FILE
                             as the flags of check; "exec --serve" sets them;
                             people who approve give --token-file themselves
  COLUMNS                    width of tables
  CLAUDE_CONFIG_DIR, CODEX_HOME, GEMINI_CLI_HOME, COPILOT_HOME
                             where a host keeps this user's settings, for
                             "hook install", "uninstall" and "status"

--color wins over these. No variable changes what a policy says; SCALPEL_ROOT,
HOME and XDG_STATE_HOME choose which install a command speaks of.`;

function operations(): string {
  const rows = operationTypes.map((type) => `  ${type.padEnd(18)}${operationNotes[type]}`);
  return `OPERATIONS\n\n${rows.join("\n")}\n\n${operationEnd}`;
}

const operationNotes: Readonly<Record<OperationType, string>> = {
  file_read: "reads each file",
  file_write: "writes each file",
  file_create: "creates each file",
  file_delete: "deletes each file or folder",
  file_rename: "sources, then the target: deletes, then creates",
  file_copy: "sources, then the target",
  file_link: "what it points to, then the link",
  chmod: "changes modes",
  chown: "changes owners",
  code_modification: "writes each file",
  command: "a command line of bash: everything it would start",
  tool_call: "a tool: unverified, but for the files beside it",
  network: "connects to metadata.url or metadata.host",
};

const operationEnd = `Any other type is denied unless the policy names it under operations.custom. A
diff adds the files it names.

COMMANDS

A command line is read as bash would read it: programs, redirections, variables,
folders, globs, substitutions, wrappers and inner shells become effects on
paths. Nothing is run to find out. What remains is one of these:

  unverified  it cannot be known what runs, or which path is changed: "rm $X".
              enforcement.on_unverified says deny or ask
  opaque      it is known what runs and not what that does: code, a program
              nobody described, a script an agent has just written.
              commands.opaque says deny, ask or allow
  possible    a program may change a file and need not: where that file is
              protected, the command is opaque

No doubt takes a denial back. A rule with match.commands denies, asks about or
lets pass programs by their words; "ask" is exit 4, a denial until a person
agrees. Tests, builds and scripts that people wrote are let run; what they do
then is not seen.`;

const agents = `AGENTS

  sealward init                         a policy that observes
  sealward hook install claude-code     or codex, gemini, cursor, copilot,
                                        vscode: asks, writes, and proves it
  (work)
  sealward report                       what was done, and would be denied
  sealward report --proposed-policy proposed.yaml
                                        the same policy enforced, with the
                                        exceptions that this work would need

  sealward hook status claude-code      PROTECTED, DRIFT or UNPROVEN
  sealward explain --host claude-code   what the host does with each verdict and
                                        failure, and which hole remains
  sealward hook uninstall claude-code   takes out what was put in
  sealward hook generic                 for any other host: JSON in, JSON out

A hook exits 0 or 2. What it cannot read, judge or deliver within 5 s is denied.
It sees what its host tells it, and nothing of a host started without it.`;

const policy = `POLICY

.scalpel/policy.yaml. Every key but version may be left out.

  version: "1.0"
  enforcement:
    enabled: true              # false: only Sealward's own files are guarded
    fail_closed: true          # false changes nothing about tampering
    mode: enforce              # or observe: decide and record, but allow
    on_unverified: deny        # or ask: effects that cannot be known
    default: allow             # or deny: what no rule speaks of
  limits:                      # whole numbers; 0 means 0
    max_complexity: 10
    max_file_size: 10000       # bytes
    max_changes_per_operation: 100
    max_files_per_operation: 20
  protected:
    files: ["*.env", "keys/"]  # no operation but reading
    secret_files: [id_rsa]     # not even reading
    operations: [delete, chmod, chown]
  commands:
    opaque: deny               # or ask, allow: code that nobody can read
  operations:
    custom:                    # names of your own, with what they do to files
      file_archive: [read, create]
  rules:                       # of your own
    - id: no-push              # in answers: rules.no-push
      match:                   # every key must fit
        commands: ["git push *"]
      effect: ask              # or deny, or warn
      severity: HIGH
      reason: A person pushes
  budgets:                     # over many operations, counted from the log
    - {id: deletes, count: deletes, per: session, max: 20}
  checks:                      # modules of your own: sealward help checks
  overrides:                   # who may approve what is denied
    approvers: [{name: maria}] # then: sealward override enroll maria

Patterns are those of .gitignore without "!": no slash matches a name at any
depth, a slash anchors at the root, "*" stays within a name, "**" crosses
folders. A pattern covers everything below what it matches.
Keys of match are types, verbs, files, commands, tools and principals; under
after and without they speak of earlier operations, within a session, hour or
day. A rule with mode: observe only says what it would have said.

Everything under .scalpel/, the files scalpel.policy.yaml, budget.yaml and
overrides.yaml, and settings that can switch an agent's guards off are
protected always; no rule opens them. A rule that asks or warns lets pass what
it names outside the project, in a tool or in a command; one that denies wins.

Unknown keys, duplicate keys, aliases and tags are refused with file, line and
column; nothing is decided by a half-read policy.

  sealward policy lint     what is wrong, or has no effect, and where
  sealward explain         why something would be denied; what a code means
  sealward policy accept   a person accepts the policy as it is; or: policy sign
  sealward policy lock     makes the policy's files read-only; unlock undoes it
  sealward policy schema   JSON Schema for editors`;

const formats = `FORMATS

  --format table   for people (default); the words ALLOW, ASK and DENY are
                   always there, colour or not
  --format json    one indented JSON document; --json is the same
  --format jsonl   one JSON document per line, where a command offers it
  --format html    one page for a browser, without script or request: "report"
  --format sarif, github
                   "policy lint": for code scanning, and for CI jobs
  --as jsonl, csv, ocsf
                   "audit export": one row an entry, each with its line of the
                   log; docs/export.md has the fields

Answers go to stdout; in table form, errors go to stderr. With JSON a failure
is a document on stdout as well:

  {"schema_version": 1, "decision": "deny", "allowed": false,
   "error": {"code": "...", "message": "...", "hint": "..."}, "exit": 3}

Parse codes and fields, never messages: codes are kept, messages may change.
Within one schema_version fields are only added. "allowed" is true for allow
alone. Control and direction characters from outside are escaped in every form;
in a terminal, tables are cut to its width, JSON never.`;

const permissions = `PERMISSIONS

The program starts with more rights than it needs to decide, because it must
first find its keys and its log. Before it reads the first byte of an operation
it gives up:

  writing          everything but the log, the folder beside it, the log's mark
                   and output files named on the command line
  running programs, foreign functions, imports
  environment variables and system information
  network          unless it serves or asks a server; then all but 127.0.0.1 and
                   [::1]

It then asks whether they are gone and refuses to go on if not
(permissions_unsealed, exit 1).

  sealward doctor --permissions   the table before and after

This limits what a fault in the program can do. It does not limit what another
program of the same user can do: see "sealward help trust".`;
