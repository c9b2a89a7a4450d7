/**
 * Every numeric bound of the engine, unit in the name, reason beside it.
 *
 * @module
 */

/** One operation on the wire; past it the answer is a refusal, never a decision. */
export const maxOperationBytes = 1_048_576;
/** An outcome on the wire: three labels, escaped at their worst, and a word. */
export const maxOutcomeBytes = 8_192;
/** A person's answer to a request on the wire; an armored RSA signature takes 1 kB. */
export const maxApprovalBytes = 65_536;
/** An `Idempotency-Key`, in characters. */
export const maxIdempotencyKeyCharacters = 128;
/** Keys remembered: several times the requests a policy lets one principal open in an hour. */
export const maxIdempotencyKeys = 4_096;
/** Nesting of an operation or of entry details; deeper input serves no caller, only parsers' bugs. */
export const maxDepth = 32;
/** Files one operation may name (threats: 10,001 is refused). */
export const maxFilesPerOperation = 10_000;
/** Paths looked for in the input of a tool nobody knows: what it does stays in doubt anyway. */
export const maxToolPaths = 200;
/** Texts looked at in the input of a tool; with more of them it stays in doubt. */
export const maxToolTexts = 4_000;
/** A path in UTF-16 units; Linux stops at 4,096 bytes. */
export const maxPathCharacters = 4_096;
/** One name between slashes, in bytes; Linux's NAME_MAX. */
export const maxNameBytes = 255;
/** A label such as agent name or correlation id. */
export const maxLabelCharacters = 256;
/** Input of `check --batch`, as a whole: it is held in memory. */
export const maxBatchInputBytes = 67_108_864;
/** Operations in one batch. */
export const maxBatchOperations = 1_000;

/** The policy file; a policy of this size is already unreadable for a person. */
export const maxPolicyBytes = 262_144;
/** A manifest: its most files, with paths of usual length. */
export const maxManifestBytes = 524_288;
/** Files a manifest covers. */
export const maxManifestFiles = 1_024;
/** An armored Ed25519 signature takes 0.3 kB; comments are not part of the format. */
export const maxSignatureFileBytes = 4_096;
/** An armored signature under an approval: RSA of 16,384 bits takes 5.8 kB, and nothing takes more. */
export const maxOverrideSignatureBytes = 8_192;
/** A line with a public key: RSA of 16,384 bits takes 2.8 kB, and leaves room for a comment. */
export const maxSshKeyLineCharacters = 4_096;
/** A text that was approved, as it was signed: a request and what is said to it. */
export const maxApprovalTextBytes = 262_144;
/** Names in the folder for signed approvals; nothing there is deleted by the engine. */
export const maxInboxNames = 4_096;
/** The file of keys trusted to sign policies, and the keys in it. */
export const maxTrustedKeysBytes = 65_536;
export const maxTrustedKeys = 256;
/** How far the signer's clock may be ahead of the engine's. */
export const maxSignerAheadMs = 300_000;
/** A file of policy tests; only hashed here. */
export const maxPolicyTestBytes = 1_048_576;
/** A module of a check, or its data, on the disk; what is run has at most 8 MiB. */
export const maxCheckFileBytes = 16_777_216;
/** All covered files of a policy together; the bounds of single files alone would allow 8 GB. */
export const maxPolicyFolderBytes = 33_554_432;
/** Nodes of a parsed policy: bounds every walk over it. */
export const maxPolicyNodes = 50_000;
/** Patterns in one protected list. */
export const maxPatterns = 10_000;
/** Rules of a policy, and items in one list of a rule; each is tried on every operation. */
export const maxRules = 256;
export const maxRuleItems = 256;
/** Budgets of a policy, and distinct conditions on earlier operations: an entry names all of them. */
export const maxBudgets = 24;
export const maxPastConditions = 16;
/** People who may approve, and SSH keys of one of them. */
export const maxApprovers = 64;
export const maxApproverKeys = 16;
/** One pattern, in characters. */
export const maxPatternCharacters = 1_024;

/** A file of policy tests: some thousands of cases; a document of this size parses in a second. */
export const maxTestFileBytes = 1_048_576;
/** Files of one run of `sealward test`, and how deep below their folder. */
export const maxTestFiles = 1_000;
/** Operations that go before the one a test is about. */
export const maxEarlierOperations = 200;

/** Kinds of changes a backtest tells apart; more nobody reads, and the rest counts as one. */
export const maxBacktestGroups = 500;
/** Decisions of one kind that are named one by one. */
export const maxGroupSeqs = 100;
/** A backtest report: that many groups, with examples. */
export const maxBacktestBytes = 4_194_304;

