/**
 * The process that may start workers when the engine, sealed, no longer may. Everything it is told
 * is one byte; what engine and worker say to one another it passes on and cannot read.
 *
 * @module
 */
import { BrokerReader, brokerSlots, brokerWords, encodeBrokerWord } from "./broker_protocol.ts";
import { hasOnly } from "./has_only.ts";

/** How a worker is started: program, then arguments. */
export type WorkerCommand = readonly [string, ...string[]];

/**
 * Starts and kills workers until the engine is gone, then kills them all.
 *
 * @returns Exit status; 1 when something could not be given up.
 */
export async function runBrokerRole(command: WorkerCommand): Promise<number> {
  // Deno cannot narrow a grant of `run` to one program; this file is what narrows it.
  if (!hasOnly(["run"])) return 1;
  const slots = Array.from({ length: brokerSlots }, (_, slot) => new Slot(slot, command));
  try {
    await obey(slots);
    return 0;
  } finally {
    for (const slot of slots) slot.kill();
  }
}

async function obey(slots: readonly Slot[]): Promise<void> {
  const reader = new BrokerReader();
  const chunk = new Uint8Array(65_536);
  for (;;) {
    const count = await Deno.stdin.read(chunk);
    if (count === null) return;
    for (const { word, slot, bytes } of reader.read(chunk.subarray(0, count))) {
      slots[slot]?.obey(word, bytes);
    }
  }
}

/** A place for one worker after another. */
class Slot {
  readonly #slot: number;
  readonly #command: WorkerCommand;
  #child: Deno.ChildProcess | null = null;
  #input: WritableStreamDefaultWriter<Uint8Array> | null = null;

  constructor(slot: number, command: WorkerCommand) {
    this.#slot = slot;
    this.#command = command;
  }

  obey(word: number, bytes: Uint8Array | null): void {
    if (word === brokerWords.start) return this.#start();
    if (word === brokerWords.kill) return this.kill();
    // Not awaited: a worker that does not read must not keep a `kill` from being read. What waits
    // here is bounded by the engine, which sends one frame and waits for its answer.
    if (bytes !== null) this.#input?.write(bytes.slice()).catch(() => {});
  }

  kill(): void {
    this.#input = null;
    try {
      this.#child?.kill("SIGKILL");
    } catch {
      // It is gone already.
    }
  }

  #start(): void {
    if (this.#child !== null) return;
    const [program, ...args] = this.#command;
    try {
      this.#child = new Deno.Command(program, {
        args,
        clearEnv: true,
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
    } catch {
      return this.#tell(brokerWords.ended);
    }
    this.#input = this.#child.stdin.getWriter();
    this.#follow(this.#child);
  }

  async #follow(child: Deno.ChildProcess): Promise<void> {
    try {
      // A killed worker's last words are read to their end, and not passed on.
      for await (const bytes of child.stdout) {
        if (this.#input !== null) this.#tell(brokerWords.data, bytes);
      }
    } catch {
      // Its end is what is told.
    }
    this.kill();
    await child.status;
    this.#child = null;
    this.#tell(brokerWords.ended);
  }

  // Synchronous: the engine always reads, and nothing may come between the halves of a word.
  #tell(word: number, bytes: Uint8Array | null = null): void {
    const out = encodeBrokerWord(word, this.#slot, bytes);
    try {
      for (let at = 0; at < out.length;) at += Deno.stdout.writeSync(out.subarray(at));
    } catch {
      // The engine is gone: so is its end of our input, which ends us.
    }
  }
}
