/**
 * Signed policies on the binary and with the real ssh-keygen, on a host of its own: /etc is a folder
 * of the test's, seen by nobody else. Needs root (or user namespaces), unshare and ssh-keygen.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { manifestFile, signatureFile } from "../../src/core/integrity/manifest.ts";
import { compiled, type Outcome, type Program, Project } from "../support/sealward.ts";

const namespace = "sealward-policy";
const policy = 'version: "1.0"\nprotected:\n  files: ["*.env"]\n';

/** A project on a host with an /etc of its own. */
class Host extends Project {
  readonly etc = `${this.folder}/etc`;
  /** Runs programs with that /etc; what they leave running is theirs. */
  readonly program: Program;

  constructor(program: Program = compiled) {
    super();
    Deno.mkdirSync(`${this.etc}/sealward`, { recursive: true });
    for (const name of ["passwd", "group", "nsswitch.conf"]) {
      try {
        Deno.copyFileSync(`/etc/${name}`, `${this.etc}/${name}`);
      } catch {
        // Not every system has each of them.
      }
    }
    const script = 'mount --bind "$1" /etc && shift && exec "$@"';
    const command = ["unshare", "-m", "sh", "-c", script, "sh", this.etc, ...program.command];
    this.program = { name: program.name, command };
    this.write(".scalpel/policy.yaml", policy);
  }

  get keysFile(): string {
    return `${this.etc}/sealward/trusted_keys`;
  }

  trust(...publicPaths: readonly string[]): void {
    const lines = publicPaths.map((path) => Deno.readTextFileSync(path));
    Deno.writeTextFileSync(this.keysFile, lines.join(""), { mode: 0o644 });
    Deno.chmodSync(this.keysFile, 0o644);
  }

  override run(args: readonly string[], options = {}): Promise<Outcome> {
    return super.run(args, { program: this.program, ...options });
  }

  async need(args: readonly string[], options = {}): Promise<Outcome> {
    const outcome = await this.run(args, options);
    assertEquals(outcome.exit, 0, `${args.join(" ")}: ${outcome.stderr}`);
    return outcome;
  }

  /** Makes a key with ssh-keygen; returns its path. */
  async sshKey(
    name: string,
    more: readonly string[] = ["-t", "ed25519", "-N", ""],
  ): Promise<string> {
    const path = `${this.folder}/${name}`;
    await this.need(["-q", "-f", path, "-C", name, ...more], { program: sshKeygen });
    return path;
  }

  async check(file = "src/app.ts"): Promise<number> {
    return (await this.run(["check", "--type", "file_write", "--file", file])).exit;
  }
}

const sshKeygen: Program = { name: "ssh-keygen", command: ["ssh-keygen"] };

/** What ssh-keygen says of our pair under this public key. */
async function sshVerify(host: Host, publicPath: string): Promise<Outcome> {
  const signers = `${host.folder}/signers`;
  Deno.writeTextFileSync(signers, `me ${Deno.readTextFileSync(publicPath)}`);
  const sig = host.path(signatureFile);
  return await host.run(["-Y", "verify", "-f", signers, "-I", "me", "-n", namespace, "-s", sig], {
    program: sshKeygen,
    stdin: host.read(manifestFile),
  });
}

