/** Random but valid sessions of an MCP client over stdio, and what it is told in them. */
import { McpClient, type McpMessage } from "./mcp_client.ts";
import type { McpProject } from "./mcp_project.ts";
import { publicServerEnv } from "./mcp_public_servers.ts";
import type { Program } from "./sealward.ts";
import type { Draw } from "./seeded.ts";

/** A request a client may send, and sends with other ids, spelled in another way, with others. */
export interface Request {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Takes long enough to be cancelled on the way. */
  readonly isSlow?: boolean;
}

export interface Catalog {
  readonly requests: readonly Request[];
  /** What the client answers to requests of the server, by method. */
  readonly answers: Readonly<Record<string, object>>;
  /** Added to each request's `_meta`: nothing before 2026-07-28. */
  readonly meta: object;
  /** The server as a command line. */
  readonly server: readonly string[];
  /** Ends when the server says nothing more by itself. */
  readonly begin: (client: McpClient) => Promise<void>;
}

/** Nobody knows these tools; a rule that only warns lets each of them through. */
export const sessionPolicy = `version: "1.0"
mcp:
  servers:
    test:
      methods:
        resources/read: {verbs: [call]}
        resources/subscribe: {verbs: [call]}
        prompts/get: {verbs: [call]}
rules:
  - id: everything
    description: All of it is allowed
    match: {tools: ["mcp__test__*", "mcp:test:*"]}
    effect: warn
`;

/** Requests that go out in one write. */
interface Round {
  readonly text: string;
  readonly ids: readonly (string | number)[];
}

export type Session = readonly Round[];

function pick<T>(draw: Draw, all: readonly T[]): T {
  return all[draw(all.length)] as T;
}

/** Every id is used once. */
function planId(draw: Draw, at: number): string | number {
  return pick<string | number>(draw, [
    ...[at, -at - 1, `${at}`, `é ${at} \u{1f511}`, ` ${at}`, Number.MAX_SAFE_INTEGER - at],
    ...[`"${at}\\"`, `sealward-${at}`, `__proto__${at}`],
  ]);
}

/** The same message, as others may write it. */
function spell(draw: Draw, message: object): string {
  const reversed = Object.fromEntries(Object.entries(message).reverse());
  const text = JSON.stringify(draw(2) === 0 ? message : reversed);
  const spelled = draw(3) > 0 ? text : text.replace(
    /[^\x20-\x7e]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const spaced = draw(4) > 0 ? spelled : ` ${spelled.slice(0, -1)}\t }  `;
  return `${spaced}${pick(draw, ["\n", "\n", "\r\n"])}`;
}

function planParams(draw: Draw, { meta }: Catalog, { params }: Request, token: string | null) {
  const all = { ...meta, ...(token === null ? {} : { progressToken: token }) };
  const isBare = Object.keys(all).length === 0 && draw(4) > 0;
  return isBare ? params : { ...params, _meta: all };
}

function planRound(draw: Draw, catalog: Catalog, first: number): Round {
  const ids: (string | number)[] = [];
  let text = "";
  for (let count = draw(3) === 0 ? 2 + draw(5) : 1; count > 0; count--) {
    const request = pick(draw, catalog.requests);
    const { method, isSlow = false } = request;
    const id = planId(draw, first + count);
    const isCancelled = isSlow && draw(2) === 0;
    // Progress of what nobody waits for comes when it likes.
    const token = !isCancelled && draw(4) === 0 ? `token ${id}` : null;
    const params = planParams(draw, catalog, request, token);
    text += spell(draw, { jsonrpc: "2.0", id, method, params });
    if (isCancelled) {
      const cancelled = { method: "notifications/cancelled", params: { requestId: id } };
      text += spell(draw, { jsonrpc: "2.0", ...cancelled });
    } else {
      ids.push(id);
    }
  }
  return { text, ids };
}

export function planSession(draw: Draw, catalog: Catalog, rounds: number): Session {
  return Array.from({ length: rounds }, (_, at) => planRound(draw, catalog, at * 10));
}

/**
 * What a line says, less what docs/mcp.md promises to be different (the words of a method nobody
 * knows, and of a tool that the server does not list) and moments.
 */
function readLine(line: string): string {
  const { id, error, result } = JSON.parse(line) as McpMessage;
  if (error?.code === -32_601) return `${id}: no such method`;
  const text = result?.content?.[0]?.text ?? error?.message ?? "";
  if (/^Sealward denied it: the server lists no tool|Unknown tool|not found$/.test(text)) {
    return `${id}: no such tool`;
  }
  return line.replace(/\d+:\d\d:\d\d( [AP]M)?/g, "TIME");
}

/** The server counts what it asks, and what overtakes what is nobody's promise. */
function withoutCount(line: string): string {
  return "method" in JSON.parse(line) ? line.replace(/"(id|progressToken)":\d+/g, '"$1":0') : line;
}

async function play(
  client: McpClient,
  session: Session,
): Promise<readonly (readonly string[])[]> {
  const transcript: (readonly string[])[] = [];
  for (const { text, ids } of session) {
    const from = client.lines.length;
    const answered = ids.map((id) => client.when((one) => one.id === id && !("method" in one)));
    await client.send(text);
    await Promise.all(answered);
    const lines = client.lines.slice(from);
    const isOne = ids.length === 1;
    transcript.push(isOne ? lines.map(readLine) : lines.map(withoutCount).map(readLine).sort());
  }
  return transcript;
}

/**
 * Lines the client got, by round; where requests overtake each other, in the order of their text.
 *
 * @param program Null: without the proxy.
 */
export async function playSession(
  { project }: McpProject,
  program: Program | null,
  { server, begin, answers }: Catalog,
  session: Session,
): Promise<readonly (readonly string[])[]> {
  const before = program === null ? [] : [...program.command, "mcp", "--name", "test", "--"];
  const env = { ...publicServerEnv(), HOME: project.home };
  const command = [...before, ...server];
  await using client = new McpClient({ command, cwd: project.root, env });
  await begin(client);
  client.onRequest = ({ id, method = "" }) => {
    if (answers[method] !== undefined) void client.tell({ id, result: answers[method] });
  };
  return await play(client, session);
}
