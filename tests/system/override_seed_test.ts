/** The file with a person's secret is lost or not what it was: nobody approves by it, and nothing else ends. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { agentUid } from "../support/guarded_install.ts";
import { GuardedApprovals } from "../support/guarded_approvals.ts";

/** What befalls the file `$0`; `$0.kept` is what it was. */
const mishaps: readonly (readonly [string, string, string])[] = [
  ["lost", `rm "$0"`, "secret_missing"],
  ["emptied", `: > "$0"`, "secret_invalid"],
  ["no base32", `echo base32:0189 > "$0"`, "secret_invalid"],
  ["binary", `head -c 64 /dev/urandom > "$0"`, "secret_invalid"],
  ["endless", `truncate -s 1T "$0"`, "secret_unsafe"],
  ["cut short", `head -c 20 "$0.kept" > "$0"`, "secret_invalid"],
  ["another good secret", `echo base32:KRUGS4ZANFZSA3TPOQQGCIDTMVRXEZLU > "$0"`, "secret_invalid"],
  ["another user's", `chown ${agentUid} "$0"`, "secret_missing"],
  ["root's", `chown root "$0"`, "secret_missing"],
  ["readable by others", `chmod 644 "$0"`, "secret_unsafe"],
  ["writable by its group", `chmod 620 "$0"`, "secret_unsafe"],
  ["a symbolic link to the same", `rm "$0"; ln -s "$0.kept" "$0"`, "secret_unsafe"],
  ["a link that leads nowhere", `rm "$0"; ln -s /nowhere "$0"`, "secret_unsafe"],
  ["a link to what never ends", `rm "$0"; ln -s /dev/zero "$0"`, "secret_unsafe"],
  ["a pipe", `rm "$0"; mkfifo -m 600 "$0"; chown sealward "$0"`, "secret_unsafe"],
  ["a folder", `rm "$0"; mkdir -m 700 "$0"; chown sealward "$0"`, "secret_unsafe"],
];

describe("guarded: the secret of an enrolment", () => {
  it("TOTP-20 lost, changed or of others: refused with its code, and decisions go on", async () => {
    await using flow = await GuardedApprovals.create();
    const { install } = flow;
    const ada = await flow.enrol();
    const path = `${await install.stateFolder()}/keys/override/${ada.enrolment}`;
    const asRoot = (script: string) => install.must("root", ["sh", "-c", script, path]);
    await asRoot(`cp -p "$0" "$0.kept"`);
    const offer = await flow.deny();
    const code = await ada.code();
    for (const [name, script, wanted] of mishaps) {
      await asRoot(script);
      const proofs = [{ code }, { recovery_code: ada.recovery[0] }];
      for (const proof of proofs) {
        const startedMs = performance.now();
        const { status, body } = await flow.approveByHttp(offer, { approver: "ada", ...proof });
        assert(status >= 400, name);
        assertEquals(body.code, wanted, `${name}: ${JSON.stringify(body)}`);
        assert(performance.now() - startedMs < 5_000, `${name}: waits for nothing`);
      }
      assertEquals(await flow.exitOf("src/app.ts"), 0, `${name}: decisions go on`);
      assertEquals(await flow.exitOf(), 2, name);
      await asRoot(`rm -rf "$0"; cp -p "$0.kept" "$0"`);
    }
    const { exit, screen } = await flow.approve(offer, await ada.code());
    assertEquals(exit, 0, screen);
    await flow.requireOneUse();
    const log = await flow.log();
    const counted = log.filter(({ type }) => type === "state.override_attempted");
    assertEquals(counted.length, 1, "none of it counts as a guess");
    const text = JSON.stringify(log);
    assert(!text.includes(ada.secret) && !text.includes(code), "and none of it is told");
    await flow.requireSoundLog();
  });

  it("TOTP-20 TOTP-21 a person at the terminal is told what is wrong, and enrols anew", async () => {
    await using flow = await GuardedApprovals.create();
    const { install } = flow;
    const ada = await flow.enrol();
    const folder = `${await install.stateFolder()}/keys/override`;
    await install.must("root", ["rm", `${folder}/${ada.enrolment}`]);
    const offer = await flow.deny();
    const { exit, screen } = await flow.approve(offer, await ada.code());
    assertEquals(exit, 1, screen);
    assertMatch(screen, /error\[secret_missing\]/);
    assertMatch(screen, /hint: .*sealward override enroll/);
    const doctor = await install.run("engine", ["sealward", "doctor", "--root", "/srv/app"], {
      cwd: "/",
    });
    assertMatch(doctor.stdout, /FAIL +enrolment of ada: no code of it can be checked/);
    assertEquals(doctor.exit, 1, doctor.stdout);
    const anew = await flow.enrol("ada", ada.recovery[0]);
    assertEquals((await flow.approve(offer, await anew.code())).exit, 0);
    await flow.requireOneUse();
    await flow.requireSoundLog();
  });
});
