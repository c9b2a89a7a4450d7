/** The Python client against program and server, honest and lying: nothing runs without an allow. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { newSigningKeyPem, openSigningKey } from "../../src/adapter/signing_key.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { operationDigest } from "../../src/core/operation/operation_digest.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { answerTwice, eachLie, lieCount } from "../e2e/fixtures/lies.ts";
import { type Liar, startLiar, startRaw } from "../e2e/fixtures/lying_server.ts";
import { type Served, startServer } from "../e2e/fixtures/start_server.ts";
import { fakeDecision } from "../support/fake_engine.ts";
import { askPython, runPython, serverVariables } from "../support/python_client.ts";
import { compiled, Project } from "../support/sealward.ts";
import { signAnswer } from "../support/sign_answer.ts";

const refusals = new Set(["server_untrusted", "server_unreachable"]);

async function withServer(use: (project: Project, server: Served) => Promise<void>): Promise<void> {
  using project = new Project();
  await project.init();
  const server = await startServer(project, compiled);
  try {
    await use(project, server);
  } finally {
    assertEquals(await server.stop(), 0);
  }
}

/** One method of a Client whose server is at `url`, with the project's own token and key. */
function askClient(project: Project, url: string, method: string, token = "agent") {
  const state = project.stateFolder();
  const paths = [`${state}/tokens/${token}`, `${state}/keys/server.pub`];
  return askPython(project, ["ask_once.py", "server", url, ...paths, method]);
}

async function assertRefused(project: Project, url: string): Promise<void> {
  const { answer } = await askClient(project, url, "check,check_all");
  const raised = (answer as { readonly raised?: string }[]).map(({ raised = "none" }) => raised);
  assertEquals(raised.length, 2);
  assert(raised.every((code) => refusals.has(code)), JSON.stringify(answer));
}

describe("the Python client and a server", () => {
  it("asks every route that agents and operators have", async () => {
    await withServer(async (project, { url }) => {
      const asked = [
        "check",
        "check_all",
        "strict",
        "status",
        "verify",
        "ready",
        "valid",
        "settle",
      ];
      const answers: Record<string, unknown> = {};
      for (const method of asked) answers[method] = await askClient(project, url, method);
      assertEquals(answers, {
        check: { answer: "allow" },
        check_all: { answer: ["allow", "allow"] },
        // Limits that cannot be measured are unverified then.
        strict: { answer: "deny" },
        status: { answer: "trusted" },
        verify: { answer: "trusted" },
        ready: { answer: true },
        valid: { answer: false },
        settle: { answer: [] },
      });
      const unknown = ["task", "cancel", "request"].map((method) =>
        askClient(project, url, method)
      );
      const codes = (await Promise.all(unknown)).map(({ raised }) => raised);
      assertEquals(codes, ["override_unknown", "override_unknown", "operation_invalid"]);
      const outcome = await askClient(project, url, "outcome");
      assert(Array.isArray(outcome["answer"]), JSON.stringify(outcome));
      assertEquals(await askClient(project, url, "verify_log", "operator"), {
        answer: "OK-UNANCHORED",
      });
      const state = project.stateFolder();
      const log = (role: string) => {
        const paths = [`${state}/tokens/${role}`, `${state}/keys/server.pub`];
        return askPython(project, ["ask_once.py", "log", url, ...paths]);
      };
      // The newest entry may be another's by now: there is one, and it has a type.
      const [isIntact, types] = (await log("operator"))["answer"] as [boolean, string[]];
      assertEquals([isIntact, types.length], [true, 1]);
      assertEquals((await log("agent"))["raised"], "request_forbidden");
      const events = await askClient(project, url, "events", "operator");
      assertEquals((events["answer"] as unknown[]).length, 1);
      const forbidden = await askClient(project, url, "events");
      assertEquals(forbidden["raised"], "request_forbidden");
      assertEquals(
        (await askClient(project, url, "check", "approver"))["raised"],
        "request_forbidden",
      );
    });
  });

  it("tells what is in force, tampered with and all", async () => {
    await withServer(async (project, { url }) => {
      const policy = project.read(".scalpel/policy.yaml");
      project.overwrite(".scalpel/policy.yaml", `${policy}# edited\n`);
      assertEquals(await askClient(project, url, "verify"), { answer: "tampered" });
      assertEquals(await askClient(project, url, "ready"), { answer: false });
      assertEquals(await askClient(project, url, "check"), { answer: "deny" });
      const env = serverVariables(url);
      const raised = await askPython(project, ["ask_once.py", "found"], { env });
      assertEquals(raised["raised"], "operation_denied");
    });
  });

  it(`ARCH-04 refuses ${lieCount} lies and broken connections`, async (t) => {
    await withServer(async (project, server) => {
      await eachLie(t, { project, server }, (url) => assertRefused(project, url));
      await t.step("late, a byte at a time", async () => {
        const late: Liar = async ({ forward }) => {
          const { text, headers } = await forward();
          const slow = new ReadableStream<Uint8Array>({
            pull: async (controller) => {
              await new Promise((resolve) => setTimeout(resolve, 400));
              try {
                controller.enqueue(new TextEncoder().encode(text.slice(0, 1)));
              } catch {
                // Nobody reads any more.
              }
            },
          });
          headers.set("content-length", String(text.length));
          return new Response(slow, { headers });
        };
        await using liar = startLiar(project, server, late);
        const start = performance.now();
        await assertRefused(project, liar.url);
        assert(performance.now() - start < 5_000);
      });
    });
  });

  it("ARCH-05 refuses an answer that another follows", async () => {
    await withServer(async (project, server) => {
      await using liar = startRaw(answerTwice(project, server), true);
      await assertRefused(project, liar.url);
    });
  });
});

