/** Which policy judges a hook's operation: every one it concerns, and no text of an agent picks less. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { guidePolicy } from "../../src/core/policy/starter_policy.ts";
import { installVectors } from "../support/decision_vectors.ts";
import { Project } from "../support/sealward.ts";
import { act, callHook, type HookOptions, hostNames, type Wish } from "./fixtures/hook_host.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const observing = guidePolicy.replace("  enabled: true", "  enabled: true\n  mode: observe");

async function observe(project: Project): Promise<void> {
  const vectors = {
    name: "",
    policy: observing,
    trust: "accepted",
    disk: [],
    scenarios: [],
  } as const;
  await installVectors(project, vectors);
}

async function countDecisions(project: Project): Promise<number> {
  return (await readEntries(project)).filter(({ type }) => type === "audit.decision").length;
}

/** A strict project, an observing one, and a folder nobody guards. */
interface Places {
  readonly strict: Project;
  readonly lax: Project;
  readonly free: string;
}

interface Row {
  readonly name: string;
  readonly wish: (places: Places) => Wish;
  readonly options: (places: Places) => HookOptions & { readonly eventCwd?: string };
  readonly prepare?: (places: Places) => void;
  readonly isBlocked: boolean;
  /** Decisions that one call adds to the logs of the strict and of the observing project. */
  readonly entries: readonly [strict: number, lax: number];
}

const env = ({ strict }: Places): Wish => ({ write: strict.path(".env") });
const rows: readonly Row[] = [
  {
    name: "the target's root judges from anywhere",
    wish: env,
    options: ({ free }) => ({ cwd: free }),
    isBlocked: true,
    entries: [1, 0],
  },
  {
    name: "its root lets go what its policy lets go",
    wish: ({ strict }) => ({ write: strict.path("src/app.txt") }),
    options: ({ free }) => ({ cwd: free }),
    isBlocked: false,
    entries: [1, 0],
  },
  {
    name: "two roots at once: both judge, the worst wins",
    wish: env,
    options: ({ lax }) => ({ cwd: lax.root }),
    isBlocked: true,
    entries: [1, 1],
  },
  {
    name: "a write out of an enforced root",
    wish: ({ free }) => ({ write: `${free}/x.txt` }),
    options: ({ strict }) => ({ cwd: strict.root }),
    isBlocked: true,
    entries: [1, 0],
  },
  {
    name: "an event that claims another folder than the process has",
    wish: ({ free }) => ({ write: `${free}/x.txt` }),
    options: ({ strict, free }) => ({ cwd: strict.root, eventCwd: free }),
    isBlocked: true,
    entries: [1, 0],
  },
  {
    name: "a relative name in the event's folder",
    wish: () => ({ write: ".env" }),
    options: ({ strict, free }) => ({ cwd: free, eventCwd: strict.root }),
    isBlocked: true,
    entries: [1, 0],
  },
  {
    name: "PATH-11 through a link from outside",
    prepare: ({ strict, free }) => Deno.symlinkSync(strict.root, `${free}/link`),
    wish: ({ free }) => ({ write: `${free}/link/.env` }),
    options: ({ free }) => ({ cwd: free }),
    isBlocked: true,
    entries: [1, 0],
  },
  {
    name: "the engine's state folder, from outside every root",
    wish: ({ strict }) => ({ write: `${strict.stateFolder()}/keys/audit.key` }),
    options: ({ free }) => ({ cwd: free }),
    isBlocked: true,
    entries: [1, 0],
  },
  {
    name: "a named root judges what lies elsewhere",
    wish: ({ free }) => ({ write: `${free}/x.txt` }),
    options: ({ free, strict }) => ({ cwd: free, args: ["--root", strict.root] }),
    isBlocked: true,
    entries: [1, 0],
  },
  {
    name: "what nobody guards",
    wish: ({ free }) => ({ write: `${free}/x.txt` }),
    options: ({ free }) => ({ cwd: free }),
    isBlocked: false,
    entries: [0, 0],
  },
  {
    name: "what nobody guards, where that denies",
    wish: ({ free }) => ({ write: `${free}/x.txt` }),
    options: ({ free }) => ({ cwd: free, args: ["--on-unenrolled=deny"] }),
    isBlocked: true,
    entries: [0, 0],
  },
  {
    name: "a command that names a root",
    wish: ({ strict }) => ({ command: `sh -c "$X ${strict.root}/.env"` }),
    options: ({ free }) => ({ cwd: free }),
    isBlocked: true,
    entries: [1, 0],
  },
  {
    name: "a command that reaches into a root by other names",
    wish: ({ strict }) => ({ command: `cd ${strict.folder} && echo x > ./project/.env` }),
    options: ({ free }) => ({ cwd: free }),
    isBlocked: true,
    entries: [1, 0],
  },
  {
    name: "a command that reaches into a root from an observing one",
    wish: ({ strict }) => ({ command: `echo x > ${strict.path(".env")}` }),
    options: ({ lax }) => ({ cwd: lax.root }),
    isBlocked: true,
    entries: [1, 1],
  },
  {
    name: "a path that cannot be told",
    prepare: ({ free }) => Deno.symlinkSync("loop", `${free}/loop`),
    wish: ({ free }) => ({ write: `${free}/loop/x.txt` }),
    options: ({ free }) => ({ cwd: free }),
    isBlocked: true,
    entries: [0, 0],
  },
];