describe("policy sign", () => {
  for (const kind of ["own", "openssh"] as const) {
    it(`writes with an ${kind} key what ssh-keygen verifies, and the host decides by`, async () => {
      using host = new Host();
      const path = kind === "own" ? `${host.folder}/key` : await host.sshKey("key");
      if (kind === "own") await host.need(["policy", "keygen", path, "--comment", "key"]);
      host.trust(`${path}.pub`);
      await host.need(["policy", "sign", "--key", path, "--yes"]);
      assertEquals((await sshVerify(host, `${path}.pub`)).exit, 0);
      await host.need(["policy", "verify"]);
      await host.need(["policy", "verify", "--key", `${path}.pub`]);
      const made = await host.need(["init"]);
      assertStringIncludes(made.stdout, "signed and in force");
      assertEquals([await host.check(), await host.check(".env")], [0, 2]);
      assertEquals(JSON.parse(host.read(manifestFile)).signer, "key");
    });
  }

  it("writes the very bytes that ssh-keygen -Y sign writes", async () => {
    using host = new Host();
    const path = await host.sshKey("key");
    await host.need(["policy", "sign", "--key", path, "--yes"]);
    const own = host.read(signatureFile);
    Deno.removeSync(host.path(signatureFile));
    const manifest = host.path(manifestFile);
    await host.need(["-Y", "sign", "-n", namespace, "-f", path, manifest], { program: sshKeygen });
    assertEquals(host.read(signatureFile), own);
  });

  it("prepares for a key with a passphrase, which ssh-keygen alone reads", async () => {
    using host = new Host();
    const passphrase = crypto.randomUUID();
    const path = await host.sshKey("key", ["-t", "ed25519", "-N", passphrase]);
    host.trust(`${path}.pub`);
    const refused = await host.run(["policy", "sign", "--key", path, "--yes"]);
    assertEquals(refused.exit, 1);
    assertStringIncludes(refused.stderr, "ssh-keygen -Y sign -n sealward-policy");
    await host.need(["policy", "sign", "--prepare", "--yes"]);
    assertEquals((await host.run(["policy", "verify"])).exit, 3);
    // Off a terminal ssh-keygen asks a program for the passphrase.
    const ask = `${host.folder}/ask`;
    Deno.writeTextFileSync(ask, `#!/bin/sh\necho ${passphrase}\n`, { mode: 0o700 });
    await host.need(["-Y", "sign", "-n", namespace, "-f", path, host.path(manifestFile)], {
      program: sshKeygen,
      env: { SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: "force" },
    });
    await host.need(["policy", "verify"]);
    await host.need(["init"]);
    assertEquals(await host.check(), 0);
  });

  it("MAN-06 takes no ssh signature of another namespace or type of key", async () => {
    using host = new Host();
    const path = await host.sshKey("key");
    const others: readonly (readonly [string, readonly string[]])[] = [
      ["rsa", ["-t", "rsa", "-b", "2048", "-N", ""]],
      ["ecdsa", ["-t", "ecdsa", "-N", ""]],
    ];
    host.trust(`${path}.pub`);
    await host.need(["policy", "sign", "--prepare", "--yes"]);
    const sign = async (key: string, name: string) => {
      await Deno.remove(host.path(signatureFile)).catch(() => {});
      await host.need(["-Y", "sign", "-n", name, "-f", key, host.path(manifestFile)], {
        program: sshKeygen,
      });
    };
    for (const [name, more] of others) {
      const other = await host.sshKey(name, more);
      await sign(other, namespace);
      assertEquals((await host.run(["policy", "verify"])).exit, 5, name);
      assertEquals((await host.run(["policy", "sign", "--key", other, "--yes"])).exit, 1, name);
      const refused = await host.run(["policy", "verify", "--key", `${other}.pub`]);
      assertEquals(refused.exit, 1, name);
    }
    await sign(path, "file");
    assertEquals((await host.run(["policy", "verify"])).exit, 5);
    await sign(path, namespace);
    await host.need(["policy", "verify"]);
  });

  it("shows a fingerprint as ssh-keygen -l does", async () => {
    using host = new Host();
    const path = `${host.folder}/key`;
    const { stdout } = await host.need(["policy", "keygen", path]);
    const told = await host.need(["-lf", `${path}.pub`], { program: sshKeygen });
    const [, fingerprint = "?"] = told.stdout.split(" ");
    assertStringIncludes(stdout, fingerprint);
  });
});

