/** `init --guarded`: what it makes, what it refuses, and what a failure leaves. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { agentUid, GuardedInstall, guardedRoot, type Who } from "../support/guarded_install.ts";

const init = ["sealward", "init", "--guarded", "--agent", "agent", "--guide"];

/** The places of guarded installs, as they are. */
function places(install: GuardedInstall): Promise<string> {
  const folders = "/etc/sealward /var/lib/sealward /etc/systemd/system";
  return install.shell(
    "root",
    `find ${folders} ! -name .lock -exec stat -c '%n %F %U %a' {} + 2>/dev/null | sort; ` +
      `grep -c sealward /etc/passwd || true`,
  );
}

async function refuses(
  install: GuardedInstall,
  command: readonly string[],
  { exit, code, who = "root" }: {
    readonly exit: number;
    readonly code: string;
    readonly who?: Who;
  },
): Promise<void> {
  const before = await places(install);
  const { exit: found, value } = await install.ask(command.slice(1), { who });
  assertEquals([found, value.error?.code], [exit, code], command.join(" "));
  assertEquals(await places(install), before, "nothing was made");
}

describe("sealward init --guarded", () => {
  it("makes user, policy, state, token, unit and client.json, each with its owner", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    const text = await install.must("root", init);
    for (const step of ["  1. ", "  2. ", "  3. "]) assert(text.includes(step), text);
    const { id = "", engine_uid: uid } = await install.client();
    const stat = (path: string) => install.must("root", ["stat", "-c", "%u %a %F", path]);
    const wanted: Readonly<Record<string, string>> = {
      "/etc/sealward": "0 755 directory",
      "/etc/sealward/client.json": "0 644 regular file",
      [`/etc/sealward/${id}`]: "0 755 directory",
      [`/etc/sealward/${id}/policy.yaml`]: "0 644 regular file",
      [`/etc/sealward/${id}.agent.token`]: `${agentUid} 400 regular file`,
      [`/etc/systemd/system/sealward-${id}.service`]: "0 644 regular file",
      [`/var/lib/sealward/${id}`]: `${uid} 700 directory`,
      [`/var/lib/sealward/${id}/keys`]: `${uid} 700 directory`,
      [`/var/lib/sealward/${id}/keys/audit.key`]: `${uid} 600 regular file`,
      [`/var/lib/sealward/${id}/tokens/approver`]: `${uid} 600 regular file`,
      [`/var/lib/sealward/${id}/log`]: `${uid} 700 directory`,
    };
    for (const [path, facts] of Object.entries(wanted)) {
      assertEquals((await stat(path)).trim(), facts, path);
    }
    const others = `/var/lib/sealward/${id}`;
    assertEquals(await install.must("root", ["find", others, "!", "-uid", String(uid)]), "");
    const passwd = await install.must("root", ["grep", "^sealward:", "/etc/passwd"]);
    assertMatch(passwd, new RegExp(`:/var/lib/sealward/${id}:/usr/sbin/nologin\n$`));
    assertEquals(
      await install.exists(`${guardedRoot}/.scalpel`),
      false,
      "the workspace is not touched",
    );
  });

  it("writes a unit that systemd takes, with nothing of any environment in it", async () => {
    await using install = await GuardedInstall.create();
    const { id } = await install.client();
    const unit = `/etc/systemd/system/sealward-${id}.service`;
    const text = await install.read(unit);
    assertMatch(text, /^User=sealward$/m);
    assertMatch(text, /^ExecStart=\/usr\/bin\/env -i "\/usr\/local\/bin\/sealward" "serve"/m);
    assertMatch(text, /^ProtectSystem=strict$/m);
    assertEquals(text.match(/^ReadWritePaths=.*$/gm), [`ReadWritePaths="/var/lib/sealward/${id}"`]);
    const { exit, stdout, stderr } = await install.run("root", ["systemd-analyze", "verify", unit]);
    assertEquals([exit, stdout + stderr], [0, ""]);
  });

  it("is root's alone, and names what it needs", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    await refuses(install, init, { exit: 1, code: "wrong_user", who: "agent" });
    const usage = { exit: 64, code: "usage" };
    const wrong = { exit: 1, code: "wrong_user" };
    await refuses(install, ["sealward", "init", "--guarded"], usage);
    await refuses(install, ["sealward", "init", "--agent", "agent"], usage);
    await refuses(install, [...init, "--port", "0"], usage);
    await refuses(install, [...init, "--port", "65536"], usage);
    await refuses(install, [...init, "--root", "/"], usage);
    await refuses(install, [...init, "--engine-user", "a b"], usage);
    await refuses(install, [...init, "--engine-user", "--root"], usage);
    await refuses(install, [...init, "--engine-user", "agent"], wrong);
    await refuses(install, [...init, "--engine-user", "root"], wrong);
    for (const agent of ["nobody-of-that-name", "root", "0"]) {
      await refuses(install, ["sealward", "init", "--guarded", "--agent", agent], wrong);
    }
    const secret = { SCALPEL_AUDIT_SECRET: "0123456789abcdef0123456789abcdef" };
    const { exit } = await install.run("root", init, { env: secret });
    assertEquals(exit, 64);
  });

  it("FILE-14 refuses to install over what is there, or where others could write", async () => {
    await using install = await GuardedInstall.create();
    const { id } = await install.client();
    await refuses(install, init, { exit: 1, code: "already_initialized" });
    const all = `/etc/sealward /var/lib/sealward /etc/systemd/system/sealward-${id}.service`;
    await install.shell("root", `rm -rf ${all}`);
    const unsafe = { exit: 1, code: "guard_unsafe" };
    const taken = { exit: 1, code: "already_initialized" };
    const rows: readonly (readonly [string, typeof taken])[] = [
      [`mkdir /etc/sealward && chown agent /etc/sealward`, unsafe],
      [`mkdir /etc/sealward && chmod 1777 /etc/sealward`, unsafe],
      [`mkdir /etc/sealward && chmod 775 /etc/sealward`, unsafe],
      [`mkdir /srv/other && ln -s /srv/other /etc/sealward`, unsafe],
      [`touch /etc/sealward`, unsafe],
      [`mkdir /var/lib/sealward && chown agent /var/lib/sealward`, unsafe],
      [`mkdir /var/lib/sealward && chmod 1777 /var/lib/sealward`, unsafe],
      [`ln -s /srv /var/lib/sealward`, unsafe],
      [`chmod o+w /var/lib`, unsafe],
      [`mkdir -p /etc/sealward/${id}`, taken],
      [`mkdir -p /etc/sealward && ln -s /srv /etc/sealward/${id}`, taken],
      [`mkdir -p /var/lib/sealward/${id}`, taken],
      [`mkdir -p /etc/sealward && touch /etc/sealward/${id}.agent.token`, taken],
      [`touch /etc/systemd/system/sealward-${id}.service`, taken],
      [`mkdir -p /etc/sealward && echo '{}' > /etc/sealward/client.json`, unsafe],
    ];
    for (const [what, outcome] of rows) {
      await install.shell("root", what);
      await refuses(install, init, outcome);
      await install.shell("root", `rm -rf ${all} /srv/other; chmod 755 /var/lib`);
    }
    await install.must("root", init);
  });

  it("CFG-07 refuses a program that others could replace", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    const copy = `cp /usr/local/bin/sealward /srv/sealward`;
    for (
      const change of ["chown agent /srv/sealward", "chmod g+w /srv/sealward", "chmod o+w /srv"]
    ) {
      await install.shell("root", `${copy} && ${change}`);
      const { exit, stderr } = await install.run("root", ["/srv/sealward", ...init.slice(1)]);
      assertEquals(exit, 1, change);
      assertMatch(stderr, /guard_unsafe/);
      await install.shell("root", `rm -f /srv/sealward; chmod 755 /srv`);
    }
  });

  it("says what keeps the engine from seeing the project, and makes nothing", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    await install.shell(
      "root",
      `mkdir -p -m 700 /srv/closed/app && chown -R agent /srv/closed && chmod 700 /srv/closed`,
    );
    const command = [...init, "--root", "/srv/closed/app"];
    const { exit, stderr } = await install.run("root", command);
    assertEquals(exit, 1);
    assertMatch(stderr, /cannot look into "\/srv\/closed"/);
    assertMatch(stderr, /setfacl -m u:sealward:x "\/srv\/closed"/);
    assertEquals(await install.exists("/etc/sealward/client.json"), false);
    // A group the engine belongs to is enough: it is asked of the kernel.
    await install.shell(
      "root",
      `chgrp -R sealward /srv/closed && chmod g+rx /srv/closed /srv/closed/app`,
    );
    await install.must("root", command);
  });

  it("a failure half-way leaves nothing that looks like an install", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    await install.shell("root", "useradd --system sealward");
    const before = await places(install);
    // Each call it makes that changes a name or an owner fails once.
    for (const call of ["rename", "chown", "fsync", "mkdir"]) {
      for (const when of [1, 2, 3, 4, 6, 8]) {
        const inject = `inject=/^(${call})(at|at2|)$:error=EIO:when=${when}`;
        const strace = [
          "strace",
          "-f",
          "-o",
          "/dev/null",
          "-e",
          "trace=/^(rename|chown|fsync|mkdir)",
          "-e",
          inject,
        ];
        const { exit } = await install.run("root", [
          ...strace,
          "/usr/local/bin/sealward",
          ...init.slice(1),
        ]);
        if (exit === 0) {
          await install.shell(
            "root",
            `rm -rf /etc/sealward/* /var/lib/sealward/* /etc/systemd/system/sealward-*`,
          );
          continue;
        }
        assertEquals(await install.exists("/etc/sealward/client.json"), false, `${call} ${when}`);
        const left = (await places(install)).split("\n").filter((line) =>
          !before.includes(line) && !/^\/(etc|var\/lib)\/sealward directory root/.test(line)
        );
        assertEquals(left, [], `${call} ${when}`);
      }
    }
    await install.must("root", init);
  });

  it("begins with the workspace's own policy only when root agreed to it", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    await install.propose(`version: "1.0"\nprotected:\n  files: ["mine.txt"]\n`);
    const command = ["sealward", "init", "--guarded", "--agent", "agent"];
    const { exit, stderr } = await install.run("root", command);
    assertEquals(exit, 2);
    assertMatch(stderr, /mine\.txt/, "it was shown");
    assertEquals(await install.exists("/etc/sealward/client.json"), false);
    await install.must("root", [...command, "--yes"]);
    await install.serve();
    assertEquals((await install.check("mine.txt")).exit, 2);
  });

  it("with a trusted key begins with a signed policy, or not at all", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    await install.trustNewKey("policy");
    await install.propose(`version: "1.0"\n`);
    const command = ["sealward", "init", "--guarded", "--agent", "agent", "--yes"];
    assertEquals((await install.run("root", command)).exit, 3);
    await install.signProposal(1);
    await install.must("root", command);
    await install.serve();
    const { exit, value } = await install.check();
    assertEquals([exit, value.policy_trust], [0, "signed"]);
  });

  it("two projects have two engines' ports and one client.json", async () => {
    await using install = await GuardedInstall.create();
    await install.shell("root", "mkdir -m 755 /srv/second && chown agent /srv/second");
    await install.must("root", [...init, "--root", "/srv/second"]);
    const file = JSON.parse(await install.read("/etc/sealward/client.json"));
    const ports = file.installs.map(({ server }: { server: string }) => server.split(":").at(-1));
    assertEquals(ports, ["8787", "8788"]);
    await install.serve();
    const { exit } = await install.ask(["check", "--type", "file_write", "--file", "a.ts"], {
      cwd: "/srv/second",
    });
    assertEquals(exit, 1, "the first one's server does not answer for the second");
    const nested = [...init, "--root", `${guardedRoot}/src`];
    assertEquals((await install.run("root", nested)).exit, 64);
  });
});
