/**
 * Signals that are meant for the program this process stands in for.
 *
 * @module
 */

/** Those that others send to a program to tell it something. */
const told = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCONT"] as const;
/**
 * Those a terminal sends to everything in its foreground, the program included: passed on as well
 * they would arrive twice, and a second ^C often means "at once". SIGTSTP, SIGTTIN and SIGTTOU are
 * not heard at all: they stop this process as they stop the program, and the shell sees it.
 */
const typed = ["SIGINT", "SIGQUIT", "SIGWINCH"] as const;
/** Before there is a program these end the start. */
const ending: ReadonlySet<Deno.Signal> = new Set(["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"]);

export interface PassedSignals {
  /** Resolves with the first signal that comes before there is a program and would have ended it. */
  readonly ended: Promise<Deno.Signal>;
  /** From now on signals go to it. */
  readonly passTo: (child: Pick<Deno.ChildProcess, "kill">) => void;
  readonly close: () => void;
}

/**
 * Hears signals from now on; as first process of a container one that nobody hears is lost.
 *
 * @param hasTerminal What is typed there reaches the program without us.
 */
export function openPassedSignals(hasTerminal: boolean): PassedSignals {
  let child: Pick<Deno.ChildProcess, "kill"> | null = null;
  let early: Deno.Signal | null = null;
  const ended = Promise.withResolvers<Deno.Signal>();
  const isTyped = (signal: Deno.Signal) => typed.some((each) => each === signal);
  const hear = (signal: Deno.Signal) => () => {
    if (child === null) {
      if (!ending.has(signal)) return;
      early ??= signal;
      ended.resolve(early);
    } else if (!hasTerminal || !isTyped(signal)) tell(child, signal);
  };
  const heard = [...told, ...typed].map((signal) => [signal, hear(signal)] as const);
  for (const [signal, listener] of heard) Deno.addSignalListener(signal, listener);
  return {
    ended: ended.promise,
    passTo: (started) => {
      child = started;
      // It came while the program was started: nobody else will tell it.
      if (early !== null) tell(started, early);
    },
    close: () => {
      for (const [signal, listener] of heard) Deno.removeSignalListener(signal, listener);
    },
  };
}

function tell(child: Pick<Deno.ChildProcess, "kill">, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It is gone already; its status is on the way.
  }
}
