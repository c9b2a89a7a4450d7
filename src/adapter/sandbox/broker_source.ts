/**
 * Workers by a broker: a child that was started before this process gave up starting programs.
 *
 * @module
 */
import {
  BrokerReader,
  brokerSlots,
  brokerWords,
  encodeBrokerWord,
} from "../../sandbox/broker_protocol.ts";
import { type Child, startChild } from "./start_child.ts";
import type { WorkerLink, WorkerListener, WorkerSource } from "./worker_source.ts";

const maxGoodbyeMs = 2_000;

/** Has workers started and killed, and talks to them through it. */
export class BrokerSource implements WorkerSource {
  readonly #broker: Child;
  readonly #slots = new Map<number, WorkerListener>();
  readonly #reader = new BrokerReader();
  #isLost = false;

  /** @throws As startChild does. */
  constructor(command: readonly string[]) {
    this.#broker = startChild(command, {
      onBytes: (bytes) => this.#hear(bytes),
      onEnd: () => this.#lose(),
    });
  }

  canStart(): boolean {
    return !this.#isLost;
  }

  start(listener: WorkerListener): WorkerLink | null {
    if (this.#isLost) return null;
    // One that was killed holds its slot until it is gone.
    const slot = [...Array(brokerSlots).keys()].find((slot) => !this.#slots.has(slot));
    if (slot === undefined) return null;
    this.#slots.set(slot, listener);
    this.#broker.send(encodeBrokerWord(brokerWords.start, slot));
    const whileOurs = (act: () => void) => {
      if (this.#slots.get(slot) === listener) act();
    };
    return {
      send: (bytes) =>
        whileOurs(() => this.#broker.send(encodeBrokerWord(brokerWords.data, slot, bytes))),
      kill: () => whileOurs(() => this.#broker.send(encodeBrokerWord(brokerWords.kill, slot))),
    };
  }

  /** Told that nobody is there any more, the broker kills its workers; a killed one could not. */
  async close(): Promise<void> {
    this.#isLost = true;
    this.#broker.close();
    const timer = setTimeout(() => this.#broker.kill(), maxGoodbyeMs);
    await this.#broker.gone;
    clearTimeout(timer);
  }

  #hear(chunk: Uint8Array): void {
    try {
      for (const { word, slot, bytes } of this.#reader.read(chunk)) {
        const listener = this.#slots.get(slot);
        if (listener === undefined) continue;
        if (word === brokerWords.data && bytes !== null) listener.onBytes(bytes);
        if (word !== brokerWords.ended) continue;
        this.#slots.delete(slot);
        listener.onEnd();
      }
    } catch {
      // Nonsense from the broker: there is no other one.
      this.#broker.kill();
      this.#lose();
    }
  }

  #lose(): void {
    this.#isLost = true;
    const listeners = [...this.#slots.values()];
    this.#slots.clear();
    for (const { onEnd } of listeners) onEnd();
  }
}
