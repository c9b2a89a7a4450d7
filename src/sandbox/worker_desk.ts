/**
 * What a worker answers to a frame: the worker without its process.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import { CheckShelf, type LoadCheck } from "./check_shelf.ts";
import {
  badFrame,
  dueBit,
  encodeFrame,
  encodeNumbers,
  type Frame,
  frameKinds,
  frameVersion,
  PayloadReader,
} from "./frames.ts";
import { parseLoad } from "./job_frame.ts";
import { cutToLine, encodeOutcome, encodeRefusal } from "./outcome_frame.ts";

/** @param version Of the program: a parent talks to no other. */
export function encodeReady(version: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(version);
  return encodeFrame(frameKinds.ready, [encodeNumbers(frameVersion), text]);
}

/** Whether a worker's first payload is what this program's own worker says. */
export function isReady(payload: Uint8Array, version: string): boolean {
  const wanted = encodeReady(version).subarray(5);
  return wanted.length === payload.length && wanted.every((byte, i) => byte === payload[i]);
}

/** The jobs of a worker, as many as it keeps. */
export class WorkerDesk {
  readonly #shelf: CheckShelf<number>;

  /** @param collect Frees what nobody uses, before it returns. */
  constructor(loadCheck: LoadCheck, collect: () => void) {
    this.#shelf = new CheckShelf(loadCheck, collect);
  }

  /**
   * The frame to send back.
   *
   * @throws {CheckFailure} `sandbox_crash`: the parent spoke nonsense; the worker ends.
   * @throws Whatever else goes wrong: not a property of the check, so the worker ends as well.
   */
  answer(frame: Frame): Uint8Array<ArrayBuffer> {
    const answer = this.#answer(frame);
    if (this.#shelf.isDue) answer[4] = (answer[4] ?? 0) | dueBit;
    return answer;
  }

  #answer({ kind, payload }: Frame): Uint8Array<ArrayBuffer> {
    switch (kind) {
      case frameKinds.load:
        return this.#load(payload);
      case frameKinds.run:
        return this.#run(new PayloadReader(payload));
      case frameKinds.tidy:
        this.#shelf.tidy();
        return encodeFrame(frameKinds.tidied, []);
      default:
        throw badFrame(`Got a frame of kind ${kind}, which a worker does not take`);
    }
  }

  #load(payload: Uint8Array): Uint8Array<ArrayBuffer> {
    const { id, job } = parseLoad(payload);
    try {
      this.#shelf.put(id, job);
    } catch (error) {
      if (error instanceof CheckFailure) return encodeRefusal(id, error);
      throw error;
    }
    return encodeFrame(frameKinds.loaded, [encodeNumbers(id)]);
  }

  #run(reader: PayloadReader): Uint8Array<ArrayBuffer> {
    const [run, id] = [reader.number(), reader.number()];
    const check = this.#shelf.find(id);
    if (check === null) return encodeFrame(frameKinds.missing, [encodeNumbers(run)]);
    const outcome = check.run(reader.rest());
    return encodeOutcome(
      run,
      outcome.status === "ok" ? outcome : { ...outcome, message: cutToLine(outcome.message) },
    );
  }
}
