/**
 * A server's stream of events, each message of it looked at before it goes on.
 *
 * @module
 */
import { maxMcpAnswerBytes } from "../../core/limits.ts";
import type { JsonObject } from "../../core/operation/operation.ts";
import { encodeEvent, SseReader } from "./sse_reader.ts";

/** What becomes of a server's message: as it came, another one, or nothing. */
export type Screened = "as_it_is" | "drop" | JsonObject;

export interface EventScreen {
  readonly screen: (bytes: Uint8Array) => Promise<Screened>;
  /** Once, however it ends; `isResumable` where events had ids to go on from. */
  readonly end: (isResumable: boolean) => void;
}

export function screenEvents(
  body: ReadableStream<Uint8Array>,
  screen: EventScreen,
): ReadableStream<Uint8Array> {
  const events = new ScreenedEvents(screen);
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    pull: async (out) => {
      try {
        const passed = await events.next(reader);
        if (passed === null) out.close();
        else out.enqueue(passed);
      } catch (thrown) {
        events.finish();
        // Nobody reads the rest.
        reader.cancel(thrown).catch(() => undefined);
        out.error(thrown);
      }
    },
    // The client is gone: it may come back for the rest.
    cancel: async (reason) => {
      events.finish();
      await reader.cancel(reason);
    },
  });
}

class ScreenedEvents {
  readonly #screen: EventScreen;
  readonly #events = new SseReader(maxMcpAnswerBytes);
  readonly #encoder = new TextEncoder();
  #isResumable = false;
  #isOver = false;

  constructor(screen: EventScreen) {
    this.#screen = screen;
  }

  /** What may go on of the next bytes that have something; null at the end. */
  async next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | null> {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        this.finish();
        return null;
      }
      const passed = await this.#take(value);
      if (passed !== "") return this.#encoder.encode(passed);
    }
  }

  finish(): void {
    if (!this.#isOver) this.#screen.end(this.#isResumable);
    this.#isOver = true;
  }

  async #take(chunk: Uint8Array): Promise<string> {
    let passed = "";
    for (const { text, data, hasId } of this.#events.push(chunk)) {
      this.#isResumable ||= hasId;
      const isMessage = data !== null && data !== "";
      const screened = isMessage
        ? await this.#screen.screen(this.#encoder.encode(data))
        : "as_it_is";
      if (screened !== "drop") passed += screened === "as_it_is" ? text : encodeEvent(screened);
    }
    return passed;
  }
}
