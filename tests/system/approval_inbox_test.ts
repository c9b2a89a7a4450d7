/**
 * The folder for signed approvals, on a disk that is the test's own: who may write it and what lies in
 * it. Needs root (or user namespaces), unshare and python3.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { denoScript } from "../support/deno_script.ts";

const agentUid = "64102";
const otherUid = "64103";
const id = "0123456789abcdef".repeat(2);
const other = "f".repeat(32);
const inbox = "/srv/place/inbox";
const file = `${inbox}/${id}.approval`;

interface Reading {
  readonly found: readonly { requestId: string; text: string; signature: string }[];
  readonly skipped: readonly { path: string; why: string }[];
  /** Names in the folder afterwards. */
  readonly left: readonly string[];
}

const setUp = `
set -e
mount -t tmpfs -o mode=755 none /srv
mkdir -p ${inbox}
printf text > ${file}
printf signature > ${file}.sig
`;

interface ReadOptions {
  /** Uid, or none in a local install. */
  readonly agent?: string;
  readonly folder?: string;
  readonly wanted?: readonly string[];
}

/** Changes a good folder by a script, then reads it. */
async function read(script: string, options: ReadOptions = {}): Promise<Reading> {
  const { agent = agentUid, folder = inbox, wanted = [id, other] } = options;
  const run = `${setUp}\n${script}\n"$@"\nls -A ${inbox} 2> /dev/null || true`;
  const command = new Deno.Command("timeout", {
    args: [
      ...["20", "unshare", "-m", "--propagation", "private", "sh", "-c", run, "sh"],
      ...denoScript("read_inbox.ts"),
      ...[folder, agent, ...wanted],
    ],
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  assert(success, `${script}: ${new TextDecoder().decode(stderr)}`);
  const [json = "", ...left] = new TextDecoder().decode(stdout).trimEnd().split("\n");
  return { ...JSON.parse(json), left };
}

/** user::rwx user:AGENT:rwx group::r-x mask::rwx other::r-x, as acl(5) is kept; setfacl is seldom there. */
const setAcl = `import os, struct, sys
rows = [(1, 7, -1), (2, 7, ${agentUid}), (4, 5, -1), (16, 7, -1), (32, 5, -1)]
acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *row) for row in rows)
os.setxattr(sys.argv[1], "system.posix_acl_access", acl)`;

const pair = { requestId: id, text: "text", signature: "signature" };

/** Nothing is taken, one thing is named, and it stays where it is. */
async function refuses(script: string, place: string, why: string, options: ReadOptions = {}) {
  const { found, skipped } = await read(script, options);
  assertEquals(found, [], script);
  assertEquals(skipped.map(({ path }) => path), [place], script);
  assertStringIncludes(skipped[0]?.why ?? "", why, script);
}

describe("readApprovalInbox()", () => {
  it("finds each pair that is wanted, in order, as it lies, and leaves it", async () => {
    const script = `cp ${file} ${inbox}/${other}.approval; printf s > ${inbox}/${other}.approval.sig
      chmod 600 ${inbox}/*`;
    const both = { requestId: other, text: "text", signature: "s" };
    const all = await read(script);
    assertEquals([all.found, all.skipped], [[pair, both], []]);
    assertEquals(all.left.length, 4);
    const one = await read(script, { wanted: [other] });
    assertEquals([one.found, one.skipped], [[both], []]);
    assertEquals(one.left.length, 4);
  });

  it("takes approvals of root and of people, and of whoever in a local install", async () => {
    const given = `chown -R ${otherUid} /srv/place`;
    assertEquals((await read(given)).found, [pair]);
    const own = `chown -R ${agentUid} /srv/place`;
    assertEquals((await read(own, { agent: "none" })).found, [pair]);
  });

  it("passes over every other name, and over what nobody waits for", async () => {
    const { found, skipped } = await read(
      `cd ${inbox}; for name in x.approval ${id} ${id}.approval.bak ${id.toUpperCase()}.approval \\
        0${id}.approval .approval README; do printf x > $name; printf x > $name.sig; done
      ln -s ${file} ${"a".repeat(32)}.approval`,
    );
    assertEquals([found, skipped], [[pair], []]);
  });

  const files: readonly (readonly [string, string, string])[] = [
    ["a symbolic link", 'mv "$0" /srv/real; ln -s /srv/real "$0"', "symbolic link"],
    ["a link that leads nowhere", 'rm "$0"; ln -s /srv/none "$0"', "symbolic link"],
    ["a second name", 'ln "$0" /srv/second', "more than one name"],
    ["a pipe", 'rm "$0"; mkfifo "$0"', "not a regular file"],
    ["a folder", 'rm "$0"; mkdir "$0"', "not a regular file"],
    ["a device", 'rm "$0"; mknod "$0" c 1 5', "not a regular file"],
    ["the agent's file", `chown ${agentUid} "$0"`, `belongs to uid ${agentUid}`],
    ["a file its group can write", 'chmod 664 "$0"', "others can write it"],
    ["a file everybody can write", 'chmod 646 "$0"', "others can write it"],
    ["a file that is too large", 'head -c 262145 /dev/zero > "$0"', "it is over"],
    ["an endless file", 'truncate -s 1T "$0"', "it is over"],
  ];
  for (const [name, script, why] of files) {
    it(`BIND-13 takes nothing where text or signature is ${name}`, async () => {
      for (const path of [file, `${file}.sig`]) {
        await refuses(`sh -c '${script}' ${path}`, path, why);
      }
    });
  }

  it("BIND-13 takes no half of a pair, and the other pairs all the same", async () => {
    await refuses(`rm ${file}.sig`, `${file}.sig`, "does not exist");
    const { found, skipped } = await read(`rm ${file}`);
    assertEquals([found, skipped], [[], []], "a signature alone is nobody's answer yet");
    const more = `cp ${file} ${inbox}/${other}.approval; ln ${file}.sig ${inbox}/second
      printf s > ${inbox}/${other}.approval.sig`;
    const rest = await read(more);
    assertEquals(rest.found.map(({ requestId }) => requestId), [other]);
    assertEquals(rest.skipped.map(({ path }) => path), [`${file}.sig`]);
  });

  const folders: readonly (readonly [string, string, string, string])[] = [
    ["is the agent's", `chown ${agentUid} ${inbox}`, inbox, `belongs to uid ${agentUid}`],
    ["its group can write", `chmod 775 ${inbox}`, inbox, "others can write it"],
    ["everybody can write", `chmod 777 ${inbox}`, inbox, "others can write it"],
    ["is sticky, as /tmp", `chmod 1777 ${inbox}`, inbox, "others can write it"],
    ["is a link", `mv ${inbox} /srv/real; ln -s /srv/real ${inbox}`, inbox, "symbolic link"],
    ["is a file", `rm -r ${inbox}; touch ${inbox}`, inbox, "is no folder"],
    ["is missing", `rm -r ${inbox}`, inbox, "is missing"],
    ["is below the agent's", `chown ${agentUid} /srv/place`, "/srv/place", "belongs to uid"],
    ["is below what a group can write", "chmod 775 /srv/place", "/srv/place", "can write it"],
    ["is below a link", "mv /srv/place /srv/p; ln -s /srv/p /srv/place", "/srv/place", "symbolic"],
    ["has an access control list", `python3 -c '${setAcl}' ${inbox}`, inbox, "can write it"],
  ];
  for (const [name, script, place, why] of folders) {
    it(`BIND-13 takes nothing from a folder that ${name}`, async () => {
      await refuses(script, place, why);
      const isOwners = why.startsWith("belongs to");
      if (!isOwners) await refuses(script, place, why, { agent: "none" });
    });
  }

  it("BIND-13 sees a link with slashes behind it, and takes them for nothing else", async () => {
    const linked = `mv ${inbox} /srv/real; ln -s /srv/real ${inbox}`;
    for (const folder of [`${inbox}/`, `${inbox}//`, "//srv//place/inbox/"]) {
      assertEquals((await read("true", { folder })).found, [pair], folder);
      await refuses(linked, inbox, "symbolic link", { folder });
    }
  });

  it("takes nothing from a folder with more names than it may have", async () => {
    const many = `cd ${inbox}; seq 4095 | xargs touch`;
    await refuses(many, inbox, "wanted at most 4096");
    assertEquals((await read(`cd ${inbox}; seq 4094 | xargs touch`)).found, [pair]);
  });
});
