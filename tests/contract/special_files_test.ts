/** Devices, pipes and sockets: what is written there acts at once and is no file. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openDisk } from "../../src/adapter/path_resolver.ts";
import { judgeOnDisk } from "../support/judge_on_disk.ts";

const listing = `rules:
  - id: pipes
    match: {verbs: [write], files: ["queue", "//dev/null"]}
    effect: warn
`;

/** A project with two pipes and a link to one. */
async function withProject(body: (root: string) => void): Promise<void> {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-special-" }));
  try {
    const mkfifo = new Deno.Command("mkfifo", { args: [`${root}/queue`, `${root}/other`] });
    assertEquals((await mkfifo.output()).code, 0);
    Deno.symlinkSync("queue", `${root}/link`);
    body(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const write = (path: string) => ({ type: "file_write", affected_files: [path] });

describe("special files", () => {
  it("PATH-42 are not written to, whatever name leads there", async () => {
    await withProject((root) => {
      const judge = judgeOnDisk('version: "1.0"\n', openDisk(root));
      for (const path of ["queue", "link", "other"]) {
        assertEquals(judge(write(path)), { verdict: "deny", codes: ["path_special"] }, path);
        assertEquals(judge({ ...write(path), type: "chmod" }).verdict, "deny", path);
        assertEquals(judge({ ...write(path), type: "file_read" }).verdict, "allow", path);
        assertEquals(judge({ ...write(path), type: "file_delete" }).verdict, "allow", path);
      }
      assertEquals(judge(write("/dev/null")).codes, ["path_outside_root", "path_special"]);
      const others = ["/dev/full", "/proc/sysrq-trigger", "/sys/power/state", "/dev/tcp/::1/80"];
      for (const path of others) assertEquals(judge(write(path)).verdict, "deny", path);
    });
  });

  it("PATH-42 are written to where a rule lists them", async () => {
    await withProject((root) => {
      const judge = judgeOnDisk(`version: "1.0"\n${listing}`, openDisk(root));
      assertEquals(judge(write("queue")).verdict, "allow");
      assertEquals(judge(write("/dev/null")).verdict, "allow");
      assertEquals(judge(write("other")).verdict, "deny");
      // By the link's own name nobody listed it.
      assertEquals(judge(write("link")).verdict, "deny");
    });
  });

  it("PATH-42 are let go where a policy only observes", async () => {
    await withProject((root) => {
      const judge = judgeOnDisk('version: "1.0"\nenforcement:\n  mode: observe\n', openDisk(root));
      assertEquals(judge(write("queue")), { verdict: "allow", codes: ["path_special"] });
    });
  });
});
