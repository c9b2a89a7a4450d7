/**
 * Server-sent events (HTML standard, 9.2) as they come, each with the text it came in.
 *
 * @module
 */
import { McpFault } from "./mcp_fault.ts";

export interface SseEvent {
  /** With the blank line at its end. */
  readonly text: string;
  /** Lines of `data`, joined; null where it has none, as a comment that keeps a connection open. */
  readonly data: string | null;
  /** A client can ask for what comes after it. */
  readonly hasId: boolean;
}

/** Each of the two ends of lines may be any of three; of a last CR it must be known that no LF follows. */
const blankLine = /\r\n\r\n|\n\n|\r\r|\n\r\n|\n\r(?=[^\n])/;

export class SseReader {
  readonly #limitCharacters: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #rest = "";

  constructor(limitCharacters: number) {
    this.#limitCharacters = limitCharacters;
  }

  /** Every event that ends in `chunk`. @throws {McpFault} Where one is too long; TypeError. */
  push(chunk: Uint8Array): readonly SseEvent[] {
    const added = this.#decoder.decode(chunk, { stream: true });
    // An end may be cut in two: its first characters are looked at again.
    let from = Math.max(0, this.#rest.length - 3);
    this.#rest += added;
    const events: SseEvent[] = [];
    for (;;) {
      const found = blankLine.exec(this.#rest.slice(from));
      if (found === null) break;
      const end = from + found.index + found[0].length;
      events.push(readEvent(this.#rest.slice(0, end)));
      this.#rest = this.#rest.slice(end);
      from = 0;
    }
    if (this.#rest.length <= this.#limitCharacters) return events;
    throw new McpFault("invalid_request", "an event that is too long");
  }
}

function readEvent(text: string): SseEvent {
  const lines = text.split(/\r\n|\n|\r/);
  const valuesOf = (field: RegExp) =>
    lines.flatMap((line) => {
      const found = field.exec(line);
      return found === null ? [] : [found[1] ?? ""];
    });
  const data = valuesOf(/^data(?:: ?(.*))?$/s);
  const hasId = valuesOf(/^id(?:: ?(.*))?$/s).some((value) => value !== "");
  return { text, data: data.length === 0 ? null : data.join("\n"), hasId };
}

/** An event of one message. */
export function encodeEvent(message: object): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