describe("hook: which policy judges", () => {
  for (const row of rows) {
    it(row.name, async () => {
      using strict = new Project();
      using lax = new Project(strict);
      await strict.init();
      await observe(lax);
      const free = `${lax.folder}/free`;
      Deno.mkdirSync(free);
      const places = { strict, lax, free };
      row.prepare?.(places);
      for (const host of hostNames) {
        strict.write(".env", "KEY=1\n");
        const key = Deno.readFileSync(`${strict.stateFolder()}/keys/audit.key`);
        const before = [await countDecisions(strict), await countDecisions(lax)];
        const wish = row.wish(places);
        const outcome = await act(strict, host, wish, row.options(places));
        assertEquals(outcome.reaction, row.isBlocked ? "blocked" : "runs", outcome.stderr);
        assertEquals(strict.read(".env"), "KEY=1\n");
        assertEquals(Deno.readFileSync(`${strict.stateFolder()}/keys/audit.key`), key);
        const after = [await countDecisions(strict), await countDecisions(lax)];
        assertEquals(after.map((count, index) => count - (before[index] ?? 0)), [...row.entries]);
      }
    });
  }

  it("what is only read elsewhere is judged there, and nothing more", async () => {
    using strict = new Project();
    using other = new Project(strict);
    await strict.init();
    await other.init();
    const copy = {
      type: "file_copy",
      affected_files: [other.path("src"), strict.path("vendor")],
      metadata: { complexity: 0, changes: 1, file_size: 0 },
      cwd: strict.root,
    };
    const { exit, stdout } = await callHook(strict, "generic", copy);
    assertEquals([exit, JSON.parse(stdout).decision], [0, "allow"]);
    const [entry] = (await readEntries(other)).slice(-1);
    const operation = entry?.details["operation"] as { type: string; files: string[] };
    assertEquals([operation.type, operation.files], ["file_read", [other.path("src")]]);
    assertEquals(await countDecisions(strict), 1);
  });

  it("CFG-11 a root made within a root takes no judge away", async () => {
    using strict = new Project();
    await strict.init();
    Deno.mkdirSync(strict.path("inner"));
    const { exit } = await strict.run(["init", "--yes"], { cwd: strict.path("inner") });
    assertEquals(exit, 0);
    try {
      const wish = { write: strict.path("inner/x.env") };
      const outcome = await act(strict, "claude-code", wish, { cwd: strict.path("inner") });
      assertEquals(outcome.reaction, "blocked");
      assert(outcome.stdout.includes("policy.yaml"));
    } finally {
      const state = await strict.json(["status"], { cwd: strict.path("inner") });
      const { state: folder } = state.value as { readonly state?: unknown };
      assert(typeof folder === "string" && folder.includes("/sealward/"));
      Deno.removeSync(folder, { recursive: true });
    }
  });
});
