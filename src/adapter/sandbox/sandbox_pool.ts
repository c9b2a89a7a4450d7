/**
 * Checks in another process: a worker at work, perhaps a spare one, and a denial for whatever they
 * do instead of answering.
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";
import type { CheckJob } from "../../core/check/check_job.ts";
import { checkCeilings } from "../../core/check/check_limits.ts";
import type { Sandbox, SandboxStatus, TimedOutcome } from "../../core/check/sandbox_port.ts";
import {
  badFrame,
  encodeFrame,
  encodeNumbers,
  frameKinds,
  PayloadReader,
} from "../../sandbox/frames.ts";
import { encodeLoad, fitsFrame } from "../../sandbox/job_frame.ts";
import {
  maxOutcomeBytes,
  maxRefusalBytes,
  parseOutcome,
  parseRefusal,
} from "../../sandbox/outcome_frame.ts";
import { Breaker } from "./breaker.ts";
import { type QueueBounds, TaskQueue } from "./task_queue.ts";
import type { WorkerSource } from "./worker_source.ts";
import { WorkerTalk } from "./worker_talk.ts";

const queueBounds: QueueBounds = { maxTasks: 256, maxBytes: 67_108_864, maxWaitMs: 2_000 };
const loadTakes = new Map<number, number>([
  [frameKinds.loaded, 4],
  [frameKinds.refused, maxRefusalBytes],
]);

/** What a worker is to do. */
interface Asked {
  readonly job: CheckJob;
  readonly request: Uint8Array;
}

export interface PoolOptions {
  readonly source: WorkerSource;
  /** Keeps a second worker ready, for the moment after a death. */
  readonly hasSpare: boolean;
  /** A clock that never goes back. */
  readonly nowMs: () => number;
}

/** The process side of the port Sandbox. */
export class SandboxPool implements Sandbox {
  readonly #source: WorkerSource;
  readonly #hasSpare: boolean;
  readonly #nowMs: () => number;
  readonly #breaker: Breaker;
  readonly #queue = new TaskQueue(queueBounds);
  #active: WorkerTalk | null = null;
  #spare: WorkerTalk | null = null;
  #lastNumber = 0;
  #isClosed = false;

  constructor({ source, hasSpare, nowMs }: PoolOptions) {
    this.#source = source;
    this.#hasSpare = hasSpare;
    this.#nowMs = nowMs;
    this.#breaker = new Breaker(nowMs);
  }

  /** Starts a worker before there is anything to do. */
  warmUp(): void {
    this.#active ??= this.#start();
  }

  load = async (key: string, job: CheckJob): Promise<CheckFailure | null> => {
    if (!fitsFrame(job)) return tooLarge("Module or data are");
    const id = await this.#inTurn(bytesOf(job), (talk) => this.#load(talk, key, job));
    return id instanceof CheckFailure ? id : null;
  };

