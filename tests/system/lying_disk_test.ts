/** A disk that loses what it was given: a sync that fails, and a write that only says it was done. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Served, startServer } from "../e2e/fixtures/start_server.ts";
import { binaryPath, Project } from "../support/sealward.ts";

const operation = { type: "file_write", affected_files: ["src/app.ts"] };
const check = ["check", "--type", "file_write", "--file", "src/app.ts", "--format", "json"];

/** A server whose calls on the log are traced, and some of whose syncs fail. */
async function startFailing(project: Project, when: string, tracePath: string): Promise<Served> {
  const log = project.path(".scalpel/audit.log");
  const rules = ["trace=openat,write,fdatasync", `inject=fdatasync:error=EIO:when=${when}`];
  const options = [...rules, "signal=none"].flatMap((rule) => ["-e", rule]);
  const command = ["strace", "-f", "-qq", "-y", "-s", "0", "-o", tracePath, "-P", log, ...options];
  return await startServer(project, { name: "strace", command: [...command, binaryPath] });
}

async function ask(server: Served): Promise<number> {
  const answer = await server.fetch("/v1/check", { body: operation });
  await answer.body?.cancel();
  return answer.status;
}

/** strace ends with the server, which stops when it is told to. */
async function stop(server: Served): Promise<void> {
  const children = new Deno.Command("pgrep", { args: ["-P", String(server.pid)] }).outputSync();
  Deno.kill(Number(new TextDecoder().decode(children.stdout)), "SIGTERM");
  await server.stop().catch(() => {});
}

describe("a sync that fails", () => {
  it("FLT-04 A3 denies once, is not repeated, and the log is read and written out anew", async () => {
    using project = new Project();
    await project.init();
    const tracePath = `${project.folder}/trace`;
    const server = await startFailing(project, "3", tracePath);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push(await ask(server));
    await stop(server);
    assertEquals(statuses, [200, 200, 503, 200, 200]);
    const calls = Deno.readTextFileSync(tracePath).split("\n");
    const failed = calls.findIndex((call) => call.includes("INJECTED"));
    const after = calls.slice(failed + 1).filter((call) => /openat|write|fdatasync/.test(call))
      .map((call) => /(openat|write|fdatasync)/.exec(call)?.[1]);
    // Opened twice: to append, and to write the bytes out again that the kernel may have dropped.
    assertEquals(after.slice(0, 4), ["openat", "openat", "write", "fdatasync"], after.join());
    assertEquals((await project.json(["audit", "verify"])).value["verdict"], "OK-UNANCHORED");
  });

  it("FLT-04 goes on denying while every sync fails, and starts again after", async () => {
    using project = new Project();
    await project.init();
    const tracePath = `${project.folder}/trace`;
    const server = await startFailing(project, "2+", tracePath);
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push(await ask(server));
    await stop(server);
    assertEquals(statuses, [200, 503, 503, 503]);
    assertEquals((await project.run(check)).exit, 0);
    assertEquals((await project.json(["audit", "verify"])).value["verdict"], "OK-UNANCHORED");
  });
});

describe("a write that was never made", () => {
  it("FLT-06 is noticed by the next check, which denies, and by who verifies", async () => {
    using project = new Project();
    await project.init();
    const log = project.path(".scalpel/audit.log");
    const sizeOf = () => Deno.statSync(log).size;
    const sizes = [sizeOf()];
    for (let i = 0; i < 2; i++) {
      assertEquals((await project.run(check)).exit, 0);
      sizes.push(sizeOf());
    }
    const lineBytes = (sizes[2] ?? 0) - (sizes[1] ?? 0);
    const rules = ["-e", "trace=write", "-e", `inject=write:retval=${lineBytes}:when=1`];
    const command = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", log, ...rules, binaryPath];
    // The kernel's word is all there is: this one must believe it.
    await project.run(check, { program: { name: "strace", command } });
    assertEquals(sizeOf(), sizes[2], "nothing was written");
    const { exit, value } = await project.json(check.slice(0, -2));
    assertEquals([exit, value["allowed"]], [5, false], JSON.stringify(value));
    const report = await project.json(["audit", "verify"]);
    assertEquals([report.exit, report.value["verdict"]], [5, "ROLLBACK"]);
    assert(String(report.value["message"]).length > 0);
  });
});
