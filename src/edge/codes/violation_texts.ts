/**
 * Every reason code of a decision, explained.
 *
 * @module
 */
import type { ViolationCode } from "../../core/decision/decision.ts";
import type { CodeTexts } from "./code_text.ts";

export const violationTexts: CodeTexts<ViolationCode> = {
  path_protected: {
    means:
      "A file that is protected would be changed, or one that is secret would be touched at all.",
    why:
      "The path as written, or what the disk makes of it, or something below it, matches a pattern: " +
      "of the policy, or one that is built in (policy id builtin.files).",
    fix:
      "For a pattern of the policy, take the file out of it if it was not meant. What is built in is " +
      "the engine's own, or can switch a guard off: it is changed by a person, outside the agent.",
  },
  path_outside_root: {
    means: "A file outside the project would be changed.",
    why: "By name or by the links on its way it lies outside the root.",
    fix:
      "List the place in a rule with effect ask or warn, with a pattern that begins with a slash: " +
      'files: ["//tmp/"].',
  },
  path_special: {
    means:
      "The path is no file of a project: a device, a pipe, a socket, or a view into the kernel.",
    why: "Writing there changes the machine or another process, and no policy about files speaks " +
      "of that.",
    fix: "Write to a plain file. /dev/null and its like are always free; a rule may name others.",
  },
  tool_changed: {
    means: "A tool of an MCP server is defined in another way than when it was trusted.",
    why: "The log remembers the first definition it let through, or the policy fixes one by its " +
      "SHA-256. A description that changes afterwards is how a harmless tool becomes another.",
    fix:
      "Let a person read it: sealward mcp --describe -- SERVER prints every tool with the line that " +
      "trusts it. The line goes into mcp.servers of the policy, which is then accepted.",
  },
  denied_before: {
    means:
      "The same effect was denied to this principal before, and another road does not change it.",
    why:
      "A denial is about what would happen, not about the tool that would do it. The violation " +
      "refers to the first denial.",
    fix:
      "Stop trying. Let a person change the policy, or end the session if the task is another one.",
  },
  path_unresolvable: {
    means: "Nobody can tell which file the path means.",
    why: "A folder on the way cannot be looked into, links run in a circle, or a name is too long.",
    fix:
      "Write the path to the file itself, and give the engine's user the right to look into its " +
      "folders.",
  },
  path_suspicious: {
    means: "Another reader would take the path for another file.",
    why:
      "It holds what a shell expands, an escape that hides a slash or a dot, or a shape that other " +
      "systems read differently.",
    fix: "Write the plain path, expanded.",
  },
  operation_protected: {
    means: "What would be done is listed under protected.operations, whatever it is done to.",
    why:
      "The type of the operation, or the verb of one of its effects, is what a listed name stands " +
      "for: delete also covers rm in a command.",
    fix: "Do it by hand, or replace the name by a rule that names files.",
  },
  operation_unknown: {
    means: "Neither the engine nor the policy knows this type of operation.",
    why: "Unknown is deny: nobody has said what it does.",
    fix:
      "Use a type of `sealward help operations`, or add it under operations.custom with its verbs.",
  },
  operation_unverified: {
    means: "What the operation does cannot be known before it is done.",
    why:
      "A tool nobody knows is called, a word of a command is not known before it runs, a diff cannot " +
      "be read, a folder holds too much to look through, or a limit could not be measured.",
    fix:
      "Say it in a way that shows its effects; name a tool under tools of a rule that asks or warns; " +
      "or set enforcement.on_unverified: ask where a person watches.",
  },
  command_opaque: {
    means: "It is known what runs, and not what that does.",
    why:
      "A script or program of the project is started, or a program is given a protected path and may " +
      "or may not change it.",
    fix:
      "Name the command under commands of a rule that asks or warns, or set commands.opaque: ask " +
      "where a person watches.",
  },
  rule_matched: {
    means: "A rule of the policy denies this, or wants a person asked.",
    why: "Every condition under match of that rule is satisfied.",
    fix: "Narrow the rule's conditions if this was not meant; the violation names its line.",
  },
  limit_exceeded: {
    means: "The operation is larger than a limit of the policy.",
    why: "The larger of what was measured and what was claimed counts. A limit of 0 allows none.",
    fix: "Do it in smaller steps, or raise the limit.",
  },
  budget_exceeded: {
    means: "With this operation a budget of the policy would be used up and more.",
    why:
      "What was allowed before is counted from the log, for one principal, over a session, an hour " +
      "or a day. The operation counts whole before it is allowed. A max of 0 allows none.",
    fix:
      "Do less at once, wait until the hour or day has passed, or have a person raise max; what was " +
      "counted stays.",
  },
  check_violated: {
    means: "A check of the policy found something in the operation.",
    why:
      "A program that the policy pins was given the operation and answered with violations; check.code " +
      "of the violation is its own word for what it found.",
    fix: "Change what it found. What the check looks for, its description or its source says.",
  },
  check_failed: {
    means: "A check of the policy gave no answer, which denies. No approval lifts this.",
    why:
      "It is not the module that was pinned, was refused by the sandbox, used up its fuel or time, " +
      "crashed, answered with something else than violations, or failed a test of its own; check.code " +
      "says which.",
    fix:
      "Have a person look at check.code and the message (`sealward explain` knows each of these codes, " +
      "such as fuel_exhausted); then pin a module that works, raise a limit, or take the check out of " +
      "the policy.",
  },
  default_deny: {
    means: "Nothing speaks against the operation, and nothing for it.",
    why:
      "enforcement.default is deny, so that only what a rule with effect ask or warn lists may be done.",
    fix: "List its files, tools or commands in such a rule.",
  },
  policy_unaccepted: {
    means: "No person has taken responsibility for any policy here. Everything is denied.",
    why: "The policy file is not even read before somebody has accepted or signed it.",
    fix: "Read it, then run `sealward policy accept`. It is a person's step, not an agent's.",
  },
  policy_tampered: {
    means: "The policy on disk is not the one a person trusted. No approval lifts this.",
    why: "One of its inputs was edited, replaced, removed, linked or added.",
    fix:
      "If the change is yours, accept it with `sealward policy accept`; if not, put the old file back.",
  },
};