  run = async (key: string, job: CheckJob, request: Uint8Array): Promise<TimedOutcome> => {
    // What can never be sent does not wait.
    if (!fitsFrame(job)) return failed(tooLarge("Module or data are"), 0);
    if (request.length > checkCeilings.inputBytes) return failed(tooLarge("The request is"), 0);
    const outcome = await this.#inTurn(request.length, async (talk) => {
      const outcome = await this.#loadAndRun(talk, key, { job, request });
      // Once: who has it no more right after it was loaded never had it.
      return outcome ?? await this.#loadAndRun(talk, key, { job, request }) ?? lost(talk);
    });
    return outcome instanceof CheckFailure ? failed(outcome, 0) : outcome;
  };

  status = (): SandboxStatus => ({
    breaker: this.#breaker.state,
    isLost: this.#isClosed || !this.#source.canStart() && (this.#active?.isDead ?? true),
    waiting: this.#queue.length,
  });

  close = async (): Promise<void> => {
    this.#isClosed = true;
    this.#queue.clear("The sandbox was closed");
    this.#active?.end();
    this.#spare?.end();
    await this.#source.close();
  };

  /** Does something with a worker that is ready, when it is its turn. */
  #inTurn<T>(
    bytes: number,
    act: (talk: WorkerTalk) => Promise<T>,
  ): Promise<T | CheckFailure> {
    return new Promise((resolve) => {
      const deny = (reason: string) => resolve(unavailable(reason));
      const work = async () => {
        const talk = await this.#awake();
        resolve(talk instanceof WorkerTalk ? await act(talk) : talk);
        this.#retire();
        this.#keepSpare();
        await this.#active?.tidy();
      };
      if (this.#isClosed || this.#breaker.state === "open") deny(this.#whyNot());
      else {this.#queue.add({
          bytes,
          act: () => work().catch(() => deny("It cannot be used")),
          deny,
        });}
    });
  }

  #whyNot(): string {
    return this.#isClosed ? "The sandbox was closed" : "The sandbox died too often";
  }

  async #awake(): Promise<WorkerTalk | CheckFailure> {
    // Looked at again: it may have opened while this one waited.
    if (this.#isClosed || this.#breaker.state === "open") return unavailable(this.#whyNot());
    let talk = this.#active;
    if (talk === null || talk.isDead) {
      talk = this.#spare !== null && !this.#spare.isDead ? this.#spare : null;
      this.#spare = null;
      if (talk === null && !this.#source.canStart()) {
        return unavailable("The sandbox is lost: start the server again");
      }
      talk ??= this.#start();
      this.#active = talk;
    }
    if (talk.isReady) return talk;
    const failure = await talk.ready;
    return failure === null ? talk : unavailable(failure.message);
  }

  #start(): WorkerTalk {
    return new WorkerTalk(this.#source, () => this.#breaker.died());
  }

  /** Between two runs: a worker that was sent much ends, and that is no death. */
  #retire(): void {
    if (this.#active?.jobs.isFull !== true || !this.#source.canStart()) return;
    this.#active.end();
    this.#active = null;
  }

  #keepSpare(): void {
    const isWanted = this.#hasSpare && !this.#isClosed && this.#breaker.state !== "open" &&
      this.#source.canStart() && (this.#spare === null || this.#spare.isDead);
    if (isWanted) this.#spare = this.#start();
  }

  /** The worker's number of a job, which it has then. */
  async #load(talk: WorkerTalk, key: string, job: CheckJob): Promise<number | CheckFailure> {
    const known = talk.jobs.find(key);
    if (known !== null) return known;
    const id = this.#number();
    const { loadDeadlineMs: deadlineMs } = job.limits;
    talk.jobs.count(bytesOf(job));
    const answer = await talk.ask(encodeLoad(id, job), { takes: loadTakes, deadlineMs });
    if (answer instanceof CheckFailure) return answer;
    return this.#believe(talk, () => {
      if (answer.kind === frameKinds.refused) return parseRefusal(answer.payload, id);
      if (new PayloadReader(answer.payload).number() !== id) {
        throw new CheckFailure("sandbox_crash", "Another job was loaded");
      }
      talk.jobs.add(key, id);
      return id;
    });
  }

  /** Null: the worker has dropped it since. */
  async #loadAndRun(
    talk: WorkerTalk,
    key: string,
    { job, request }: Asked,
  ): Promise<TimedOutcome | CheckFailure | null> {
    const id = await this.#load(talk, key, job);
    if (id instanceof CheckFailure) return id;
    const outcome = await this.#run(talk, id, { job, request });
    if (outcome === null) talk.jobs.forget(key);
    return outcome;
  }

  async #run(
    talk: WorkerTalk,
    id: number,
    { job: { limits }, request }: Asked,
  ): Promise<TimedOutcome | CheckFailure | null> {
    const run = this.#number();
    const takes = new Map<number, number>([
      [frameKinds.outcome, 4 + maxOutcomeBytes(limits)],
      [frameKinds.missing, 4],
    ]);
    const frame = encodeFrame(frameKinds.run, [encodeNumbers(run, id), request]);
    const start = this.#nowMs();
    const answer = await talk.ask(frame, { takes, deadlineMs: limits.deadlineMs });
    const wallMicros = Math.round((this.#nowMs() - start) * 1_000);
    if (answer instanceof CheckFailure) return failed(answer, wallMicros);
    return this.#believe(talk, () => {
      if (answer.kind === frameKinds.missing) return parseMissing(answer.payload, run);
      const outcome = parseOutcome(answer.payload, { run, limits });
      this.#breaker.lived();
      return { ...outcome, wallMicros };
    });
  }

  /** Whoever answers nonsense is not asked again. */
  #believe<T>(talk: WorkerTalk, parse: () => T): T | CheckFailure {
    try {
      return parse();
    } catch (error) {
      const failure = error instanceof CheckFailure
        ? error
        : new CheckFailure("sandbox_crash", "The sandbox answered nonsense");
      talk.condemn(failure);
      return failure;
    }
  }

  /** Never used twice while a worker that knows the first one lives. */
  #number(): number {
    this.#lastNumber = (this.#lastNumber + 1) % 0x1_0000_0000;
    return this.#lastNumber;
  }
}

/** Bytes that a worker is sent of a job. */
function bytesOf({ module, data }: CheckJob): number {
  return module.length + (data?.length ?? 0);
}

/** @throws {CheckFailure} It is about another run. */
function parseMissing(payload: Uint8Array, run: number): null {
  const reader = new PayloadReader(payload);
  if (reader.number() !== run) throw badFrame("Another run's job is missing");
  return null;
}

/** @returns Why it is not asked again. */
function lost(talk: WorkerTalk): CheckFailure {
  const failure = badFrame("The sandbox does not have what it has loaded");
  talk.condemn(failure);
  return failure;
}

function tooLarge(what: string): CheckFailure {
  return new CheckFailure("limit_exceeded", `${what} larger than any may be`);
}

function unavailable(message: string): CheckFailure {
  return new CheckFailure("sandbox_unavailable", message);
}

function failed({ code, message }: CheckFailure, wallMicros: number): TimedOutcome {
  return { status: "failed", code, message, fuel: 0, wallMicros };
}
