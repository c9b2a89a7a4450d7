/** A terminal, a folder of seeds and a desk that remember what happened. */
import { encodeHex } from "@std/encoding/hex";
import { totpHmac } from "../../../src/adapter/totp_hmac.ts";
import type { Command } from "../../../src/edge/cli/command.ts";
import type { CliContext, Host } from "../../../src/edge/cli/host.ts";
import type { OverrideKeeper } from "../../../src/edge/cli/override_keeper.ts";
import { parseCommandLine } from "../../../src/edge/cli/parse_command_line.ts";
import type { EnrolmentView, NewEnrolment } from "../../../src/pdp/override_desk.ts";

/** What a person types at a question; null: they give up. */
type Answer = string | null | ((world: FakeWorld) => string);

interface WorldOptions {
  readonly answers: readonly Answer[];
  readonly isInteractive?: boolean;
  readonly isWatched?: boolean;
  /** A name that is enrolled already. */
  readonly former?: string;
  readonly isNamed?: boolean;
  readonly width?: number;
  /** Thrown by the desk's enrol. */
  readonly failure?: Error;
  /** When the enrolment is in the log already. */
  readonly failsAfter?: boolean;
  readonly seedFailure?: Error;
  /** What the clock is behind; left out: it is not. */
  readonly seenAt?: string;
}

export interface FakeWorld {
  readonly options: WorldOptions;
  readonly nowUnixSeconds: number;
  readonly formerId: string;
  readonly acts: string[];
  readonly enrolled: NewEnrolment[];
  readonly seeds: Map<string, Uint8Array>;
  readonly files: Map<string, string>;
  readonly outputs: string[];
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly context: CliContext;
}

const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count));

class Sink {
  text = "";
  readonly #decoder = new TextDecoder();
  readonly writeSync = (bytes: Uint8Array): number => {
    this.text += this.#decoder.decode(bytes, { stream: true });
    return bytes.length;
  };
}

export function newWorld(options: WorldOptions): FakeWorld {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const formerId = encodeHex(randomBytes(16));
  const seeds = new Map(options.former === undefined ? [] : [[formerId, randomBytes(20)]]);
  const style = { colour: true, unicode: true };
  const world: FakeWorld = {
    options,
    // Never near the ends of the window: tests are slower than a code on a busy machine.
    nowUnixSeconds: 1_795_370_415,
    formerId,
    acts: [],
    enrolled: [],
    seeds,
    files: new Map(),
    outputs: [],
    stdout: () => stdout.text,
    stderr: () => stderr.text,
    context: {
      get host() {
        return hostOf(world);
      },
      stdout,
      stderr,
      render: (format) => ({ format, style, width: null }),
      renderErrors: (format) => ({ format, style, width: options.width ?? 120 }),
    },
  };
  const left = [...options.answers];
  Object.assign(world, { answer: () => left.shift() ?? null });
  return world;
}

function hostOf(world: FakeWorld): Host {
  const { isInteractive = true, isWatched = true } = world.options;
  const host: Partial<Host> = {
    isInteractive,
    isWatched,
    absolute: (path) => path,
    askPerson: async () => {
      const answer = await Promise.resolve((world as unknown as { answer: () => Answer }).answer());
      return typeof answer === "function" ? answer(world) : answer;
    },
    overrideKeeper: async (_root, outputs) => {
      world.outputs.push(...outputs);
      return await Promise.resolve(keeperOf(world));
    },
    createOutputFile: async (path) => {
      const sink = new Sink();
      return await Promise.resolve({
        writeSync: sink.writeSync,
        finish: () => void world.files.set(path, sink.text),
        discard: () => void world.files.delete(path),
      });
    },
  };
  return host as Host;
}

function viewOf(world: FakeWorld, enrolment: Pick<EnrolmentView, "id" | "name" | "algorithm">) {
  const { id, name, algorithm } = enrolment;
  const { isNamed = true } = world.options;
  const enrolledAt = "2026-11-22T18:00:00Z";
  return {
    id,
    name,
    algorithm,
    enrolled_at: enrolledAt,
    is_named: isNamed,
    recovery_codes_left: 10,
  };
}

function keeperOf(world: FakeWorld): OverrideKeeper {
  const { acts, enrolled, seeds, options, formerId } = world;
  const former = options.former === undefined
    ? []
    : [viewOf(world, { id: formerId, name: options.former, algorithm: "SHA1" })];
  return {
    overrides: {
      list: async () => {
        if (acts.length === 0) acts.push("list");
        const stands = enrolled.length > 0 ? enrolled.map((each) => viewOf(world, each)) : former;
        return await Promise.resolve({
          pending: [],
          grants: [],
          enrolments: stands,
          approvers: [],
        });
      },
      enrol: async (enrolment) => {
        await Promise.resolve(acts.push(`enrol ${enrolment.id}`));
        if (options.failure === undefined || options.failsAfter) enrolled.push(enrolment);
        if (options.failure !== undefined) throw options.failure;
        return viewOf(world, enrolment);
      },
      unenrol: async (id, by) => void await Promise.resolve(acts.push(`unenrol ${id} ${by}`)),
      clockBack: async () => await Promise.resolve(options.seenAt ?? null),
      acceptClock: async (by) => void await Promise.resolve(acts.push(`acceptClock ${by}`)),
    },
    principal: "uid:7",
    project: "project",
    warnings: [],
    hmac: totpHmac,
    randomBytes,
    nowUnixSeconds: () => world.nowUnixSeconds,
    writeSeed: (id, seed) => {
      if (options.seedFailure !== undefined) throw options.seedFailure;
      acts.push(`write ${id}`);
      seeds.set(id, seed);
    },
    removeSeed: (id) => void seeds.delete(id),
    close: async () => void await Promise.resolve(acts.push("close")),
  };
}

/** Runs a command as the command line would; its failures are thrown. */
export async function runFakeEnrolment(
  command: Command<CliContext>,
  { world, argv }: { readonly world: FakeWorld; readonly argv: readonly string[] },
): Promise<number> {
  const line = parseCommandLine([...command.path, ...argv], [command]);
  if (line.kind === "help") throw new Error("no help was asked for");
  return await line.command.run(world.context, line.parsed);
}
