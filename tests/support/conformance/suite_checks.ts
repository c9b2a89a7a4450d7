/** What the suite found in one scenario after the other. */
export interface Check {
  readonly scenario: string;
  readonly id: string;
  readonly status: string;
  readonly errorMessage: string;
  /** Everything else that the check says, as text, without what differs in every run. */
  readonly rest: string;
}

interface Written {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** Moments, ports, ids of sessions, events and clocks, states that are sealed anew each time. */
function withoutRun(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d+)?/g, "UUID")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME")
    .replace(/(127\.0\.0\.1|localhost):\d+/g, "HOST")
    .replace(/\b1[78]\d{11}\b/g, "CLOCK")
    .replace(/eyJ[\w.-]+/g, "STATE")
    .replace(/\b\d+ ?ms\b/g, "DURATION");
}

/**
 * What belongs to the connection and not to MCP (headers of answers), or to the moment. Of an error
 * the code counts: the proxy refuses some requests itself, in its own words.
 */
const unlike: ReadonlySet<string> = new Set([
  ...["timestamp", "headers", "messagesValidated"],
  // How long a client waited.
  ...["actualDelayMs", "toolStreamCloseTime", "getReconnectionTime"],
]);

function withoutWords(key: string, value: unknown): unknown {
  if (unlike.has(key)) return undefined;
  const isError = key === "error" && typeof value === "object" && value !== null;
  return isError ? { code: (value as { readonly code?: unknown }).code } : value;
}

/** Objects with their keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function readCheck(scenario: string, written: Written): Check {
  const { id, status, errorMessage = "", ...rest } = written;
  const text = JSON.stringify(sorted(JSON.parse(JSON.stringify(rest, withoutWords))));
  return {
    ...{ scenario, id, status },
    errorMessage: withoutRun(errorMessage),
    rest: withoutRun(text),
  };
}

function readWritten(file: string): readonly Written[] {
  try {
    return JSON.parse(Deno.readTextFileSync(file));
  } catch (thrown) {
    // A scenario that broke off before its first check.
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
}

/** Of a folder the suite wrote: one folder for each scenario, named by it and the moment. */
export function readChecks(folder: string): readonly Check[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort().flatMap((name) => {
    const scenario = name.replace(/-\d{4}-\d\d-\d\dT[\dZ-]+$/, "").replace(/^server-/, "");
    return readWritten(`${folder}/${name}/checks.json`).map((one) => readCheck(scenario, one));
  });
}
