/** Many writers of one log at once, a server and rotations among them; and writers that are killed. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { readChain } from "../support/chain_lines.ts";
import { compiled, Project } from "../support/sealward.ts";
import { chooseSeed } from "../support/seeded.ts";
import { WorkerProcess } from "../support/worker_process.ts";

const operation = { type: "file_write", affected_files: ["src/app.ts"] };
const check = ["check", "--type", "file_write", "--file", "src/app.ts", "--quiet"];

async function verdictOf(project: Project): Promise<unknown> {
  return (await project.json(["audit", "verify"])).value["verdict"];
}

/** Asks a server in turn; returns the entries of its answers. */
async function ask(project: Project, count: number): Promise<readonly number[]> {
  const server = await startServer(project, compiled);
  const seqs: number[] = [];
  const caller = async () => {
    for (let i = 0; i < count / 4; i++) {
      const answer = await server.fetch("/v1/check", { body: operation });
      const { audit, code } = await answer.json();
      if (code === "audit_busy") i--;
      else assertEquals(answer.status, 200, code);
      if (answer.status === 200) seqs.push(audit.seq);
    }
  };
  await Promise.all([caller(), caller(), caller(), caller()]);
  assertEquals(await server.stop(), 0, server.said());
  return seqs;
}

describe("many processes on one log", () => {
  it("AUD-30 FLT-20 A1: 8 x 500 appends, a server and rotations among them, are one chain", async () => {
    using project = new Project();
    await project.init();
    const before = readChain(project).length;
    await using processes = new AsyncDisposableStack();
    const start = (...args: readonly string[]) =>
      processes.use(new WorkerProcess(project, ...args));
    let isDone = false;
    const rotating = (async () => {
      const exits: number[] = [];
      while (!isDone) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        const { exit, stderr } = await project.run(["audit", "rotate"]);
        if (!stderr.includes("audit_busy")) exits.push(exit);
      }
      return exits;
    })();
    const workers = Array.from({ length: 7 }, () => start("record", "500"));
    const served = ask(project, 500);
    const shots: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { exit, stderr } = await project.run(check);
      if (stderr.includes("audit_busy")) i--;
      else shots.push(exit);
      // AUD-19: looked at while segments are closed.
      const { value } = await project.json(["audit", "verify"]);
      const said = JSON.stringify(value);
      assert(value["verdict"] === "OK-UNANCHORED" || said.includes("audit_busy"), said);
    }
    const recorded = (await Promise.all(workers.map((worker) => worker.acknowledged()))).flat();
    const decided = await served;
    isDone = true;
    const closings = await rotating;
    assertEquals(closings, closings.map(() => 0));
    assertEquals(shots, Array(20).fill(0));
    assertEquals(new Set([...recorded, ...decided]).size, 4_000);

    assertEquals((await project.run(check)).exit, 0);
    assertEquals(await verdictOf(project), "OK-UNANCHORED");
    const chain = readChain(project);
    const count = (type: string) => chain.filter((line) => line.type === type).length;
    assert(recorded.every((seq) => chain[seq]?.type === "NOTE"));
    assert(decided.every((seq) => chain[seq]?.type === "audit.decision"));
    assertEquals([count("NOTE"), count("audit.decision")], [3_500, 521]);
    const own = chain.length - before - 4_021;
    const closed = count("audit.seal");
    assert(
      closed >= 3 && closed === closings.length && count("audit.segment") === closed,
      `${closed} segments closed`,
    );
    assertEquals(own, count("audit.state") + 2 * closed, `${own} of the log's own`);
  });
});

/** As many as CI has time for; `task test:soak` asks for more. */
const rounds = Number(Deno.env.get("SEALWARD_SOAK_ROUNDS") ?? 15);

describe("writers that are killed", () => {
  it(`FLT-08 AUD-31 A3 A4 ${rounds} times, 4 writers and rotations: nothing acknowledged is missing`, async () => {
    using project = new Project();
    await project.init();
    const acknowledged: number[] = [];
    const seed = chooseSeed("killed writers");
    let random = seed;
    for (let round = 0; round < rounds; round++) {
      const workers = [0, 0, 0, 0].map((count) =>
        new WorkerProcess(project, "record", String(count))
      );
      const rotating = new WorkerProcess(project, "rotate", "15");
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      const all = [...workers, rotating];
      await Promise.all(all.map((worker) => worker.started));
      await new Promise((resolve) => setTimeout(resolve, random % 200));
      for (const worker of all) worker.kill();
      for (const worker of workers) acknowledged.push(...await worker.acknowledged());
      await rotating.acknowledged();
      const what = `round ${round} of seed ${seed}`;
      const cut = String(await verdictOf(project));
      assert(["OK-UNANCHORED", "UNCLEAN-END"].includes(cut), `${what}: ${cut}`);
      const { exit, stdout } = await project.run(check);
      assertEquals(exit, 0, `${what}: ${stdout}`);
    }
    assertEquals(await verdictOf(project), "OK-UNANCHORED", `seed ${seed}`);
    const chain = readChain(project);
    assert(acknowledged.length > 10 * rounds, `only ${acknowledged.length} entries`);
    assertEquals(new Set(acknowledged).size, acknowledged.length, `seed ${seed}`);
    assertEquals(acknowledged.filter((seq) => chain[seq]?.type !== "NOTE"), [], `seed ${seed}`);
    const closed = chain.filter(({ type }) => type === "audit.seal").length;
    assert(closed >= rounds, `only ${closed} segments closed`);
  });
});
