/**
 * Why a check gave no answer, explained.
 *
 * @module
 */
import type { CheckFailureCode } from "../../core/check/check_failure.ts";
import type { CodeTexts } from "./code_text.ts";

export const checkFailureTexts: CodeTexts<CheckFailureCode> = {
  hash_mismatch: {
    means: "A file of the check is missing, or is not the one the policy pins.",
    why:
      "Its SHA-256 is another than that in the policy: a new build, or a change nobody agreed to.",
    fix:
      "If the new file is yours, run `sealward checks pin FILE --write`, then accept or sign the " +
      "policy; if not, put the old file back.",
  },
  invalid_module: {
    means: "The file is no WebAssembly module.",
    why: "It is cut off, damaged, of another format, or breaks the rules of WebAssembly.",
    fix: "Build it again; `sealward checks inspect FILE` names the rule and the byte.",
  },
  feature_refused: {
    means: "The module uses a feature that is not let in.",
    why:
      "Threads, exceptions, 64-bit memory and others beyond WebAssembly 2.0; some compilers switch " +
      "them on by themselves.",
    fix: "Switch the feature off in the compiler; `sealward checks inspect FILE` names the byte.",
  },
  import_refused: {
    means: "The module imports or exports what its ABI does not have.",
    why: "It was built for another host, wants files or sockets, or lacks an export it must have.",
    fix: "Run `sealward checks inspect FILE --abi NAME`: it names each of them.",
  },
  builtin_refused: {
    means: "A module of Rego wants a built-in function that is not there.",
    why: "Only those that give the same on every machine are there: no network, no randomness.",
    fix: "Write the rule without it, or take what it would fetch from data or settings.",
  },
  limit_exceeded: {
    means: "The module, the request or the answer is larger than a limit of the check.",
    why: "What cannot be looked at whole is not looked at. The message names the limit.",
    fix:
      "Raise that limit under limits of the check, where large files are meant to be judged, or " +
      "make the module or its answer smaller.",
  },
  settings_refused: {
    means: "The check refuses the settings the policy gives it.",
    why: "It was asked once whether it may work with them, and answered with a violation.",
    fix: "Correct settings of the check in the policy; the message says what it wants.",
  },
  fuel_exhausted: {
    means: "The check used up its fuel and was stopped.",
    why: "It runs in a circle, or the request needs more work than its limits allow.",
    fix: "Measure with `sealward checks bench FILE`, then raise limits.fuel of the check, or " +
      "limits.fuel_per_input_byte where large requests are the reason.",
  },
  stack_exhausted: {
    means: "Calls inside the check went too deep.",
    why: "A recursion without end, or deeper than limits.call_depth.",
    fix: "Use less recursion, or raise limits.call_depth of the check.",
  },
  trap: {
    means: "The module stopped itself by a fault.",
    why: "A panic, a division by zero, an access outside of its memory, or no memory left.",
    fix:
      "Run `sealward checks run FILE --operation FILE`: it shows what it printed. Then correct it.",
  },
  abort: {
    means: "A module of Rego gave up.",
    why: "Its rules are in conflict, or its result is not of the form that `result` names.",
    fix: "Read the message, and correct the rules.",
  },
  nonzero_exit: {
    means: "The check ended with an exit status other than 0.",
    why: "Programs do so when they fail, and a failure is no answer.",
    fix:
      "Have it print why on standard error; `sealward checks run FILE --operation FILE` shows that.",
  },
  deadline: {
    means: "The check took longer than its deadline and was killed.",
    why: "The machine is busy, the process was stopped, or the check has more fuel than time.",
    fix: "Raise limits.deadline_ms, or lower limits.fuel so that fuel ends the run first.",
  },
  sandbox_crash: {
    means: "The process the check ran in ended, or said what it may not.",
    why: "It was killed, ran out of memory, or has a fault of its own.",
    fix:
      "Try again. If it stays, report it with the module; `sealward doctor` looks at the sandbox.",
  },
  sandbox_unavailable: {
    means: "No process could be had to run the check in.",
    why: "Too many died of late, none could be started, the one that starts them is gone, or the " +
      "server was started before its policy had checks.",
    fix:
      "Run `sealward doctor`, and wait 30 seconds. Where the message says the sandbox is lost, or to " +
      "start the engine again, start the server again.",
  },
  bad_output: {
    means: "The check answered with something else than violations.",
    why: "No JSON, another key, a text too long, more than 100 violations, or bytes after the end.",
    fix: "Run `sealward checks run FILE --operation FILE`: the message names the place.",
  },
  self_test_failed: {
    means: "A test that the policy has for the check did not come out.",
    why: "The module finds something else than expected, or no longer finds it after a new build.",
    fix: "Run `sealward checks test`: it shows which, what was expected, and what was found.",
  },
};

/** Why `GET /readyz` says that every check would be denied. */
export const readinessTexts: CodeTexts<"sandbox_lost" | "sandbox_breaker_open"> = {
  sandbox_lost: {
    means: "The process that starts sandboxes for a server is not there. Every check is denied.",
    why: "It was killed, ended by a fault, or the policy had no check yet when the server was " +
      "started. A server that has begun has no right left to start another.",
    fix: "Start the server again (`sealward serve`, or its service).",
  },
  sandbox_breaker_open: {
    means: "Sandboxes died too often of late. Every check is denied for a while.",
    why: "A module that kills its process each time would cost everybody a new process each time.",
    fix:
      "Wait 30 seconds; the next operation tries it again. Find the check with `sealward checks test`.",
  },
};
