/**
 * One worker and what is said to it: one question at a time, one frame for an answer, in time.
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";
import { version } from "../../core/version.ts";
import {
  badFrame,
  dueBit,
  encodeFrame,
  type Frame,
  type FrameKind,
  frameKinds,
  FrameReader,
} from "../../sandbox/frames.ts";
import { isReady } from "../../sandbox/worker_desk.ts";
import { SentJobs } from "./sent_jobs.ts";
import type { WorkerLink, WorkerSource } from "./worker_source.ts";

/** From start to `ready`; generous, for a machine that is busy. */
const startDeadlineMs = 5_000;
/** Milliseconds, on a machine that is not busy. */
const tidyDeadlineMs = 1_000;
const tidyTakes = new Map<number, number>([[frameKinds.tidied, 0]]);
const readyTakes = new Map<number, number>([[frameKinds.ready, 64]]);

interface Question {
  readonly resolve: (answer: Frame | CheckFailure) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** What to wait for. */
export interface Expectation {
  /** Longest payload of each kind that may answer. */
  readonly takes: ReadonlyMap<number, number>;
  readonly deadlineMs: number;
}

/** A worker that is dead stays dead: nothing is ever asked of it again. */
export class WorkerTalk {
  readonly jobs = new SentJobs();
  /** Null when it can be asked, else why it never can. */
  readonly ready: Promise<CheckFailure | null>;
  readonly #link: WorkerLink | null;
  readonly #reader = new FrameReader(readyTakes, dueBit);
  readonly #onDeath: () => void;
  #question: Question | null = null;
  #death: CheckFailure | null = null;
  #isReady = false;
  #isDue = false;

  /** @param onDeath Called once: it ended, broke a rule or was too late. Not after end(). */
  constructor(source: WorkerSource, onDeath: () => void) {
    this.#onDeath = onDeath;
    this.ready = this.#wait(startDeadlineMs).then((answer) => this.#hearReady(answer));
    this.#link = source.start({
      onBytes: (bytes) => this.#hear(bytes),
      onEnd: () => this.#die(badFrame("The sandbox ended without an answer")),
    });
    if (this.#link === null) this.#die(badFrame("No sandbox could be started"));
  }

  get isDead(): boolean {
    return this.#death !== null;
  }

  /** Whether it can be asked this very moment. */
  get isReady(): boolean {
    return this.#isReady && this.#death === null;
  }

  /**
   * Sends a frame and waits for the one that answers it. Only when ready, one at a time.
   *
   * @returns The answer, or `deadline` or `sandbox_crash`: then the worker is dead.
   */
  ask(
    frame: Uint8Array<ArrayBuffer>,
    { takes, deadlineMs }: Expectation,
  ): Promise<Frame | CheckFailure> {
    if (this.#death !== null) return Promise.resolve(this.#death);
    this.#isDue = false;
    this.#reader.expect(takes);
    const answer = this.#wait(deadlineMs);
    this.#link?.send(frame);
    return answer;
  }

  /**
   * Lets it collect what nobody uses, where it said that it should. Not on the time of a run: that has
   * a deadline, and what another one left is no fault of its own.
   */
  async tidy(): Promise<void> {
    if (!this.#isDue || this.#death !== null) return;
    const frame = encodeFrame(frameKinds.tidy, []);
    await this.ask(frame, { takes: tidyTakes, deadlineMs: tidyDeadlineMs });
  }

  /** The answer was a frame but not one that makes sense. */
  condemn(failure: CheckFailure): void {
    this.#die(failure);
  }

  /** Kills it without calling that a death. */
  end(): void {
    if (this.#death !== null) return;
    this.#death = badFrame("The sandbox was closed");
    this.#close();
  }

  #wait(deadlineMs: number): Promise<Frame | CheckFailure> {
    return new Promise((resolve) => {
      const late = new CheckFailure("deadline", `No answer within ${deadlineMs} ms`);
      const timer = setTimeout(() => this.#die(late), deadlineMs);
      this.#question = { resolve, timer };
    });
  }

  #hearReady(answer: Frame | CheckFailure): CheckFailure | null {
    if (!(answer instanceof CheckFailure) && !isReady(answer.payload, version)) {
      this.#die(badFrame("The sandbox is another version of this program"));
    }
    this.#isReady = this.#death === null;
    return this.#death;
  }

  #hear(bytes: Uint8Array): void {
    if (this.#death !== null) return;
    try {
      if (this.#question === null) throw badFrame("Got bytes that nobody asked for");
      this.#reader.push(bytes);
      const frame = this.#reader.next();
      if (frame === null) return;
      if (!this.#reader.isEmpty) throw badFrame("Got bytes after the answer");
      this.#isDue = (frame.kind & dueBit) !== 0;
      this.#answer({ ...frame, kind: (frame.kind & ~dueBit) as FrameKind });
    } catch (error) {
      this.#die(error instanceof CheckFailure ? error : badFrame("Cannot read the sandbox"));
    }
  }

  #answer(answer: Frame | CheckFailure): void {
    const question = this.#question;
    if (question === null) return;
    clearTimeout(question.timer);
    this.#question = null;
    question.resolve(answer);
  }

  #die(failure: CheckFailure): void {
    if (this.#death !== null) return;
    this.#death = failure;
    this.#close();
    this.#onDeath();
  }

  #close(): void {
    // Killed first: who waits may take its time.
    this.#link?.kill();
    if (this.#death !== null) this.#answer(this.#death);
  }
}
