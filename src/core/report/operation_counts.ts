/**
 * What was done, by verb, folder, tool, program and whoever asked. Each operation counts once in a
 * row, however many of its effects belong there.
 *
 * @module
 */
import { isStopped, type LoggedDecision } from "./logged_decision.ts";
import { placeOf } from "./place.ts";
import type {
  Counted,
  FolderRow,
  NamedRow,
  Report,
  SessionRow,
  UnmeasuredRow,
  VerbRow,
} from "./report.ts";
import { Tally } from "./tally.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Ranked =
  | "verbs"
  | "folders"
  | "tools"
  | "programs"
  | "agents"
  | "sessions"
  | "principals"
  | "unmeasured";

const named = (): Tally<Mutable<NamedRow>> =>
  new Tally((key) => ({ name: key === "" ? null : key, operations: 0, stopped: 0 }));

/** Counts decisions one after the other. */
export class OperationCounts {
  readonly #verbs = new Tally<Mutable<VerbRow>>((verb) => ({ verb, operations: 0, stopped: 0 }));
  readonly #folders = new Tally<Mutable<FolderRow>>((folder) => ({
    folder,
    outside: /^[/~]/.test(folder),
    operations: 0,
    reads: 0,
    changes: 0,
    stopped: 0,
  }));
  readonly #tools = named();
  readonly #programs = named();
  readonly #agents = named();
  readonly #principals = named();
  readonly #sessions = new Tally<{ row: Mutable<SessionRow> | null }>(() => ({ row: null }));
  readonly #unmeasured = new Tally<Mutable<UnmeasuredRow>>((limit) => ({ limit, operations: 0 }));

  /** Takes one decision; `root` is absolute. */
  add(decision: LoggedDecision, root: string): void {
    const stopped = isStopped(decision) ? 1 : 0;
    const verbs = new Set(decision.effects.map(({ verb }) => verb));
    for (const verb of verbs) count(this.#verbs.at(verb), stopped);
    this.#addFolders(decision, root, stopped);
    if (decision.tool !== null) count(this.#tools.at(decision.tool), stopped);
    for (const program of decision.programs) count(this.#programs.at(program), stopped);
    count(this.#agents.at(decision.agent ?? ""), stopped);
    count(this.#principals.at(decision.principal ?? ""), stopped);
    this.#addSession(decision, stopped);
    for (const limit of decision.unmeasured) {
      const row = this.#unmeasured.at(limit);
      if (row !== null) row.operations++;
    }
  }

  #addFolders({ effects, cwd }: LoggedDecision, root: string, stopped: number): void {
    const uses = new Map<string, { reads: boolean; changes: boolean }>();
    for (const { kind, verb, resource } of effects) {
      if (kind !== "path") continue;
      const { folder } = placeOf(resource, cwd, root);
      const use = uses.get(folder) ?? { reads: false, changes: false };
      uses.set(folder, use);
      if (verb === "read") use.reads = true;
      else use.changes = true;
    }
    for (const [folder, { reads, changes }] of uses) {
      const row = this.#folders.at(folder);
      count(row, stopped);
      if (row === null) continue;
      if (reads) row.reads++;
      if (changes) row.changes++;
    }
  }

  #addSession({ session, agent, at }: LoggedDecision, stopped: number): void {
    const slot = this.#sessions.at(JSON.stringify([session, agent]));
    if (slot === null) return;
    slot.row ??= { session, agent, operations: 0, stopped: 0, first_at: at, last_at: at };
    slot.row.last_at = at;
    count(slot.row, stopped);
  }

  rank(top: number): Pick<Report, Ranked> {
    const weigh = ({ operations }: { readonly operations: number }) => operations;
    const sessions = this.#sessions.rank(top, ({ row }) => row?.operations ?? 0);
    return {
      verbs: this.#verbs.rank(top, weigh),
      folders: this.#folders.rank(top, weigh),
      tools: this.#tools.rank(top, weigh),
      programs: this.#programs.rank(top, weigh),
      agents: this.#agents.rank(top, weigh),
      sessions: { ...sessions, rows: sessions.rows.flatMap(({ row }) => row ?? []) },
      principals: this.#principals.rank(top, weigh),
      unmeasured: this.#unmeasured.rank(top, weigh),
    };
  }
}

function count(row: Mutable<Counted> | null, stopped: number): void {
  if (row === null) return;
  row.operations++;
  row.stopped += stopped;
}
