/**
 * The `override` commands run for real on a road and a terminal that are fakes: both remember what
 * they were asked, so that a test of a refusal asserts what did not happen.
 */
import { EngineError } from "../../src/core/errors.ts";
import type { Host } from "../../src/edge/cli/host.ts";
import type { OverrideRoad, OverrideRoadOptions } from "../../src/edge/cli/override_road.ts";
import { runCommandLine } from "../../src/edge/cli/run_command_line.ts";
import type {
  ApproverView,
  OverrideListing,
  OverrideStatus,
  ShownRequest,
} from "../../src/pdp/override_desk.ts";

export const requestId = "0123456789abcdef0123456789abcdef";
export const overrideId = "fedcba9876543210fedcba9876543210";
export const phrase = "0A1B2-C3D4E";

/** A request of one approver, `ann`, that may be granted once. */
export function shownRequest(change: Partial<ShownRequest> = {}): ShownRequest {
  return {
    request_id: requestId,
    status: "pending",
    text: `request: ${requestId}\n  write ".env"\n`,
    phrase,
    document: {
      version: 1,
      request: requestId,
      install: "log",
      opened_at: 1_700_000_000,
      expires_at: 1_700_000_300,
      decision: "deny",
      operation_digest: `sha256:${"1".repeat(64)}`,
      policy_digest: `sha256:${"2".repeat(64)}`,
      effects_digest: `sha256:${"3".repeat(64)}`,
      principal: "uid:1000",
      agent: null,
      session: null,
      operation: { type: "file_write" },
      agent_says: null,
      effects: [{ verb: "write", resource: ".env" }],
      violations: [],
      is_covered: false,
      requests_in_hour: 2,
      denied_keys: [],
      finding_keys: [],
      finding_kinds: [],
    },
    approvers: [ann],
    kinds: ["once"],
    ...change,
  };
}

export const ann: ApproverView = {
  name: "ann",
  proofs: ["totp", "recovery", "ssh"],
  locked_until: null,
};

export const pending: OverrideStatus = {
  request_id: requestId,
  status: "pending",
  expires_at: "2026-11-23T09:05:00Z",
  override_id: null,
  approved_until: null,
  approved_by: null,
  override_trust: null,
  justification: null,
  kind: null,
};

export const approved: OverrideStatus = {
  ...pending,
  status: "approved",
  override_id: overrideId,
  approved_until: "2026-11-23T09:30:00Z",
  approved_by: "ann",
  override_trust: "same_uid",
  justification: "agreed in review",
  kind: "once",
};

export interface FakeRun {
  /** Words after `sealward override`. */
  readonly args: readonly string[];
  readonly shown?: ShownRequest;
  readonly listing?: OverrideListing;
  /** Of each look in turn; the last one stays. An error is thrown. */
  readonly statuses?: readonly (OverrideStatus | EngineError)[];
  /** What approve, deny, revoke and timeOut answer. */
  readonly answer?: OverrideStatus;
  /** Thrown by every call on the road, or by the one that `failsAt` names. */
  readonly failure?: EngineError;
  readonly failsAt?: string;
  /** What the person types, in turn; left out: nobody sits there. */
  readonly typed?: readonly (string | null)[];
  /** Whether stderr is a terminal; left out: where somebody sits. */
  readonly isWatched?: boolean;
  readonly files?: Readonly<Record<string, string>>;
}

export interface FakeOutcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** One array per call on the road, its name first. */
  readonly calls: readonly (readonly unknown[])[];
  readonly opened: readonly OverrideRoadOptions[];
  readonly asked: readonly (readonly [question: string, echo: string])[];
  readonly written: Readonly<Record<string, string>>;
  readonly isClosed: boolean;
}

/** Runs `sealward override ARGS` from the real command table. */
export async function runOverride(run: FakeRun): Promise<FakeOutcome> {
  const stage = new Stage(run);
  const out: string[] = [];
  const errors: string[] = [];
  const writer = (to: string[]) => ({
    writeSync: (bytes: Uint8Array) => to.push(new TextDecoder().decode(bytes)) && bytes.length,
  });
  const exit = await runCommandLine(["override", ...run.args], {
    host: stage.host(),
    stdout: writer(out),
    stderr: writer(errors),
    variable: () => undefined,
    terminals: { stdout: false, stderr: false },
    columns: () => 80,
  });
  return {
    exit,
    stdout: out.join(""),
    stderr: errors.join(""),
    calls: stage.calls,
    opened: stage.opened,
    asked: stage.asked,
    written: stage.written,
    isClosed: stage.isClosed,
  };
}

class Stage {
  readonly calls: unknown[][] = [];
  readonly opened: OverrideRoadOptions[] = [];
  readonly asked: [string, string][] = [];
  readonly written: Record<string, string> = {};
  isClosed = false;
  readonly #run: FakeRun;
  readonly #typed: (string | null)[];
  #looks = 0;

  constructor(run: FakeRun) {
    this.#run = run;
    this.#typed = [...run.typed ?? []];
  }

  /** Whatever a command asks for beyond these is a bug of the command, and fails. */
  host(): Host {
    const known: Partial<Host> = {
      isInteractive: this.#run.typed !== undefined,
      isWatched: this.#run.isWatched ?? this.#run.typed !== undefined,
      absolute: (path) => path.startsWith("/") ? path : `/work/${path}`,
      pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
      askPerson: async (question, echo) => {
        await Promise.resolve(this.asked.push([question, echo]));
        const line = this.#typed.shift();
        if (line === undefined) throw new Error(`nobody expected the question ${question}`);
        return line;
      },
      readInput: async (path) => {
        const text = await Promise.resolve(this.#run.files?.[path ?? "-"]);
        if (text === undefined) throw new EngineError("operation_invalid", "no such file");
        return new TextEncoder().encode(text);
      },
      writeOutputFile: (path, text) => {
        this.written[path] = text;
      },
      openOverrides: async (options) => {
        this.opened.push(options);
        return await Promise.resolve(this.#road());
      },
    };
    return new Proxy(known as Host, {
      get: (target, name) => {
        if (Reflect.has(target, name)) return Reflect.get(target, name);
        throw new Error(`nobody expected host.${String(name)}`);
      },
    });
  }

  #road(): OverrideRoad {
    const note = async <Result>(name: string, args: readonly unknown[], result: Result) => {
      await Promise.resolve(this.calls.push([name, ...args]));
      const { failure, failsAt = name } = this.#run;
      if (failure !== undefined && failsAt === name) throw failure;
      return result;
    };
    const { shown = shownRequest(), listing, answer = approved } = this.#run;
    return {
      list: () => note("list", [], listing ?? emptyListing),
      show: (id) => note("show", [id], shown),
      approve: (approval) => note("approve", [approval], answer),
      deny: (...args) => note("deny", args, answer),
      revoke: (...args) => note("revoke", args, answer),
      timeOut: (id) => note("timeOut", [id], answer),
      status: async (id) => {
        const { statuses = [pending] } = this.#run;
        const status = statuses[Math.min(this.#looks++, statuses.length - 1)] ?? pending;
        this.calls.push(["status", id]);
        if (status instanceof EngineError) throw status;
        return await Promise.resolve(status);
      },
      warnings: [],
      close: async () => {
        await Promise.resolve();
        this.isClosed = true;
      },
    };
  }
}

const emptyListing: OverrideListing = { pending: [], grants: [], enrolments: [], approvers: [] };
