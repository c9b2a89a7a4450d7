/** Whatever an operation would do to the engine's own files, on the binary. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";

const paths = [
  ".scalpel",
  ".scalpel/policy.yaml",
  ".scalpel/audit.log",
  ".scalpel/checks/a.wasm",
  ".scalpel/overrides.yaml",
  "scalpel.policy.yaml",
  "budget.yaml",
  "sub/overrides.yaml",
] as const;

type Wire = Readonly<Record<string, unknown>>;
const files = (type: string, ...affected: readonly string[]): Wire => {
  return { type, affected_files: affected };
};
const shell = (command: string): Wire => ({ type: "command", command });

const operations: Readonly<Record<string, (path: string) => Wire>> = {
  write: (path) => files("file_write", path),
  create: (path) => files("file_create", path),
  delete: (path) => files("file_delete", path),
  "rename away": (path) => files("file_rename", path, "src/b"),
  "rename onto": (path) => files("file_rename", "src/a", path),
  "copy onto": (path) => files("file_copy", "src/a", path),
  "link to": (path) => files("file_link", path, "src/link"),
  "link in its place": (path) => files("file_link", "src/a", path),
  chmod: (path) => files("chmod", path),
  chown: (path) => files("chown", path),
  modify: (path) => files("code_modification", path),
  truncate: (path) => shell(`truncate -s 0 ${path}`),
  "set an attribute": (path) => shell(`setfattr -n user.x -v 1 ${path}`),
};

/** What only touches a file is a change of it too. */
const metadata: readonly string[] = [
  "touch FILE",
  "touch -r src/a FILE",
  "chown root FILE",
  "chmod 644 FILE",
  "chattr -i FILE",
  "setfacl -m u:1000:rw FILE",
  "ln FILE src/second",
  "sealward policy unlock",
];

async function decide(project: Project, wires: readonly Wire[]) {
  const stdin = wires.map((wire) => `${JSON.stringify(wire)}\n`).join("");
  const { stdout } = await project.run(["check", "--batch"], { stdin });
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

async function open(): Promise<Project> {
  using opened = new DisposableStack();
  const project = opened.use(new Project());
  await project.init();
  project.overwrite(".scalpel/policy.yaml", 'version: "1.0"\nprotected:\n  files: []\n');
  assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
  project.write("src/a", "");
  opened.move();
  return project;
}

describe("the engine's own files", () => {
  it("FILE-11 13 operations on 8 paths are denied for good", async () => {
    using project = await open();
    const cases = Object.entries(operations).flatMap(([what, make]) =>
      paths.map((path) => ({ name: `${what} ${path}`, wire: make(path) }))
    );
    assertEquals(cases.length, 104);
    const answers = await decide(project, cases.map(({ wire }) => wire));
    const wrong = cases.filter((_, i) => {
      const { decision, overridable, violations } = answers[i] ?? {};
      const codes = (violations ?? []).map(({ code }: { readonly code: string }) => code);
      return decision !== "deny" || overridable !== false || !codes.includes("path_protected");
    });
    assertEquals(wrong.map(({ name }) => name), []);
  });

  it("FILE-12 metadata alone is a change", async () => {
    using project = await open();
    const wires = metadata.map((line) => shell(line.replace("FILE", ".scalpel/policy.yaml")));
    const answers = await decide(project, wires);
    assertEquals(metadata.filter((_, i) => answers[i]?.decision !== "deny"), []);
  });

  it("FILE-15 names that only begin like them are anybody's", async () => {
    using project = await open();
    const others = [
      ".scalpel-notes/x",
      ".scalpelx",
      "my.scalpel",
      "budget.yaml.md",
      "scalpel.yaml",
    ];
    const answers = await decide(project, others.map((path) => files("file_write", path)));
    assertEquals(others.filter((_, i) => answers[i]?.decision !== "allow"), []);
  });
});
