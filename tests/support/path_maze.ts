/**
 * A project in which every kind of link, name and spelling leads to and past protected files, and
 * random paths through it.
 */
import type { Draw } from "./seeded.ts";

/** Patterns of the maze's policy; `protects` says the same in plain words. */
export const mazePatterns = ["*.env", "conf/app.key", "vault/", "build/out.bin"] as const;

const policy = ".scalpel/policy.yaml";
const files = [
  policy,
  ".scalpel/sub/x",
  "app.env",
  "src/.env",
  "conf/app.key",
  "vault/deep/a.txt",
  "plain.txt",
  "src/app.ts",
  "src/deep/b.txt",
  "conf/other.txt",
  "caf\u00e9.txt",
] as const;

const hardLinks = [
  ["app.env", "notes.txt"],
  [policy, "src/copy.txt"],
  ["conf/app.key", "src/deep/second.txt"],
] as const;

/** Target and name; `ROOT` and `OUT` stand for folders of the maze. */
const links = [
  [".scalpel", "l-own"],
  ["../conf", "src/l-conf"],
  ["..", "src/deep/l-up"],
  ["../..", "src/deep/l-up2"],
  ["l-own/sub", "l-sub"],
  ["l-sub/..", "l-back"],
  ["ROOT", "l-root"],
  ["/", "l-slash"],
  ["OUT", "l-out"],
  ["ROOT/vault/deep", "OUT/l-vault"],
  ["app.env", "l-env"],
  ["l-env", "l-env2"],
  ["src/deep/../../l-env2", "l-env3"],
  ["vault/new.txt", "l-dangling"],
  ["build/out.bin", "l-missing"],
  ["none/../app.env", "l-none"],
  ["plain.txt", "l-plain"],
  ["loop-b", "loop-a"],
  ["loop-a", "loop-b"],
  ["/proc/self/cwd", "l-cwd"],
  ["/proc/self/root", "l-procroot"],
  ["/dev/fd", "l-fd"],
  ["/proc/thread-self/cwd", "src/l-cwd"],
  ["OUT/l-vault", "src/l-vault"],
  ["conf/", "l-confslash"],
  ["./././conf/./", "l-dots"],
] as const;

/** The maze on a disk. */
export interface Maze {
  readonly root: string;
  readonly outside: string;
  /** `dev:ino` of every protected file. */
  readonly guarded: ReadonlySet<string>;
  /** `dev:ino` of every file nothing protects, by its one name relative to the root. */
  readonly plain: ReadonlyMap<string, string>;
}