/** Starts it, and hands its lines out one by one. */
function spawnShared(project: Project, url: string) {
  const state = project.stateFolder();
  const script = new URL("../support/python/share_client.py", import.meta.url).pathname;
  const client = new URL("../../src/client/python", import.meta.url).pathname;
  const child = new Deno.Command("python3", {
    args: ["-B", script, url, `${state}/tokens/agent`, `${state}/keys/server.pub`],
    env: { PYTHONPATH: client },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const readLine = async (): Promise<unknown> => {
    let text = "";
    while (!text.endsWith("\n")) {
      const { value, done } = await lines.read();
      if (done) throw new Error(`ended after: ${text}`);
      text += value;
    }
    return JSON.parse(text);
  };
  return { child, readLine };
}

describe("one Python client", () => {
  it("is shared by threads and forks, each with its own answers, and outlives its server", async () => {
    using project = new Project();
    await project.init();
    const server = await startServer(project, compiled);
    const { child, readLine } = spawnShared(project, server.url);
    const each = [0, 1, 2, 3].map((index) => Array(5).fill(index % 2 === 0 ? "allow" : "deny"));
    assertEquals(await readLine(), {
      first: "allow",
      is_kept: true,
      threads: each,
      forks: each,
    });
    assertEquals(await server.stop(), 0);
    const again = await startServer(project, compiled, {}, server.port);
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("\n"));
    await writer.close();
    assertEquals(await readLine(), ["allow", "deny"]);
    assertEquals((await child.status).code, 0);
    assertEquals(await again.stop(), 0);
  });
});

const key = openSigningKey(newSigningKeyPem());
const operation = { type: "file_write", affected_files: ["src/app.ts"], metadata: {} };
const digest = operationDigest(parseOperation(operation), sha256);
const decision = fakeDecision(parseOperation(operation));

interface Signed {
  readonly body: object | string;
  readonly status?: number;
  readonly digests?: readonly string[];
}

/** A server that has the right key and signs these one after another, whatever is asked. */
async function askSigned(project: Project, method: string, ...contents: readonly Signed[]) {
  const left = [...contents];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    (request) => signAnswer(request, { key, ...(left.shift() ?? { body: {} }) }),
  );
  project.write("token", "t".repeat(40));
  project.write("key", encodeBase64(key.publicKey));
  const url = `http://127.0.0.1:${server.addr.port}`;
  const paths = [project.path("token"), project.path("key")];
  const methods = contents.map(() => method).join(",");
  try {
    return await askPython(project, ["ask_once.py", "server", url, ...paths, methods]);
  } finally {
    await server.shutdown();
  }
}

