/**
 * Programs that start the program their operands name.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { readEnv, runWith, splitAssignments } from "./read_env.ts";
import { hasOption, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { known, show, UseBuilder } from "./use_builder.ts";

/** How many operands stand before the program, and what the wrapper does besides. */
interface Wrapper {
  readonly names: string;
  readonly options: string;
  /** `root`: with rights, or in a world, of its own. */
  readonly kind?: "root";
  readonly leading?: number;
}

const wrappers: readonly Wrapper[] = [
  { names: "nice gnice", options: "+ n,adjustment: -0123456789" },
  { names: "ionice", options: "+ c,class: n,classdata: p: P: u: -t ignore" },
  {
    names: "timeout gtimeout",
    options: "+ s,signal: k,kill-after: -v foreground preserve-status verbose",
    leading: 1,
  },
  { names: "stdbuf gstdbuf", options: "+ i,input: o,output: e,error:" },
  {
    names: "nohup chronic catchsegv rlwrap eatmydata fakeroot proxychains proxychains4 torsocks " +
      "caffeinate ts unbuffer tsp nocache dotenvx prime-run",
    options: "+ -istdmupq",
  },
  { names: "setsid", options: "+ -cfw ctty fork wait" },
  { names: "time gtime", options: "+ f,format: o,output> -apvqV append portability verbose" },
  { names: "chrt", options: "+ -abdfimoprRv T: P: D:", leading: 1 },
  { names: "taskset", options: "+ -ac all-tasks cpu-list p:", leading: 1 },
  {
    names: "numactl",
    options: "+ N: C: m: i: p: membind: cpunodebind: physcpubind: interleave: preferred: -l",
  },
  { names: "cpulimit prlimit cgexec choom", options: "+ l: p: e: g: n: -fbi" },
  {
    names: "strace ltrace",
    options:
      "+ o,output> O> e,trace: E: s: a: b: I: p: u: P: S: X: l: n: A: U: D: -cCdfFhiknqrtTvVwxyYzZ",
  },
  { names: "valgrind perf heaptrack", options: "+ log-file> xml-file> o>" },
  { names: "direnv", options: "+", leading: 2 },
  { names: "setarch linux32 linux64 i386 x86_64", options: "+ -RFXLZISTB v3" },
  { names: "with-contenv chpst envdir softlimit s6-setuidgid tini dumb-init", options: "+ -vg" },
  // CMD-16: what they run is judged, and their rights are not what anybody judged.
  {
    names: "sudo",
    options: "+ -AbBEeHiKklnNPsSvV u,user: g,group: h,host: p,prompt: C,close-from: D,chdir: " +
      "R,chroot: T,command-timeout: r,role: t,type: U,other-user: a: c: preserve-env? edit login " +
      "shell non-interactive set-home stdin background",
    kind: "root",
  },
  {
    names: "setpriv",
    options: "+ reuid: regid: groups: inh-caps: bounding-set: securebits: init-groups " +
      "clear-groups keep-groups no-new-privs reset-env",
    kind: "root",
  },
  { names: "doas", options: "+ -Lns C< u: a:", kind: "root" },
  { names: "pkexec", options: "+ user: disable-internal-agent keep-cwd", kind: "root" },
  {
    names: "gosu su-exec",
    options: "+",
    kind: "root",
    leading: 1,
  },
  {
    names: "unshare nsenter",
    options: "+ -aCfFimnpruTUwWZe t,target: R,root: S: G: w? r? map-user: map-group: mount-proc?",
    kind: "root",
  },
  { names: "chroot", options: "+ userspec: groups: skip-chdir", kind: "root", leading: 1 },
  {
    names: "systemd-run systemd-inhibit run0",
    options:
      "+ -dGPqrStM u,unit: p,property: E,setenv: H,host: M,machine: slice: uid: gid: nice: " +
      "working-directory: on-active: on-calendar: description: service-type: user scope " +
      "pty wait collect quiet shell system same-dir",
    kind: "root",
  },
  { names: "firejail bwrap proot arch-chroot systemd-nspawn", options: "+", kind: "root" },
];

export const wrapperPrograms: readonly ProgramEntry[] = [
  ...wrappers.map((wrapper): ProgramEntry => [
    wrapper.names,
    (invocation) => readWrapper(invocation, wrapper),
  ]),
  ["su runuser", readSu],
  ["env genv", readEnv],
  ["busybox toybox coreutils", readApplet],
  ["mise asdf pyenv rbenv nodenv goenv jenv fnm volta rustup conda mamba micromamba", readVersions],
  ["flock", readFlock],
  ["watch viddy", readWatch],
  ["script", readScript],
  ["entr", readEntr],
  ["cross-env env-cmd dotenv", readEnv],
  ["gdb lldb rr", readDebugger],
];

