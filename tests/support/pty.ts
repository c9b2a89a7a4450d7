/**
 * Runs a program at a pseudo-terminal, as a person at a keyboard does: answers are typed when the
 * program has asked. Needs `script` of util-linux.
 */

export interface PtyAnswer {
  /** Text on the screen after the last answer; what is typed waits for it. */
  readonly after: string;
  /** As keys: `\r` is Enter. A function gets everything that is on the screen by then. */
  readonly type: string | ((screen: string) => string | Promise<string>);
}

export interface PtyOptions {
  readonly answers?: readonly PtyAnswer[];
  readonly cwd?: string;
  /** Added to an otherwise almost empty environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program is killed then, and the run fails. Default: 20 seconds. */
  readonly timeoutMs?: number;
  /** File that gets the program's stdout; default: the screen. */
  readonly stdoutPath?: string;
}

export interface PtyOutcome {
  readonly exit: number;
  /** Everything the terminal showed, echo included; lines end with `\r\n`. */
  readonly screen: string;
  /** How many answers were typed: fewer than there are when the program ended first. */
  readonly typed: number;
}

const defaultTimeoutMs = 20_000;

/** @throws {Error} with the screen, when the program does not end in time. */
export async function runInPty(
  command: readonly string[],
  options: PtyOptions = {},
): Promise<PtyOutcome> {
  using child = start(command, options);
  const writer = child.stdin.getWriter();
  const typist = new Typist(options.answers ?? [], (keys) => writer.write(keys));
  const { timeoutMs = defaultTimeoutMs } = options;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  try {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      await typist.see(decoder.decode(chunk, { stream: true }));
    }
    const { code } = await child.status;
    const { screen, typed } = typist;
    if (isLate) throw new Error(`no end after ${timeoutMs} ms; the screen: ${screen}`);
    return { exit: code, screen, typed };
  } finally {
    clearTimeout(timer);
    // The program may be gone already.
    await writer.close().catch(() => {});
  }
}

function start(command: readonly string[], { cwd, env, stdoutPath }: PtyOptions) {
  const line = command.map(quoteWord).join(" ");
  const shell = stdoutPath === undefined ? line : `${line} >${quoteWord(stdoutPath)}`;
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", `exec ${shell}`, "/dev/null"],
    ...(cwd === undefined ? {} : { cwd }),
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", SHELL: "/bin/sh", TERM: "xterm", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return Object.assign(child, {
    [Symbol.dispose]: () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
    },
  });
}

class Typist {
  screen = "";
  typed = 0;
  /** Where the screen begins that the next answer waits for. */
  #from = 0;
  readonly #answers: readonly PtyAnswer[];
  readonly #press: (keys: Uint8Array<ArrayBuffer>) => Promise<void>;

  constructor(
    answers: readonly PtyAnswer[],
    press: (keys: Uint8Array<ArrayBuffer>) => Promise<void>,
  ) {
    this.#answers = answers;
    this.#press = press;
  }

  async see(text: string): Promise<void> {
    this.screen += text;
    for (;;) {
      const answer = this.#answers[this.typed];
      const at = answer === undefined ? -1 : this.screen.indexOf(answer.after, this.#from);
      if (answer === undefined || at === -1) return;
      this.#from = at + answer.after.length;
      this.typed++;
      const keys = typeof answer.type === "string" ? answer.type : await answer.type(this.screen);
      await this.#press(new TextEncoder().encode(keys));
    }
  }
}

function quoteWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