describe("the Python client and answers its server signed", () => {
  it("reads the one that is whole", async () => {
    using project = new Project();
    const content = { body: decision, digests: [digest] };
    assertEquals(await askSigned(project, "check", content), { answer: "allow" });
  });

  const { allowed: _, ...undecided } = decision;
  const granted = { status: "granted", override_id: "x" };
  const offered = {
    status: "offered",
    request_id: "0".repeat(32),
    phrase: "AAAAA-AAAAA",
    expires_at: "2026-11-22T18:00:00Z",
  };
  const text = JSON.stringify(decision);
  const odd: Readonly<Record<string, object | string>> = {
    "INV-9 an unknown verdict": { ...decision, decision: "perhaps" },
    "an allow that does not allow": { ...decision, allowed: false },
    "a denial that allows": { ...decision, decision: "deny" },
    "allowed in another type": { ...decision, allowed: 1 },
    "no allowed": undecided,
    "an unknown version": { ...decision, schema_version: 2 },
    "no place in the log": { ...decision, audit: null },
    "another operation's digest": { ...decision, operation_digest: `sha256:${"0".repeat(64)}` },
    "half a grant": { ...decision, override: granted },
    "an allow that offers": { ...decision, override: offered },
    "a list": [decision],
    "ARCH-05 a key twice": text.replace("{", '{"allowed":false,'),
    "ARCH-05 a key twice, deep down": text.replace('"audit":{', '"audit":{"seq":0,'),
    "a number that is none": text.replace("{", '{"elapsed_ms":NaN,'),
    "what is more than one document": `${text}${text}`,
    "a hundred thousand lists": `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
  };
  it(`refuses ${Object.keys(odd).join(", ")}`, async () => {
    using project = new Project();
    // The last one is whole: the client asks on.
    const bodies = [...Object.values(odd), decision];
    const asked = bodies.map((body) => ({ body, digests: [digest] }));
    const { answer } = await askSigned(project, "check", ...asked);
    const refused = Object.keys(odd).map((what) => [what, { raised: "server_untrusted" }]);
    const names = [...Object.keys(odd), "whole"];
    assertEquals(
      (answer as unknown[]).map((each, index) => [names[index], each]),
      [...refused, ["whole", "allow"]],
    );
  });

  it("BIND-03 refuses what is about another request, grant or query", async () => {
    using project = new Project();
    const ours = { schema_version: 1, allowed: false };
    const other = "1".repeat(32);
    const task = { id: other, status: "approved", override_status: "approved" };
    const codes = [
      await askSigned(project, "task", { body: { ...ours, task } }),
      await askSigned(project, "task", {
        // The task is denied, the engine's own word says approved.
        body: { ...ours, task: { ...task, id: "0".repeat(32), status: "denied" } },
      }),
      await askSigned(project, "valid", { body: { ...ours, override_id: other, valid: true } }),
      await askSigned(project, "events", { body: { ...ours, query: "limit=2", entries: [] } }),
      await askSigned(project, "status", { body: { ...ours, status: "trusted", message: "m" } }),
      await askSigned(project, "settle", { body: ours, digests: [digest] }),
      await askSigned(project, "ready", { body: { ready: true } }),
    ].map(({ raised }) => raised);
    assertEquals(codes, Array.from({ length: 7 }, () => "server_untrusted"));
  });
});

/** A program that says `text` on stdout and ends with `status`, whatever it is asked. */
function fakeProgram(project: Project, text: string, status: number, body = ""): string {
  const path = `${project.folder}/fake`;
  project.write("answer", text);
  const script = `#!/bin/sh\n${body}\ncat '${project.path("answer")}'\nexit ${status}\n`;
  Deno.writeTextFileSync(path, script, { mode: 0o755 });
  Deno.chmodSync(path, 0o755);
  return path;
}

describe("the Python client and the program", () => {
  it("runs what is allowed, once, and raises what the program says", async () => {
    using project = new Project();
    assertEquals((await askPython(project, ["ask_once.py", "found"]))["raised"], "not_initialized");
    await project.init();
    assertEquals(await askPython(project, ["ask_once.py", "found"]), { answer: ["ran"] });
    const { value } = await project.json(["audit", "query", "--type", "audit.decision"]);
    assertEquals((value["entries"] as unknown[]).length, 1);
  });

  it("tells of a policy and a log that were changed under its feet", async () => {
    using project = new Project();
    await project.init();
    const tampered = ["TamperDetectedError", "policy_tampered"];
    assertEquals(await askPython(project, ["tampering.py"]), {
      intact: [true, true],
      policy: [tampered, tampered, tampered, tampered],
      restored: "ran",
      reserved: ["SealwardError", "event_invalid"],
      dashes: ["SealwardError", "event_invalid"],
      log: [["TamperDetectedError", "audit_tampered"], ["TamperDetectedError", "audit_tampered"]],
    });
  });

  it("ARCH-04 allows nothing where the program is missing, lies, hangs or dies", async () => {
    using project = new Project();
    await project.init();
    const asked = async (path: string) =>
      (await askPython(project, ["ask_once.py", "program", path]))["raised"];
    assertEquals(await asked("/nowhere/sealward"), "server_unreachable");
    const policy = {
      schema_version: 1,
      policy: "trusted",
      policy_digest: decision.policy_digest,
      message: "m",
    };
    // Passes for the policy's status, then answers each check with the text at hand.
    const lie = (text: string, status: number) => {
      const says = `case "$1" in status) echo '${JSON.stringify(policy)}'; exit 0;; esac`;
      return asked(fakeProgram(project, text, status, says));
    };
    const denied = { ...decision, decision: "deny", allowed: false };
    assertEquals(await lie("", 0), "server_untrusted");
    assertEquals(await lie("allow\n", 0), "server_untrusted");
    assertEquals(await lie(JSON.stringify(decision), 2), "server_untrusted");
    assertEquals(await lie(JSON.stringify(denied), 0), "server_untrusted");
    assertEquals(
      await lie(JSON.stringify({ ...decision, decision: "yes" }), 0),
      "server_untrusted",
    );
    // Its operation carries a timestamp, which no digest holds: the fake's digest is the right one.
    assertEquals(await lie(JSON.stringify(denied), 2), "operation_denied");
    assertEquals(
      await lie(`${JSON.stringify(decision)}\n${JSON.stringify(decision)}`, 0),
      "server_untrusted",
    );
    assertEquals(await lie(JSON.stringify(decision), 1), "server_unreachable");
    assertEquals(await lie(JSON.stringify(decision).slice(0, -9), 0), "server_untrusted");
    assertEquals(await asked(fakeProgram(project, "", 0, "kill -9 $$")), "server_unreachable");
    assertEquals(await asked(fakeProgram(project, "", 0, "exec sleep 60")), "server_unreachable");
    // A fake that says what the real one would is believed: who chooses the program is not told apart.
    assertEquals(await lie(JSON.stringify(decision), 0), undefined);
  });

  it("INV-7 never names the token in what it raises", async () => {
    await withServer(async (project, server) => {
      const token = Deno.readTextFileSync(`${project.stateFolder()}/tokens/agent`).trim();
      await server.fetch("/healthz", { token: null });
      const { stdout, stderr } = await runPython(project, [
        "ask_once.py",
        "server",
        "http://127.0.0.1:1",
        `${project.stateFolder()}/tokens/agent`,
        `${project.stateFolder()}/keys/server.pub`,
        "check",
      ]);
      assertMatch(stdout, /server_unreachable/);
      assert(!`${stdout}${stderr}`.includes(token));
    });
  });
});