function readWrapper(invocation: Invocation, wrapper: Wrapper): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, wrapper.options);
  builder.options(read);
  const { name } = invocation;
  if (wrapper.kind === "root") {
    builder.unverified(`${name} runs with rights or in a place of its own`);
    const isEditor = hasOption(read, "e", "edit") && name === "sudo";
    if (isEditor) {
      builder.touchAll("write", read.operands);
      return builder.end();
    }
  }
  // An option nobody knows may have taken the word after it: each word may be the program.
  if (!read.isSure) builder.unverified(`nobody knows which word ${name} runs`);
  const { assignments, argv } = splitAssignments(read.operands);
  const leading = wrapper.leading ?? 0;
  if (argv.length > leading) runWith(builder, assignments, argv.slice(leading));
  else if (hasOption(read, "s", "i", "shell", "login")) {
    builder.run({ kind: "input", language: "shell" });
  }
  return builder.end();
}

const suOptions = "-lmpfP c,command$ session-command$ g,group: G,supp-group: s,shell: u,user: " +
  "w,whitelist-environment: T,pty login preserve-environment";

/** `su USER -c TEXT`, `runuser -u USER -- PROGRAM`. */
function readSu(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const strict = readOptions(invocation.args, `+ ${suOptions}`);
  const isDirect = hasOption(strict, "u");
  const read = isDirect ? strict : readOptions(invocation.args, suOptions);
  builder.options(read);
  builder.unverified(`${invocation.name} runs with the rights of another user`);
  if (isDirect) builder.argv(read.operands);
  else if (!hasOption(read, "c", "session-command")) {
    builder.run({ kind: "input", language: "shell" });
  }
  return builder.end();
}

function readApplet(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const [first] = invocation.args;
  if (first !== undefined && !first.text.startsWith("-")) builder.argv(invocation.args);
  else if (/^--install/.test(first?.text ?? "")) {
    builder.touchAll("write", invocation.args.slice(1));
  }
  return builder.end();
}

/** `mise exec -- PROGRAM`, `rustup run TOOLCHAIN PROGRAM`. */
function readVersions(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { args, name } = invocation;
  const at = args.findIndex(({ text }) => /^(?:exec|x|run|shell)$/.test(text));
  if (at === -1) return builder.end();
  const { operands } = readOptions(
    args.slice(at + 1),
    "+ n,name: p,prefix: using: no-capture-output live-stream",
  );
  const end = operands.findIndex(({ text }) => text === "--");
  builder.argv(operands.slice(end !== -1 ? end + 1 : /^(?:rustup|fnm)$/.test(name) ? 1 : 0));
  return builder.end();
}

function readFlock(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "+ -sxenuFov w,timeout,wait: E: c,command$ shared exclusive nonblock unlock no-fork " +
      "close verbose",
  );
  builder.options(read);
  const [lock, ...rest] = read.operands;
  if (lock !== undefined) builder.touch("create", lock);
  // After the lock file: `-c TEXT`, or a program.
  const text = rest[0]?.text === "-c" || rest[0]?.text === "--command" ? rest[1] : undefined;
  if (text !== undefined) builder.shell(text);
  else builder.argv(rest);
  return builder.end();
}

function readWatch(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "+ -bcCdegprtwxf n,interval: s: q: beep color differences? errexit chgexit exec " +
      "precise no-rerun no-title no-wrap",
  );
  builder.options(read);
  if (hasOption(read, "x", "exec")) builder.argv(read.operands);
  else if (read.operands.length > 0) builder.shell(joinWords(read.operands));
  return builder.end();
}

/** Words as one text, unknown from the first unknown one on. */
export function joinWords(words: readonly Argument[]): Argument {
  const first = words.findIndex(({ isKnown }) => !isKnown);
  const shown = first === -1 ? words : words.slice(0, first + 1);
  return { text: shown.map(({ text }) => text).join(" "), isKnown: first === -1 };
}

function readScript(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "c,command$ I,log-in> O,log-out> B,log-io> T,log-timing> t? m: o: E: -aefqk append " +
      "quiet flush return force",
  );
  builder.options(read);
  const [file, ...rest] = read.operands;
  builder.touch("write", file ?? known("typescript"));
  // BSD: the program follows the file.
  builder.argv(rest);
  if (!hasOption(read, "c") && rest.length === 0) builder.run({ kind: "input", language: "shell" });
  return builder.end();
}

function readEntr(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, "+ -acdnprsxz");
  const { input } = invocation;
  const place = input.kind === "found" ? { text: "", isKnown: false, found: input.found } : null;
  const argv = read.operands.map((word) =>
    word.text === "/_" ? place ?? { text: "", isKnown: false } : word
  );
  if (hasOption(read, "s")) builder.shell(joinWords(argv));
  else builder.argv(argv);
  return builder.end();
}

function readDebugger(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const at = invocation.args.findIndex(({ text }) => /^--?(?:args|$)/.test(text));
  const commands = invocation.args.find(({ text }) =>
    /^--?(?:e|x|b|o|s|command|batch|init|eval)/.test(text)
  );
  if (commands !== undefined) {
    builder.opaque(`${invocation.name} runs its own commands (${show(commands)})`);
  }
  if (at !== -1) builder.argv(invocation.args.slice(at + 1));
  if (invocation.input.kind !== "none") builder.opaque(`${invocation.name} reads commands`);
  return builder.end();
}
