/**
 * Error codes about usage, operations, the policy and the install.
 *
 * @module
 */
import type { CodeText } from "./code_text.ts";

export const policyErrorTexts = {
  usage: {
    means: "The command line is wrong. Nothing was decided, read or written.",
    why:
      "A flag or command does not exist, a value is missing or unknown, or two that exclude each " +
      "other were given.",
    fix:
      "Compare with `sealward help COMMAND`; the message names the word that was not understood.",
  },
  operation_invalid: {
    means:
      "What was asked is no operation, so that there is nothing to decide. Treat it as denied.",
    why:
      "The JSON has an unknown or doubled field or a wrong kind of value, a part that its type " +
      "needs is missing, or a path is written in a way that means different files to different readers.",
    fix: "The message names the field. `sealward help operations` lists what each type needs.",
  },
  operation_too_large: {
    means: "The operation, or what was read in its place, is larger than is looked at.",
    why: "An operation may have 1 MiB, a batch 1,000 operations and 64 MiB.",
    fix: "Split it. A large new text may be sent as a diff.",
  },
  policy_syntax: {
    means: "The policy file is not in the part of YAML that may be used, or is no UTF-8.",
    why: "Readers of YAML disagree about tabs, anchors, tags, plain yes and no, odd numbers and " +
      "doubled keys. What could be read in two ways is not read at all.",
    fix:
      "`sealward policy lint` shows the place. Put odd text into quotes, use spaces, write values " +
      "out.",
  },
  policy_invalid: {
    means: "The policy can be read, and says something that means nothing: all of it is refused.",
    why:
      "A key is misspelled or has a value of the wrong kind, a pattern is outside the dialect, or a " +
      "name is unknown. Half a policy is never in force.",
    fix:
      "`sealward policy lint` shows the place and the closest known word; `sealward policy schema` " +
      "lets an editor complete the keys.",
  },
  policy_too_large: {
    means:
      "The policy file is over 262,144 bytes, or a folder of policy inputs holds too many files.",
    why:
      "A larger one takes too long to read before the first decision, and nobody has reviewed it.",
    fix: "Use folders and wildcards in place of long lists of files.",
  },
  feature_unavailable: {
    means: "The policy uses a section or file that this version knows by name and cannot honour.",
    why: "What a policy asks for is never left out silently: that would allow what it forbids.",
    fix: "Remove the section or the file, or use a version that has it: `sealward version`.",
  },
  policy_unreadable: {
    means: "The policy file cannot be read at all. Everything is denied.",
    why: "It is missing, a folder, a link, a pipe or a device, has a second name, or belongs to " +
      "somebody whose files this user may not read.",
    fix: "Put a plain file with one name in its place, from your version control.",
  },
  policy_unaccepted: {
    means: "No person has taken responsibility for any policy here. Everything is denied.",
    why:
      "A policy counts only after it was accepted or signed; a file that merely lies there may be " +
      "the agent's.",
    fix: "Read it, then run `sealward policy accept`. It is a person's step, not an agent's.",
  },
  policy_tampered: {
    means:
      "The policy on disk is not the one a person trusted. Everything is denied, in every mode, " +
      "and no approval lifts it.",
    why:
      "A policy input was edited, replaced, removed, linked or added since. Your own edit looks the " +
      "same as somebody else's.",
    fix:
      "If the change is yours, look at it and accept it with `sealward policy accept`. If not, keep " +
      "the file as evidence, and put the old one back from version control.",
  },
  policy_modification: {
    means: "A protected file would be changed, so that the library refused.",
    why: "preventPolicyModification() throws this for what would touch the engine's own or a " +
      "protected file.",
    fix: "Leave the file alone, or let a person change it outside the agent.",
  },
  operation_denied: {
    means: "The operation was decided, and the answer is no.",
    why:
      "The library's enforce() turns every answer but allow into this failure. The decision is in it.",
    fix: "Read its violations; `sealward explain SEQ` shows what they came from.",
  },
  not_initialized: {
    means: "There is no install of Sealward at this root.",
    why: "`sealward init` was not run here, the project was moved, HOME or XDG_STATE_HOME point " +
      "elsewhere, or the state folder is gone.",
    fix:
      "Compare `sealward status` with where you meant to be; run `sealward init` for a new project.",
  },
  already_initialized: {
    means: "Something of an install is here already, so that no second one is made over it.",
    why: "A log or a state folder exists. Keys made anew could not verify what the old ones wrote.",
    fix:
      "Nothing to do if it works: `sealward status`. To start over, move .scalpel and the state " +
      "folder away together, as evidence.",
  },
  secret_missing: {
    means:
      "The audit secret cannot be found. Without it no entry can be written, so that all is denied.",
    why: "The file or credential that is named does not exist, or the install's own key is gone.",
    fix: "Compare `sealward help environment`; put the secret back from where you keep it.",
  },
  secret_invalid: {
    means: "The audit secret is there and cannot be used.",
    why:
      "It has under 32 bytes, is a well-known default, or is no hex or base32 behind that prefix.",
    fix: "Use 32 random bytes or more: `openssl rand -hex 32`, with hex: before it.",
  },
  secret_unsafe: {
    means: "The audit secret lies where others can read or change it.",
    why:
      "Its file is in the workspace, a link, somebody else's, or readable by the group or others.",
    fix: "Move it outside the workspace and give it mode 0600 and this user as its owner.",
  },
  settings_invalid: {
    means:
      "The settings file of an agent's host cannot be read or edited safely. It was left alone.",
    why:
      "It is no strict JSON (comments, doubled keys), a link, somebody else's, or changed meanwhile.",
    fix:
      "Repair the file by hand, then run `sealward hook install` again; --dry-run shows the change.",
  },
} as const satisfies Readonly<Record<string, CodeText>>;