/** Makes it in `folder`, around an install where there is one: its policy keeps its one name. */
export function createMaze(folder: string): Maze {
  const root = `${folder}/project`;
  const outside = `${folder}/outside`;
  Deno.mkdirSync(`${outside}/sub`, { recursive: true });
  Deno.mkdirSync(root, { recursive: true });
  const isInstalled = [...Deno.readDirSync(root)].some(({ name }) => name === ".scalpel");
  const place = (path: string) => path.replace(/^ROOT/, root).replace(/^OUT/, outside);
  for (const file of files) {
    Deno.mkdirSync(`${root}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
    if (!isInstalled || file !== policy) Deno.writeTextFileSync(`${root}/${file}`, file);
  }
  Deno.mkdirSync(`${root}/build`);
  for (const [old, name] of hardLinks) {
    if (!isInstalled || old !== policy) Deno.linkSync(`${root}/${old}`, `${root}/${name}`);
  }
  for (const [target, name] of links) {
    Deno.symlinkSync(place(target), name.startsWith("OUT") ? place(name) : `${root}/${name}`);
  }
  const own = files.filter((file) => protects(file));
  return {
    root,
    outside,
    guarded: new Set(own.map((file) => identityOf(`${root}/${file}`))),
    plain: new Map(
      files.filter((file) => !protects(file)).map((file) => [identityOf(`${root}/${file}`), file]),
    ),
  };
}

function identityOf(path: string): string {
  const { dev, ino } = Deno.lstatSync(path);
  return `${dev}:${ino}`;
}

/** Whether the policy, in plain words, protects a real path relative to the root. */
export function protects(path: string): boolean {
  return path.endsWith(".env") || path.includes(".env/") || path === "conf/app.key" ||
    ["vault", ".scalpel", "build/out.bin"].some((top) => `${path}/`.startsWith(`${top}/`));
}

/** Whether it is a folder that holds something protected. */
export function holdsProtected(path: string): boolean {
  return ["src", "conf", "build", "vault", ".scalpel", ".scalpel/sub"].includes(path) ||
    path === "";
}

const names = [
  ...files.flatMap((file) => file.split("/")),
  ...hardLinks.map(([, name]) => name.slice(name.lastIndexOf("/") + 1)),
  ...links.map(([, name]) => name.slice(name.lastIndexOf("/") + 1)),
];
const odd = [
  ".",
  "..",
  "..",
  "",
  "...",
  "none",
  "APP.ENV",
  ".Scalpel",
  "cafe\u0301.txt",
  "app.env.",
  "app.env ",
  " app.env",
  "\uff0escalpel",
  "app\u00ad.env",
  "%2e%2e",
  "app%2eenv",
  "..;",
  "app.env;x",
  "app.env:s",
  ".scalpel\\policy.yaml",
  "APP~1.ENV",
  "~",
  "$HOME",
  "new.txt",
  "self",
  "0",
  "new.env",
];
const starts = [
  "",
  "",
  "",
  "./",
  ".//",
  "../project/",
  "ROOT/",
  "ROOT//",
  "/ROOT/",
  "ROOT/../project/./",
  "OUT/",
  "/proc/self/cwd/",
  "/proc/self/rootROOT/",
  "/proc/self/root/../ROOT/",
  "/dev/fd/",
  "/dev/fd/../cwd/",
  "l-procrootROOT/",
  "l-slashROOT/",
  "l-cwd/",
  "file://",
];
const ends = [...Array(24).fill(""), "/", "/.", "//", "/..", ".", " "];
const folders = [
  null,
  null,
  null,
  "src",
  "src/deep",
  ".scalpel",
  "conf",
  "l-own",
  "src/l-conf",
  "l-back",
  "ROOT",
  "OUT",
  "/",
  "none",
  "plain.txt",
  "./src/..",
  "src/deep/l-up2/conf",
];

export interface MazePath {
  /** As an operation says it. */
  readonly cwd: string | null;
  readonly path: string;
}

/** One random path: most of them walk through what is there, so that they arrive. */
export function composePath(draw: Draw, maze: Maze): MazePath {
  const place = (text: string) => text.replace("ROOT", maze.root).replace("OUT", maze.outside);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T;
  const cwd = pick(folders);
  const parts: string[] = [];
  const start = pick(starts);
  const isGuided = draw(4) > 0;
  const base = /^(?:ROOT|OUT|\/)/.test(cwd ?? "") ? place(cwd ?? "") : `${maze.root}/${cwd ?? ""}`;
  let here = /^(?:\.|$)|cwd/.test(start) ? base : maze.root;
  for (let left = 1 + draw(6); left > 0; left--) {
    const isOdd = isGuided ? draw(12) === 0 : draw(3) === 0;
    const there = list(here, maze);
    const name = isGuided && !isOdd && there.length > 0 ? pick(there) : pick(isOdd ? odd : names);
    parts.push(name, pick(["/", "/", "/", "//", "/./"]));
    here = name === "l-cwd" ? base : `${here}/${name}`;
    // Behind a file there is nothing; now and then that is tried as well.
    if (isGuided && list(here, maze).length === 0 && draw(8) > 0) break;
  }
  parts.pop();
  return {
    cwd: cwd === null ? null : place(cwd),
    path: place(start) + parts.join("") + pick(ends),
  };
}

const known = new Map<string, readonly string[]>();

function list(folder: string, maze: Maze): readonly string[] {
  const listed = known.get(folder) ?? read(folder, maze);
  if (known.size < 50_000) known.set(folder, listed);
  return listed;
}

/** Outside of the maze there is nothing to find, only a way back. */
function read(folder: string, maze: Maze): readonly string[] {
  try {
    const real = Deno.realPathSync(folder);
    if (![maze.root, maze.outside].some((top) => `${real}/`.startsWith(`${top}/`))) return names;
    if (!Deno.statSync(real).isDirectory) return [];
    return ["..", ...[...Deno.readDirSync(real)].map(({ name }) => name)];
  } catch {
    return ["..", ...names];
  }
}
