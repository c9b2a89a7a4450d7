/**
 * A local install whose policy lets people approve, with the program's clock at will: agent, server and
 * people are each started at the time that `clock` says. Needs `script`, oathtool and faketime.
 */
import { assertEquals } from "@std/assert";
import { type Served, startServer } from "../e2e/fixtures/start_server.ts";
import type { LogLine, Offer } from "./guarded_approvals.ts";
import { approveAtTerminal, type Authenticator, enrolAtTerminal, nowSeconds } from "./person.ts";
import { type PtyOutcome, runInPty } from "./pty.ts";
import { compiled, type Outcome, type Program, Project } from "./sealward.ts";

export interface Posted {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- tests reach into whatever came
  readonly body: any;
}

/** How far the program's clock is ahead, seconds; by libfaketime, where it is not 0. */
export function programAt(aheadSeconds: number): Program {
  if (aheadSeconds === 0) return compiled;
  return fakedBy([`FAKETIME=${aheadSeconds < 0 ? "" : "+"}${aheadSeconds}`]);
}

function fakedBy(variables: readonly string[]): Program {
  return {
    name: "compiled, with another clock",
    command: [
      "/usr/bin/env",
      // The loader fills in the folder of this machine's libraries.
      "LD_PRELOAD=/usr/$LIB/faketime/libfaketimeMT.so.1",
      "FAKETIME_DONT_FAKE_MONOTONIC=1",
      ...variables,
      ...compiled.command,
    ],
  };
}

export class LocalApprovals implements AsyncDisposable {
  readonly project = new Project();
  /** Seconds that the clock of what is started next is ahead. */
  ahead = 0;
  #server: Served | null = null;

  private constructor() {}

  static async create(policy: string): Promise<LocalApprovals> {
    const made = new LocalApprovals();
    made.project.write(".scalpel/policy.yaml", policy);
    const { exit, stderr } = await made.run(["init", "--yes"]);
    assertEquals(exit, 0, stderr);
    return made;
  }

  /** Seconds since 1970 of what is started now. */
  now(): number {
    return nowSeconds() + this.ahead;
  }

  /** @param time RFC 3339. */
  setClock(time: string): void {
    this.ahead = Math.floor(Date.parse(time) / 1000) - nowSeconds();
  }

  async must(args: readonly string[]): Promise<void> {
    const { exit, stdout, stderr } = await this.run(args);
    assertEquals(exit, 0, `${args.join(" ")}: ${stdout}${stderr}`);
  }

  run(args: readonly string[]): Promise<Outcome> {
    return this.project.run(args, { program: programAt(this.ahead) });
  }

  // deno-lint-ignore no-explicit-any -- tests reach into whatever came
  async ask(args: readonly string[]): Promise<{ readonly exit: number; readonly value: any }> {
    return await this.project.json(args, { program: programAt(this.ahead) });
  }

  #at(args: readonly string[]) {
    const { root, home } = this.project;
    const command = [...programAt(this.ahead).command, "override", ...args];
    return { command, options: { cwd: root, env: { HOME: home } } };
  }

  async enrol(name = "ada", former?: string): Promise<Authenticator> {
    const { command, options } = this.#at(["enroll", name]);
    const old = former === undefined ? {} : { former };
    return await enrolAtTerminal(command, { ...options, ...old, at: this.now() });
  }

  check(file = "a.env"): ReturnType<LocalApprovals["ask"]> {
    return this.ask(["check", "--type", "file_write", "--file", file]);
  }

  async exitOf(file = "a.env"): Promise<number> {
    return (await this.check(file)).exit;
  }

  async deny(file = "a.env"): Promise<Offer> {
    const { exit, value } = await this.check(file);
    assertEquals([exit, value.override?.status], [2, "offered"], JSON.stringify(value));
    return value.override;
  }

  /** What a denial says while the clock is behind what the log has seen. */
  async requireClockBack(file = "a.env"): Promise<void> {
    const { exit, value } = await this.check(file);
    assertEquals([exit, value.override?.status], [2, "clock_back"], JSON.stringify(value));
  }

  /** A person at a terminal. */
  async approve(
    { request_id: id, phrase }: Offer,
    code: string,
    flags: readonly string[] = [],
  ): Promise<PtyOutcome> {
    const { command, options } = this.#at(["approve", id, ...flags]);
    return await approveAtTerminal(command, { phrase, code, timeoutMs: 60_000, ...options });
  }

  /** A person at the console says that the clock is right now. */
  async acceptClock(): Promise<void> {
    const { command, options } = this.#at(["accept-clock"]);
    const answers = [{ after: "approval end? [y/N]", type: "y\r" }];
    const { exit, screen } = await runInPty(command, { ...options, answers });
    assertEquals(exit, 0, screen);
  }

  /** @param env With a file that says the clock, it is libfaketime's from the beginning. */
  async serve(env: Readonly<Record<string, string>> = {}): Promise<Served> {
    const program = Object.hasOwn(env, "FAKETIME_TIMESTAMP_FILE")
      ? fakedBy([])
      : programAt(this.ahead);
    this.#server = await startServer(this.project, program, env);
    return this.#server;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    if (this.#server === null) return;
    const { pid, stop } = this.#server;
    this.#server = null;
    Deno.kill(pid, "SIGKILL");
    await stop().catch(() => {});
  }

  /** With the approver's token. */
  async post(path: string, body: object): Promise<Posted> {
    const token = Deno.readTextFileSync(`${this.project.stateFolder()}/tokens/approver`).trim();
    const response = await fetch(`${this.#server?.url}${path}`, {
      method: "POST",
      headers: {
        "authorization": `Bearer ${token}`,
        "content-type": "application/json",
        "sealward-approve": "1",
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  approveByHttp({ request_id, phrase }: Offer, proof: object): Promise<Posted> {
    const body = { request_id, phrase, justification: "agreed in review", ...proof };
    return this.post("/v1/override/approve", body);
  }

  /** Every entry of the log, oldest first; of one type where one is named. */
  async log(type: string | null = null): Promise<readonly LogLine[]> {
    const filter = type === null ? [] : ["--type", type];
    const { value } = await this.ask(["audit", "query", "--limit", "10000", ...filter]);
    return value.entries.toSorted((a: LogLine, b: LogLine) => a.seq - b.seq);
  }

  async requireSoundLog(): Promise<void> {
    for (const args of [["audit", "verify"], ["replay", "--all"]]) await this.must(args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.project[Symbol.dispose]();
  }
}