describe("a host that trusts a key", () => {
  it("wants a signature: accept is refused, edits and older pairs exit 5", async () => {
    using host = new Host();
    const path = await host.sshKey("key");
    host.trust(`${path}.pub`);
    const made = await host.need(["init"]);
    assertStringIncludes(made.stdout, "everything is denied");
    assertEquals(await host.check(), 2);
    assertEquals((await host.run(["policy", "accept", "--yes"])).exit, 3);
    await host.need(["policy", "sign", "--key", path, "--yes"]);
    assertEquals(await host.check(), 0);
    const old = [manifestFile, signatureFile].map((name) => [name, host.read(name)] as const);
    host.write(".scalpel/policy.yaml", `${policy}# more\n`);
    assertEquals(await host.check(), 5);
    assertEquals((await host.run(["policy", "sign", "--key", path])).exit, 2, "nobody said yes");
    await host.need(["policy", "sign", "--key", path, "--yes"]);
    assertEquals(await host.check(), 0);
    host.write(".scalpel/policy.yaml", policy);
    for (const [name, text] of old) host.write(name, text);
    assertEquals(await host.check(), 5);
    const { stdout } = await host.run(["verify"]);
    assertStringIncludes(stdout, "version 1");
  });

  it("MAN-10 starts with no keys that others than root could have written", async () => {
    using host = new Host();
    const path = await host.sshKey("key");
    const folder = `${host.etc}/sealward`;
    host.trust(`${path}.pub`);
    await host.need(["policy", "sign", "--key", path, "--yes"]);
    await host.need(["init"]);
    const rows: readonly (readonly [string, () => void, () => void])[] = [
      [
        "file open to the group",
        () => Deno.chmodSync(host.keysFile, 0o664),
        () => Deno.chmodSync(host.keysFile, 0o644),
      ],
      [
        "folder open to others",
        () => Deno.chmodSync(folder, 0o777),
        () => Deno.chmodSync(folder, 0o755),
      ],
      [
        "/etc open to others",
        () => Deno.chmodSync(host.etc, 0o757),
        () => Deno.chmodSync(host.etc, 0o755),
      ],
      [
        "another owner",
        () => Deno.chownSync(host.keysFile, 65534, 65534),
        () => Deno.chownSync(host.keysFile, 0, 0),
      ],
      [
        "folder of another owner",
        () => Deno.chownSync(folder, 65534, 65534),
        () => Deno.chownSync(folder, 0, 0),
      ],
      [
        "a second name",
        () => Deno.linkSync(host.keysFile, `${host.etc}/second`),
        () => Deno.removeSync(`${host.etc}/second`),
      ],
      [
        "a link",
        () => {
          Deno.renameSync(host.keysFile, `${folder}/real`);
          Deno.symlinkSync("real", host.keysFile);
        },
        () => {
          Deno.removeSync(host.keysFile);
          Deno.renameSync(`${folder}/real`, host.keysFile);
        },
      ],
      [
        "rubbish",
        () => Deno.writeTextFileSync(host.keysFile, "changeme\n"),
        () => host.trust(`${path}.pub`),
      ],
    ];
    for (const [name, plant, heal] of rows) {
      plant();
      const { exit, stdout, stderr } = await host.run(["check", "--file", "src/a.ts"]);
      assertEquals(exit, 1, name);
      assertStringIncludes(stderr, "trusted_keys_invalid", name);
      assert(!stdout.includes("ALLOW"), name);
      heal();
      assertEquals(await host.check(), 0, name);
    }
  });

  it("MAN-19 and takes a change of keys at once", async () => {
    using host = new Host();
    const [one, two] = [await host.sshKey("one"), await host.sshKey("two")];
    host.trust(`${one}.pub`);
    await host.need(["policy", "sign", "--key", one, "--yes"]);
    await host.need(["init"]);
    host.trust(`${two}.pub`);
    assertEquals(await host.check(), 5);
    await host.need(["policy", "sign", "--key", two, "--yes"]);
    assertEquals(await host.check(), 0);
    host.trust(`${one}.pub`, `${two}.pub`);
    assertEquals(await host.check(), 0);
  });
});

describe("a build with --trusted-key", () => {
  it("trusts its keys on a host that has none, and names them", async () => {
    using host = new Host();
    const [one, two] = [await host.sshKey("one"), await host.sshKey("two")];
    const binary = `${host.folder}/built/sealward`;
    Deno.mkdirSync(`${host.folder}/built`);
    await build(["--trusted-key", `${one}.pub`, "--output", binary]);
    const program = { name: "built", command: [...host.program.command.slice(0, -1), binary] };
    const check = async () =>
      (await host.run(["check", "--type", "file_write", "--file", "a"], { program })).exit;
    await host.need(["init"], { program });
    assertEquals((await host.run(["policy", "accept", "--yes"], { program })).exit, 3);
    assertEquals(await check(), 2);
    await host.need(["policy", "sign", "--key", two, "--yes"], { program });
    assertEquals(await check(), 5);
    await host.need(["policy", "sign", "--key", one, "--yes"], { program });
    assertEquals(await check(), 0);
    const told = await host.need(["version", "--format", "json"], { program });
    const { trusted_keys } = JSON.parse(told.stdout);
    assertEquals(trusted_keys.length, 1);
    assertEquals(await buildError(["--trusted-key", one, "--output", binary]), true);
  });
});

async function runBuild(args: readonly string[]): Promise<Deno.CommandOutput> {
  const root = new URL("../..", import.meta.url).pathname;
  const command = ["run", "--frozen", "-A", "scripts/build.ts", ...args];
  return await new Deno.Command(Deno.execPath(), { args: command, cwd: root }).output();
}

async function build(args: readonly string[]): Promise<void> {
  const { success, stderr } = await runBuild(args);
  assert(success, new TextDecoder().decode(stderr));
}

/** Whether the build refuses. */
async function buildError(args: readonly string[]): Promise<boolean> {
  return !(await runBuild(args)).success;
}
