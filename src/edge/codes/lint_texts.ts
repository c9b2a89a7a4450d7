/**
 * Every finding of `policy lint` that is no error, explained.
 *
 * @module
 */
import type { LintCode } from "../../core/policy/lint/weakness.ts";
import type { CodeTexts } from "./code_text.ts";

const harmless =
  "It costs nothing but a reader's time, and the next edit may change only one of them.";

export const lintTexts: CodeTexts<LintCode> = {
  pattern_repeated: {
    means: "The same pattern stands twice in one list.",
    why: harmless,
    fix: "Remove one of them.",
  },
  pattern_covered: {
    means: "Another pattern already says everything this one says.",
    why:
      "Whatever it matches the other one matches, for paths that exist and for those that do not. " +
      "This is only said where it is certain.",
    fix: "Remove it, or correct it if it was to say more.",
  },
  pattern_covers_all: {
    means: "The pattern matches every file of the project.",
    why: "* alone is any name at any depth, and what it matches is protected with all below it.",
    fix: "Name what is to be protected. To deny by default, set enforcement.default: deny.",
  },
  pattern_misspelled: {
    means:
      "The pattern matches nothing, and a name beside the place it points to differs in one letter.",
    why:
      "It protects a folder or file that does not exist, and probably not the one that was meant.",
    fix: "Compare the spelling with the name in the hint.",
  },
  pattern_unmatched: {
    means: "The pattern points to a place where nothing is yet.",
    why:
      "That is right for what comes later: patterns protect names before there are files. Only " +
      "patterns from the project's root are looked for.",
    fix: "Nothing, if the name is spelled as it will be.",
  },
  pattern_builtin: {
    means: "The engine protects these files without a line in the policy.",
    why: "Its own files and those that switch an agent's guard off are built in.",
    fix: "The line may stay; removing it changes nothing.",
  },
  operation_repeated: {
    means: "The same name stands twice under protected.operations.",
    why: harmless,
    fix: "Remove one of them.",
  },
  operation_covered: {
    means: "Another name under protected.operations stands for the same, or for more.",
    why: "rm and delete are two words for one verb, for example.",
    fix: "Keep the one that reads better.",
  },
  condition_repeated: {
    means: "A list of a rule says the same thing twice.",
    why: harmless,
    fix: "Remove one of them.",
  },
  condition_covered: {
    means: "An entry in a list of a rule is covered by another one.",
    why:
      "One of the list is enough to satisfy the condition, so that the narrower one adds nothing.",
    fix: "Remove the narrower one, or the wider one if it says too much.",
  },
  rule_repeated: {
    means: "Two rules have the same conditions.",
    why:
      "Of their answers the stricter counts, whatever the order, and both are read as if they did.",
    fix: "Join them into one.",
  },
  rule_shadowed: {
    means: "Leaving the rule out would change no verdict.",
    why:
      "Whenever it matches, another rule or something under protected matches too and is at least as " +
      "strict. This is only said where it is certain.",
    fix: "Remove it, or change the wider one: a deny cannot be softened by another rule.",
  },
  rule_unreachable: {
    means: "The rule can never match.",
    why: "Its conditions exclude each other: no effect on a file has one of these verbs.",
    fix: "Programs are named under commands, tools under tools. Leave files or verbs out.",
  },
  rule_unlikely: {
    means: "The rule matches only operations that carry more than their type says.",
    why:
      "An operation of these types has none of the effects the rule wants, unless a command, diff or " +
      "tool is sent along with it.",
    fix: "Compare types with the other conditions; leave types out if any operation is meant.",
  },
  rule_covers_all: {
    means: "The rule denies every file, command or tool there is.",
    why: "Its only condition matches anything.",
    fix: "Name which, or add another condition, such as verbs.",
  },
  command_syntax: {
    means: "A pattern of commands has quotes, operators or assignments in it.",
    why:
      "Patterns are words between blanks, of one program. A quote is read as a part of the word, and " +
      "no command has such a word.",
    fix:
      "Write the words alone: git push *. Chains of commands are taken apart before rules see them.",
  },
  principal_unknown: {
    means: "The rule is about somebody who never asks.",
    why: "Principals come from the edge that asks, never from the operation.",
    fix: 'Write "uid:1000", "token:agent", "library", or with a star: "uid:*".',
  },
  limit_denies_all: {
    means: "A limit of 0 denies every operation on a file.",
    why: "0 is a limit of none, not the absence of a limit.",
    fix: "Remove the line for no limit.",
  },
  default_denies_all: {
    means: "Under this policy nothing is ever allowed.",
    why: "The default is deny, and only rules with effect ask or warn that name files, tools or " +
      "commands take something from it.",
    fix: "Add such rules for what may be done.",
  },
  secret_in_policy: {
    means: "Something in the file looks like a password, token or key.",
    why:
      "The policy is committed, shown in terminals, and copied beside the log when it is accepted.",
    fix:
      "Take it out, and change it wherever it is used. If it is none, write it so that it shows less " +
      "like one.",
  },
  files_unprotected: {
    means: "The policy protects no file.",
    why:
      "protected.files and protected.secret_files are empty or absent. Sealward's own files are " +
      "protected all the same.",
    fix: "List what an agent must not change.",
  },
  approvers_none: {
    means: "The policy has a section overrides, and nobody in it can approve.",
    why: "Without approvers no denial offers a request. The secret of SCALPEL_TOTP_SECRET counts " +
      "only with unnamed_approver: true once there is such a section.",
    fix: "Name approvers, or remove the section. Where nobody shall approve, leave it as it is.",
  },
  approver_unnamed: {
    means: "The secret of SCALPEL_TOTP_SECRET approves beside approvers with names.",
    why: "Whoever knows it can approve, and the log can only say that it was somebody.",
    fix: "Enroll everybody by name, and remove unnamed_approver.",
  },
  approvers_same_uid: {
    means: "overrides.same_uid is deny, and no approver has a security key.",
    why: "In a local install the agent's own user could forge every other approval, so that none " +
      "counts, and no denial offers one. In a guarded install all of them count.",
    fix:
      "Name keys that want a touch (sk-ssh-ed25519) in ssh_keys, write same_uid: allow, or leave " +
      "it as it is where the policy is of a guarded install.",
  },
  inbox_shared: {
    means: "The folder for signed approvals lies below one that everybody can write.",
    why:
      "Whoever can write a folder above it can put another one in its place, sticky or not, so that " +
      "nothing laid there counts.",
    fix:
      "Make a folder below /srv, /var/lib or a home, whose parents only its owner or root can write.",
  },
  inbox_unused: {
    means: "There is a folder for signed approvals, and no approver has an SSH key.",
    why: "Only a signature counts there; codes are typed.",
    fix: "Name the approvers' keys in ssh_keys, or remove inbox.",
  },
  grants_unsigned: {
    means: "overrides.grants names session or pattern, and the policy is not signed.",
    why: "They lift more than one operation. Only a policy that was signed by a key the host " +
      "trusts can allow that.",
    fix: "Sign the policy (sealward policy sign), or write grants: [once].",
  },
  check_file_missing: {
    means: "A check pins a file that is not in .scalpel/checks/.",
    why: "A check that cannot be run denies whatever it judges (check_failed, hash_mismatch).",
    fix: "Put the file there, or correct file in the policy.",
  },
  check_hash_differs: {
    means: "The file of a check is not the one the policy pins.",
    why: "Only the pinned bytes are ever run; what the check judges is denied until they agree.",
    fix: "Find out who changed it. If the new one is right, pin it (sealward checks pin FILE).",
  },
  check_unpinned: {
    means: "A module lies in .scalpel/checks/ and no check names it.",
    why:
      "It is hashed and signed with the policy, and somebody may think that it judges something.",
    fix: "Write a check for it (sealward checks pin FILE), or remove the file.",
  },
  check_unreachable: {
    means: "match of a check holds for no operation.",
    why: "files is met by an effect on a file, and none of the verbs is one.",
    fix: "Leave files or verbs out.",
  },
  check_shadowed: {
    means: "Everything a check judges is denied under protected.",
    why: "A check only ever forbids: it cannot change that answer, and costs its time.",
    fix: "Remove it, or change what it matches.",
  },
  check_repeated: {
    means: "Two checks run the same module on the same operations with the same settings.",
    why: "They find the same, and cost twice.",
    fix: "Remove one of them.",
  },
  check_asks_critical: {
    means: "A check has severity CRITICAL and effect ask.",
    why: "Whoever answers the question may allow what the policy calls as bad as can be.",
    fix: "Write effect: deny, or a lower severity.",
  },
  check_untested: {
    means: "A check has no tests.",
    why: "Tests are run before its first word counts. Without, a module that looks for the wrong " +
      "thing passes for one that finds nothing.",
    fix: "Write an operation it must find something in, and one it must not.",
  },
  check_inline: {
    means: "A check runs inside the engine's own process.",
    why: "Gate, fuel and a fresh instance still hold it; the process wall, and the kill at the " +
      "deadline, are missing. Every entry says so.",
    fix: "Leave isolation out.",
  },
  check_limit_high: {
    means: "A limit of a check is next to its ceiling.",
    why: "A module that goes wrong takes all of it, each time it is asked, before it is stopped.",
    fix: "Measure (sealward checks bench FILE) and write about ten times that.",
  },
  request_long: {
    means: "overrides.request_seconds is more than an hour.",
    why: "Requests that wait long pile up, and people answer a pile without reading it.",
    fix: "Write 3600 or less; whoever comes late has the agent ask again.",
  },
  grant_long: {
    means: "overrides.grant_minutes is more than four hours.",
    why: "The approval can be used as long, by whatever the agent has become meanwhile.",
    fix: "Write 240 or less.",
  },
  enforcement_disabled: {
    means: "The policy decides nothing but tampering.",
    why: "enforcement.enabled is false. Every answer says so.",
    fix: "Remove the line.",
  },
  enforcement_observes: {
    means: "What would be denied is allowed, and logged.",
    why: "enforcement.mode is observe: right for the first days, until the log looks as it should.",
    fix: "Write mode: enforce.",
  },
  failure_allows: {
    means:
      "The policy says that failures need not deny. It changes no decision, and every answer says so.",
    why: "enforcement.fail_closed is false.",
    fix: "Remove the line.",
  },
  opaque_allowed: {
    means: "Scripts and programs nobody has read may run and do what they want.",
    why: "commands.opaque is allow. Every answer says so.",
    fix: "Write opaque: ask, or name the commands in rules.",
  },
  tree_unread: {
    means: "Not every pattern was compared with the tree.",
    why: "A folder could not be read, or looking took longer or saw more names than it may.",
    fix: "Nothing is wrong with the policy. --skip-tree leaves the tree alone.",
  },
};