/** Entries of folders looked at for one operation before the answer is "too many to know". */
export const maxFolderEntries = 10_000;

/** The list of protected files kept beside the log: thousands of paths of usual length. */
export const maxWatchListBytes = 1_048_576;
/** Changed files that an entry names and that get an alarm each; more are counted. */
export const maxNamedChanges = 16;

/** One audit line with its LF: a reader can hold it, a writer writes it in one call. */
export const maxEntryBytes = 16_384;
/** The details object inside it. */
export const maxDetailsBytes = 8_192;
/** What a decision was made of, inside its entry: past it in a file of its own, for short lines. */
export const maxInlineInputBytes = 1_024;
/** What is kept of it in a file; a longer text stands there by its hash and its measures. */
export const maxKeptInputBytes = 1_048_576;
/** A kept file holds the inputs of one commit, as many as fit. */
export const maxKeptFileBytes = 4_194_304;
/** Nesting of entry details. */
export const maxDetailsDepth = 8;
/**
 * Entries between two state snapshots: what a one-shot must verify before it decides. A snapshot
 * costs one more line; a verified line costs a cold process about 0.1 ms.
 */
export const maxEntriesBetweenSnapshots = 16;
/**
 * Decisions without an outcome, refusals and touched paths the state holds of each: more than a host
 * has calls in flight, and few enough to hash with every decision.
 */
export const maxKeptOutcomes = 64;
/**
 * Denials remembered for one principal, things of each, and principals: a few kilobytes of state, and
 * more than an agent that takes no for an answer is denied in a session.
 */
export const maxDenials = 32;
export const maxDeniedKeys = 16;
export const maxDenialPrincipals = 32;
/**
 * Principals that are counted apart, and sessions of each; more share what was counted of the ones
 * before. Principals are what an operator made, labels of sessions what an agent says.
 */
export const maxCountedPrincipals = 16;
export const maxCountedSessions = 32;
/**
 * A session in which nothing was decided for so long is over: a day, and the hour for which it is not
 * written down again that it goes on.
 */
export const sessionIdleSeconds = 90_000;
export const sessionTouchSeconds = 3_600;
/** Allowed by a human in the host's prompt, maybe: decisions that are counted when that is known. */
export const maxAskedCounts = 16;
/**
 * A signed note, and its signatures. C2SP signed-note wants at least 16, of up to 5 kB: one that many
 * witnesses signed must still be read.
 */
export const maxNoteBytes = 262_144;
export const maxNoteSignatures = 64;
/** A proof: its note, a line in base64, 53 hashes. */
export const maxProofBytes = 294_912;
/** A segment is closed at this size: 64 MiB are verified in about half a second. */
export const maxSegmentBytes = 67_108_864;
/** Or at this many entries. */
export const maxSegmentEntries = 250_000;
/** Segments of one log; more than a host writes in a lifetime, and few enough to derive keys for. */
export const maxSegments = 100_000;
/** Segments one entry names: a number and 64 digits each, well below the details' limit. */
export const maxSegmentsPerEntry = 64;
/** A person's reason for an act on the log, in UTF-16 units. */
export const maxReasonCharacters = 500;
/** What jobs printed of all of them. */
export const maxSegmentResultsBytes = 134_217_728;
/** What one write may leave behind when the power goes: a group commit of the longest lines. */
export const maxTornBytes = 1_048_576;
/** Each of the two files that hold room for the log; 2,000 short entries, or a rotation. */
export const reserveBytes = 1_048_576;
/** What stays of the second one for a human's command, when everything else is denied. */
export const lastReserveBytes = 524_288;
/** How often a server tries whether there is room again: a try writes up to three reserves. */
export const reserveRetryMs = 1_000;
/** Below this share of the disk people are told. */
export const lowSpacePercent = 10;
/** Head and mark are synced when nothing was appended for so long, or at the latest after that. */
export const idleFlushMs = 5;
export const maxFlushDelayMs = 100;
/** How long a writer waits for the log's lock before it denies. */
export const lockTimeoutMs = 2_000;

/** Secrets, after decoding. RFC 2104 §3: a key shorter than the hash output weakens the MAC. */
export const minAuditSecretBytes = 32;
/** RFC 4226 §4, R6: 128 bits at least, 160 recommended. */
export const minTotpSecretBytes = 20;
/** A secret file larger than this is not a secret. */
export const maxSecretBytes = 4_096;

