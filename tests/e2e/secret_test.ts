/** Where the audit secret may come from, and that it goes nowhere. */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Project, type RunOptions } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { inShell } from "./fixtures/in_shell.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

const canary = "canary-7f3a9c51e6b24d08-canary-7f3a9c51";

/** Writes a private file outside the workspace and returns its path. */
function keep(project: Project, text: string | Uint8Array<ArrayBuffer>, mode = 0o600): string {
  const path = `${project.folder}/secret-${crypto.randomUUID()}`;
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  Deno.writeFileSync(path, bytes, { mode });
  Deno.chmodSync(path, mode);
  return path;
}

interface Row {
  readonly name: string;
  readonly path: (project: Project) => string | Promise<string>;
  readonly code: string;
}

const rows: readonly Row[] = [
  { name: "a missing file", path: ({ folder }) => `${folder}/absent`, code: "secret_missing" },
  { name: "an empty file", path: (project) => keep(project, ""), code: "secret_invalid" },
  {
    name: "31 bytes",
    path: (project) => keep(project, "0123456789abcdef".repeat(2).slice(1)),
    code: "secret_invalid",
  },
  {
    name: "SEED default",
    path: (project) => keep(project, "default-secret\n"),
    code: "secret_invalid",
  },
  {
    name: "one byte repeated",
    path: (project) => keep(project, "a".repeat(64)),
    code: "secret_invalid",
  },
  {
    name: "hex that is none",
    path: (project) => keep(project, `hex:${"xy".repeat(32)}`),
    code: "secret_invalid",
  },
  {
    name: "hex too short",
    path: (project) => keep(project, `hex:${"0f".repeat(31)}`),
    code: "secret_invalid",
  },
  {
    name: "more than 4 KiB",
    path: (project) => keep(project, canary.repeat(200)),
    code: "secret_unsafe",
  },
  {
    name: "readable by others",
    path: (project) => keep(project, canary, 0o644),
    code: "secret_unsafe",
  },
  {
    name: "readable by the group",
    path: (project) => keep(project, canary, 0o640),
    code: "secret_unsafe",
  },
  { name: "a folder", path: ({ folder }) => folder, code: "secret_unsafe" },
  {
    name: "a symbolic link",
    path: (project) => {
      Deno.symlinkSync(keep(project, canary), `${project.folder}/link`);
      return `${project.folder}/link`;
    },
    code: "secret_unsafe",
  },
  {
    name: "a file of two names",
    path: (project) => {
      const path = keep(project, canary);
      Deno.linkSync(path, `${project.folder}/second`);
      return path;
    },
    code: "secret_unsafe",
  },
  {
    name: "a FIFO",
    path: async ({ folder }) => {
      await new Deno.Command("mkfifo", { args: ["-m", "600", `${folder}/fifo`] }).output();
      return `${folder}/fifo`;
    },
    code: "secret_unsafe",
  },
  {
    name: "inside the workspace",
    path: (project) => {
      project.write("secret", canary);
      Deno.chmodSync(project.path("secret"), 0o600);
      return project.path("secret");
    },
    code: "secret_unsafe",
  },
];

