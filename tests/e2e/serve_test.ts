/** The same answers over HTTP, and clients that believe nobody. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sendRaw } from "../support/raw_http.ts";
import { compiled, type Program, Project } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { inShell } from "./fixtures/in_shell.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { type Served, startServer } from "./fixtures/start_server.ts";

const write = (file: string) => ({ type: "file_write", affected_files: [file] });
const deniedFlags = ["--type", "file_write", "--file", ".env"];

/** An install and its server, both gone afterwards. */
async function withServer(
  body: (project: Project, server: Served) => Promise<void>,
  { program = compiled, env = {} }: {
    readonly program?: Program;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<void> {
  using project = new Project();
  await project.init();
  const server = await startServer(project, program, env);
  try {
    await body(project, server);
  } finally {
    assertEquals(await server.stop(), 0, server.said());
  }
}

async function codeOf(response: Response): Promise<unknown> {
  const { allowed, violations, code } = await response.json();
  return [response.status, allowed, violations?.[0]?.code ?? code ?? null];
}

/** Addresses on which the process listens: TCP in hex as the kernel says it, sockets by path. */
async function listeners(pid: number): Promise<readonly string[]> {
  // A shell looks: the runtime reads nothing below /proc/PID without every permission.
  const script = `cd /proc/${pid}; ls -l fd; cat net/tcp net/tcp6 net/unix`;
  const { stdout } = await new Deno.Command("/bin/sh", { args: ["-c", script] }).output();
  const lines = new TextDecoder().decode(stdout).split("\n").map((line) => line.trim());
  const own = lines.map((line) => /socket:\[(\d+)\]$/.exec(line)?.[1]);
  return lines.map((line) => line.split(/\s+/)).flatMap((fields) => {
    const [, address = "", , state] = fields;
    if (state === "0A" && own.includes(fields[9])) return [address];
    // Of net/unix: flags say "accepts connections".
    return fields[3] === "00010000" && own.includes(fields[6]) ? [fields[7] ?? "unnamed"] : [];
  });
}

describe("serve", () => {
  itOnBoth("ARCH-01 opens the approver's routes to the approver's token alone", async (program) => {
    await withServer(async (project, { fetch, said }) => {
      const list = "/v1/override/list";
      const statusOf = async (path: string, sent: Parameters<typeof fetch>[1]) => {
        const response = await fetch(path, sent);
        await response.body?.cancel();
        return response.status;
      };
      assertEquals(await statusOf(list, { token: "approver" }), 200);
      assertEquals(await statusOf(list, { token: "agent" }), 403);
      assertEquals(await statusOf(list, { token: null }), 401);
      assertEquals(await statusOf("/v1/check", { token: "approver", body: write("a") }), 403);
      const token = Deno.readTextFileSync(`${project.stateFolder()}/tokens/approver`).trim();
      assert(!said().includes(token) && !said().includes("no token for approvers"));
    }, { program });
  });

  it("HTTP-12 starts without approvers where an older install has no token for them", async () => {
    using project = new Project();
    await project.init();
    const path = `${project.stateFolder()}/tokens/approver`;
    const token = Deno.readTextFileSync(path).trim();
    Deno.removeSync(path);
    const server = await startServer(project, compiled);
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}/v1/override/list`, { headers });
    await response.body?.cancel();
    const checked = await server.fetch("/v1/check", { body: write("src/a.ts") });
    assertEquals([response.status, (await checked.json()).allowed], [401, true]);
    assertEquals(await server.stop(), 0);
    assertEquals(server.said().match(/no token for approvers/g)?.length, 1);
  });

  itOnBoth("gives the same two answers to those who hold a token", async (program) => {
    await withServer(async (project, { fetch, port }) => {
      const check = (file: string) => fetch("/v1/check", { body: write(file) });
      assertEquals(await codeOf(await check(".scalpel/policy.yaml")), [
        200,
        false,
        "path_protected",
      ]);
      assertEquals(await codeOf(await check("src/app.ts")), [200, true, null]);
      const batch = await fetch("/v1/check/batch", { body: [write("a.ts"), write(".env")] });
      const { allowed, decisions } = await batch.json();
      assertEquals([allowed, decisions.length, decisions[1].allowed], [false, 2, false]);
      assertEquals(await codeOf(await fetch("/v1/check", { token: null, body: {} })), [
        401,
        false,
        "request_unauthenticated",
      ]);
      const foreign = await sendRaw(port, "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n");
      assertEquals(foreign.status, 403);
      assertEquals(await codeOf(await fetch("/v1/check", { body: { type: "" } })), [
        400,
        false,
        "operation_invalid",
      ]);
      const entries = await readEntries(project, ["--type", "audit.decision"]);
      assertEquals(
        entries.map(({ details }) => details["principal"]),
        ["token:agent", "token:agent", "token:agent", "token:agent"],
      );
    }, { program });
  });

  it("shows the log to the operator only", async () => {
    await withServer(async (_project, { fetch }) => {
      await (await fetch("/v1/check", { body: write("a.ts") })).body?.cancel();
      for (const path of ["/v1/audit/events", "/v1/audit/verify"]) {
        assertEquals(await codeOf(await fetch(path)), [403, false, "request_forbidden"]);
      }
      const { entries } = await (await fetch("/v1/audit/events?limit=1", { token: "operator" }))
        .json();
      assertEquals([entries.length, entries[0].type], [1, "audit.decision"]);
      const report = await (await fetch("/v1/audit/verify", { token: "operator" })).json();
      assertEquals([report.verdict, report.entries], ["OK-UNANCHORED", 3]);
      const policy = await (await fetch("/v1/verify")).json();
      assertEquals(policy.status, "trusted");
      const health = await fetch("/healthz", { token: null });
      assertEquals((await health.json()).status, "ok");
    });
  });

  it("RACE-02 SEED-11 the next request notices a swapped policy, and a restored one", async () => {
    await withServer(async (project, { fetch }) => {
      const check = async () => await codeOf(await fetch("/v1/check", { body: write("a.ts") }));
      const path = ".scalpel/policy.yaml";
      const text = project.read(path);
      assertEquals(await check(), [200, true, null]);
      project.overwrite(path, text.replace("*.env", "*.xyz"));
      assertEquals(await check(), [200, false, "policy_tampered"]);
      assertEquals(await fetch("/readyz").then((response) => response.status), 503);
      project.overwrite(path, text);
      assertEquals(await check(), [200, true, null]);
    });
  });

  it("notices a policy accepted beside it", async () => {
    await withServer(async (project, { fetch }) => {
      const text = project.read(".scalpel/policy.yaml");
      project.overwrite(".scalpel/policy.yaml", text.replace("*.env", "*.lock"));
      assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
      const answer = await fetch("/v1/check", { body: write("deno.lock") });
      assertEquals(await codeOf(answer), [200, false, "path_protected"]);
    });
  });

  it("appends with commands beside it to one chain", async () => {
    await withServer(async (project, { fetch }) => {
      const batch = Array.from({ length: 20 }, (_, i) => JSON.stringify(write(`f${i}.ts`))).join(
        "\n",
      );
      const requests = Array.from({ length: 40 }, async (_, i) => {
        const answer = await fetch("/v1/check", { body: write(`s${i}.ts`) });
        return (await answer.json()).audit.seq as number;
      });
      const runs = Array.from({ length: 3 }, async () => {
        const { stdout } = await project.run(["check", "--batch"], { stdin: batch });
        return stdout.trimEnd().split("\n").map((line) => JSON.parse(line).audit.seq as number);
      });
      const seqs = [...await Promise.all(requests), ...(await Promise.all(runs)).flat()];
      assertEquals(new Set(seqs).size, 100);
      assertEquals((await project.run(["audit", "verify"])).exit, 0);
      const recorded = await readEntries(project, ["--type", "audit.decision"]);
      assertEquals(recorded.map(({ seq }) => seq), seqs.sort((a, b) => a - b));
    });
  });

  it("denies when the log under it is cut or gone", async () => {
    await withServer(async (project, { fetch }) => {
      const check = async () => await codeOf(await fetch("/v1/check", { body: write("a.ts") }));
      assertEquals(await check(), [200, true, null]);
      const kept = `${project.folder}/kept`;
      Deno.renameSync(project.path(".scalpel/audit.log"), kept);
      const [status, allowed] = await check() as readonly unknown[];
      assertEquals([status, allowed], [503, false]);
    });
  });

  itOnBoth("BIN-01 BIN-02 listens where it was told and nowhere else", async (program) => {
    for (const address of ["tcp:0.0.0.0:0", "duplicate,tcp:0.0.0.0:0", "unix:/tmp/sealward-evil"]) {
      const env = { DENO_SERVE_ADDRESS: address, DENO_TRUST_PROXY_HEADERS: "1" };
      await withServer(async (_project, { fetch, pid, port }) => {
        await (await fetch("/healthz", { token: null })).body?.cancel();
        const hex = port.toString(16).toUpperCase().padStart(4, "0");
        assertEquals(await listeners(pid), [`0100007F:${hex}`], address);
      }, { program, env });
    }
  });

  it("FLT-13 SIGTERM lets calls at work finish", async () => {
    using project = new Project();
    await project.init();
    const server = await startServer(project, compiled);
    const body = JSON.stringify(write("a.ts"));
    const token = Deno.readTextFileSync(`${project.stateFolder()}/tokens/agent`).trim();
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    const head = `POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n` +
      `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head + body.slice(0, 10)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const stopped = server.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await connection.write(new TextEncoder().encode(body.slice(10)));
    const buffer = new Uint8Array(65_536);
    const length = await connection.read(buffer) ?? 0;
    assertMatch(new TextDecoder().decode(buffer.subarray(0, length)), /^HTTP\/1\.1 200 /);
    connection.close();
    assertEquals(await stopped, 0);
    assertEquals((await readEntries(project, ["--type", "audit.decision"])).length, 1);
    assertEquals((await project.run(["verify"])).exit, 0);
  });

  it("says which port is taken", async () => {
    await withServer(async (project, { port }) => {
      const { exit, stderr } = await project.run(["serve", "--port", String(port)]);
      assertEquals(exit, 1);
      assertMatch(stderr, /error\[server_unreachable\]/);
      assertEquals((await project.run(["serve", "--port", "65536"])).exit, 64);
    });
  });
});

describe("check --server", () => {
  itOnBoth("allows and denies by what the server signed", async (program) => {
    await withServer(async (project, { url }) => {
      const allowed = await ask(project, [...harmless, "--server", url], { program });
      assertEquals([allowed.exit, allowed.decision.allowed], [0, true]);
      const env = { SCALPEL_SERVER: url };
      const denied = await ask(project, deniedFlags, { program, env });
      assertEquals([denied.exit, denied.codes], [2, ["path_protected"]]);
      const stdin = [write("a.ts"), write(".env")].map((each) => JSON.stringify(each)).join("\n");
      const batch = await project.run(["check", "--batch", "--server", url], { program, stdin });
      assertEquals(
        [batch.exit, batch.stdout.trimEnd().split("\n").map((line) => JSON.parse(line).allowed)],
        [2, [true, false]],
      );
      const [entry] = await readEntries(project, ["--limit", "1"]);
      assertEquals(entry?.details["principal"], "token:agent");
      const full = inShell('exec "$@" >/dev/full', program);
      const lost = await project.run(["check", ...harmless, "--server", url], { program: full });
      assertEquals(lost.exit, 1);
    }, { program });
  });

  it("exit 1 for a wrong key, a wrong token, an unfit URL", async () => {
    await withServer(async (project, { url }) => {
      const other = `${project.folder}/other.pub`;
      Deno.writeTextFileSync(other, btoa("k".repeat(32)));
      const refusal = async (...args: string[]) => {
        const { exit, value } = await project.json(["check", ...harmless, ...args]);
        return [exit, value["allowed"], errorCode(value)];
      };
      assertEquals(await refusal("--server", url, "--server-key", other), [
        1,
        false,
        "server_untrusted",
      ]);
      const token = `${project.folder}/token`;
      Deno.writeTextFileSync(token, "0".repeat(64), { mode: 0o600 });
      const [exit, allowed] = await refusal("--server", url, "--token-file", token);
      assertEquals([exit, allowed], [1, false]);
      const absent = `${project.folder}/absent`;
      assertEquals((await refusal("--server", url, "--server-key", absent))[0], 1);
      assertEquals((await refusal("--server", url, "--token-file", absent))[0], 1);
      assertEquals(await refusal("--server", "http://192.0.2.1:1"), [64, false, "usage"]);
    });
  });

  it("exit 1 for a server that is gone, silent, or another", async () => {
    using project = new Project();
    await project.init();
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = `http://127.0.0.1:${listener.addr.port}`;
    const started = performance.now();
    const silent = await project.json(["check", ...harmless, "--server", url]);
    assertEquals([silent.exit, errorCode(silent.value)], [1, "server_unreachable"]);
    assert(performance.now() - started < 5_000);
    listener.close();
    const gone = await project.json(["check", ...harmless, "--server", url]);
    assertEquals([gone.exit, errorCode(gone.value)], [1, "server_unreachable"]);
    const liar = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
      () => Response.json({ schema_version: 1, decision: "allow", allowed: true }),
    );
    const lying = await project.json([
      "check",
      ...harmless,
      "--server",
      `http://127.0.0.1:${liar.addr.port}`,
    ]);
    await liar.shutdown();
    assertEquals([lying.exit, errorCode(lying.value)], [1, "server_untrusted"]);
  });
});