/** Operations of one caller judged without giving others a turn, and for how long in all. */
export const maxOperationsPerTurn = 8;
export const turnMicros = 200_000;
/** Entries of one group commit in the server. */
export const maxGroupCommitEntries = 64;
/** How long `check --server` waits for the whole answer. */
export const clientTimeoutMs = 2_000;
/** What a host may send its hook: tools carry whole files, before and after. */
export const maxHookEventBytes = 4_194_304;
/**
 * A file whose text after an edit is judged whole: half an operation, since JSON may take two bytes
 * for one.
 */
export const maxEditedFileBytes = 524_288;
/** Its text at any step of an edit, in UTF-16 units; searched-for text at most, summed over steps. */
export const maxEditedCharacters = 4_194_304;
export const maxEditWork = 67_108_864;
/** Replacements in one edit. */
export const maxEdits = 1_000;
/**
 * How long a hook may take in all, reading its input included. Hosts give up after 10 s to 600 s
 * and then let the tool run.
 */
export const hookDeadlineMs = 5_000;
/** Text of a hook's answer; hosts cut at 10,000 characters and some show far fewer. */
export const maxHookReasonCharacters = 1_800;
/** Installs one hook event may concern. */
export const maxHookRoots = 8;
/** An answer larger than this is not one of ours. */
export const maxAnswerBytes = 4_194_304;

/** A command line, in UTF-16 units: a parser takes half a second for four times as much. */
export const maxCommandCharacters = 16_384;
/** Programs one command line may start, counted through loops, functions and scripts. */
export const maxShellCommands = 500;
/** Scripts in scripts: `bash -c`, substitutions, functions, files that are run. */
export const maxShellDepth = 8;
/** Distinct effects of one command line. */
export const maxCommandEffects = 2_000;
/** Names a glob or a search may stand for. */
export const maxMatches = 1_000;
/** Files remembered as written through the engine; a script among them is judged or opaque. */
export const maxWrittenFiles = 256;
/** A script that is read before it is run. */
export const maxScriptBytes = 262_144;
/** Git's index, read for the names in it: about 200,000 files. */
export const maxGitIndexBytes = 33_554_432;

/** Requests a principal, and all together, may have open at once: a person has to read them. */
export const maxPendingRequests = 16;
export const maxAllPendingRequests = 64;
/** Grants that hold at once, and answered requests that are remembered. */
export const maxGrants = 32;
export const maxClosedRequests = 16;
/** Principals whose requests are counted; more share the count of the ones before. */
export const maxRequestPrincipals = 32;
/** Enrolments, and recovery codes of each. */
export const maxEnrolments = 64;
export const maxRecoveryCodes = 16;
/** Effects, and findings, of what may be approved: more nobody reads. */
export const maxRequestEffects = 256;
/** Characters of a command, and of content or a diff, that a request shows; a longer command is not offered. */
export const maxRequestCommandCharacters = 16_384;
export const maxRequestContentCharacters = 4_096;
/** A request document. */
export const maxRequestBytes = 262_144;
/** Findings a grant for more than one operation is bound to. */
export const maxGrantFindings = 16;
/** Why somebody approves or denies, in UTF-16 units. */
export const minJustificationCharacters = 3;
export const maxJustificationCharacters = 500;
/** How far a clock may be behind what the log has seen before codes are refused. */
export const maxClockBackSeconds = 60;

/** Servers and tools under `mcp`. */
export const maxMcpServers = 64;
export const maxMcpTools = 256;
/**
 * Definitions of tools that the log remembers, of all servers and of one: the state holds them. A
 * policy fixes any number.
 */
export const maxToolPins = 256;
export const maxServerToolPins = 128;
/** Of them, characters of an entry that sets the first ones. */
export const maxPinCharacters = 4_096;
/** One message of an MCP client and of a server: a call is judged whole, an answer holds files. */
export const maxMcpRequestBytes = 1_048_576;
export const maxMcpAnswerBytes = 33_554_432;
/** Requests of one MCP client that wait for their answers. */
export const maxMcpPending = 1_024;
/** Pages of one list of tools. */
export const maxMcpPages = 64;
/** How long a server may take to list its tools before a call. */
export const mcpListTimeoutMs = 10_000;

/** Entries of `checks`. */
export const maxChecks = 16;
/** Operations one check is tried on when it comes into force. */
export const maxCheckTests = 16;
/** UTF-8 bytes of a check's settings in RFC 8785 form. */
export const maxCheckSettingsBytes = 16_384;
/** What the checks of one commit may take together; what is left then has not been looked at. */
export const maxGroupCheckMicros = 10_000_000;