describe("SEC-05 MAN-10 audit secret", () => {
  it("each unfit file is refused, by init too, which leaves nothing behind", async () => {
    for (const { name, path, code } of rows) {
      using project = new Project();
      const env = { SCALPEL_AUDIT_SECRET_FILE: await path(project) };
      const { exit, value } = await project.json(["init", "--guide"], { env });
      assertEquals([exit, errorCode(value)], [1, code], name);
      assertThrows(() => project.stateFolder());
      assertThrows(() => Deno.statSync(project.path(".scalpel")));
    }
  });

  it("each unfit file stops a check that was possible before", async () => {
    using project = new Project();
    await project.init();
    for (const { name, path, code } of rows.slice(0, 10)) {
      const env = { SCALPEL_AUDIT_SECRET_FILE: await path(project) };
      const { exit, value } = await project.json(["check", ...harmless], { env });
      assertEquals([exit, errorCode(value)], [1, code], name);
    }
    Deno.removeSync(`${project.stateFolder()}/keys/audit.key`);
    const { exit, value } = await project.json(["check", ...harmless]);
    assertEquals([exit, errorCode(value)], [1, "secret_missing"]);
  });

  it("prefixes and a trailing newline name the same bytes", async () => {
    using project = new Project();
    // No text, newlines inside, none at the end.
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => i % 8 === 0 ? 0x0a : 255 - i);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const env = (text: string | Uint8Array<ArrayBuffer>) => ({
      SCALPEL_AUDIT_SECRET_FILE: keep(project, text),
    });
    await project.init(["--guide"], { env: env(`hex:${hex}\n`) });
    const withNewline = new Uint8Array(33);
    withNewline.set(bytes);
    withNewline[32] = 0x0a;
    for (const text of [`hex:${hex}`, `base32:${base32(bytes)}`, bytes, withNewline]) {
      assertEquals((await ask(project, harmless, { env: env(text) })).exit, 0);
    }
    // Without prefix the letters are the secret: another one.
    const { exit, value } = await project.json(["check", ...harmless], { env: env(hex) });
    assertEquals([exit, errorCode(value)], [1, "audit_unverifiable"]);
  });

  itOnBoth("comes through an inherited descriptor, pipe or file", async (program) => {
    using project = new Project();
    const secret = keep(project, canary);
    const env = { SCALPEL_AUDIT_SECRET_FD: "3" };
    const piped = inShell(`cat ${secret} | { exec 3<&0; exec "$@" </dev/null; }`, program);
    await project.init(["--guide"], { env, program: piped });
    const file = inShell(`exec "$@" 3<${secret}`, program);
    for (const way of [piped, file]) {
      assertEquals((await ask(project, harmless, { env, program: way })).exit, 0);
      assertEquals((await project.run(["verify"], { env, program: way })).exit, 0);
    }
    const { exit, value } = await project.json(["check", ...harmless], { env, program });
    assertEquals([exit, errorCode(value)], [1, "secret_missing"]);
  });

  itOnBoth("SEC-02 from a variable is taken with a warning", async (program) => {
    using project = new Project();
    const env = { SCALPEL_AUDIT_SECRET: canary };
    await project.init(["--guide"], { env, program });
    const { exit, stderr } = await project.run(["check", ...harmless], { env, program });
    assertEquals(exit, 0);
    assertMatch(stderr, /warning: SCALPEL_AUDIT_SECRET /);
    const rows = {
      "default-secret": "secret_invalid",
      short: "secret_invalid",
      "": "secret_missing",
    };
    for (const [value, code] of Object.entries(rows)) {
      const refused = await project.json(["check", ...harmless], {
        env: { SCALPEL_AUDIT_SECRET: value },
        program,
      });
      assertEquals([refused.exit, errorCode(refused.value)], [1, code], value);
    }
  });

  it("a systemd credential is found", async () => {
    using project = new Project();
    const folder = `${project.folder}/credentials`;
    Deno.mkdirSync(folder, { mode: 0o700 });
    Deno.writeTextFileSync(`${folder}/scalpel_audit_secret`, canary, { mode: 0o400 });
    const env = { CREDENTIALS_DIRECTORY: folder };
    await project.init(["--guide"], { env });
    assertEquals((await ask(project, harmless, { env })).exit, 0);
    // The log was written under it: nothing else opens it.
    const { exit, value } = await project.json(["check", ...harmless]);
    assertEquals([exit, value["allowed"]], [1, false]);
  });
});

function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => alphabet[parseInt(group.padEnd(5, "0"), 2)]).join("");
}

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesBelow(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

describe("SEC-01 S1 no secret is shown", () => {
  itOnBoth("in output, log or any file of the workspace", async (program) => {
    using project = new Project();
    const env = { SCALPEL_AUDIT_SECRET_FILE: keep(project, canary) };
    const said: string[] = [];
    const run = async (args: readonly string[], options: RunOptions = {}) => {
      const { stdout, stderr } = await project.run(args, { program, env, ...options });
      said.push(stdout, stderr);
    };
    await run(["init", "--guide"]);
    await run(["check", ...harmless, "--verbose"]);
    await run(["check", ...harmless, "--json"], { env: { SCALPEL_AUDIT_SECRET: canary } });
    await run(["check", ...harmless], { env: { SCALPEL_AUDIT_SECRET: `hex:${canary}` } });
    await run(["check", ...harmless], { env: { SCALPEL_AUDIT_SECRET_FD: canary } });
    for (const command of ["status", "verify", "doctor", "version"]) await run([command, "--json"]);
    await run(["doctor", "--permissions"]);
    await run(["audit", "query", "--json"]);
    const state = project.stateFolder();
    const secrets = [
      canary,
      ...["tokens/agent", "tokens/operator", "tokens/approver", "keys/checkpoint.pem"].map(
        (name) => Deno.readTextFileSync(`${state}/${name}`).trim(),
      ),
    ];
    for (const file of filesBelow(project.root)) said.push(Deno.readTextFileSync(file));
    for (const file of filesBelow(`${state}/log`)) said.push(Deno.readTextFileSync(file));
    for (const secret of secrets) {
      assertEquals(
        said.filter((text) => text.includes(secret)).map((text) => text.slice(0, 80)),
        [],
      );
    }
  });
});
