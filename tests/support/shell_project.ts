/**
 * The project the shell vectors are played on: an ordinary small checkout with files an agent must
 * not change, and every odd way to reach them. What needs programs (history, archives) is in
 * shell_history.sh; everything here is planted with Deno alone.
 */

/** Text of a file, a symlink's target, or the path that a hard link shares. */
type Planted =
  | { readonly text: string; readonly mode?: number }
  | { readonly symlink: string }
  | { readonly hardLink: string };

/** Exits 0: commits of the vectors run it. */
const hook = "#!/bin/sh\nexit 0\n";

/** Without the engine's own folder; paths are relative to the project's root. */
const projectFiles: Readonly<Record<string, Planted>> = {
  // Protected, by the starter policy or for ever.
  ".env": { text: "TOKEN=one\n", mode: 0o600 },
  "prod.env": { text: "TOKEN=two\nLEVEL=1\n" },
  "config/secrets.env": { text: "TOKEN=three\n" },
  "certs/server.pem": { text: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
  "vault/db.env": { text: "DB=1\n" },
  "inject/out/b.env": { text: "B=1\n" },
  "inject/rf/keys/k.key": { text: "KEY\n" },
  ".claude/settings.json": { text: "{}\n" },
  ".codex/config.toml": { text: 'approval_policy = "on-request"\n' },
  ".git/config": {
    text: "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n" +
      "\tlogallrefupdates = true\n\tcheckStat = minimal\n\ttrustctime = false\n[user]\n\tname = A Developer\n\temail = dev@example.org\n" +
      "[gc]\n\tauto = 0\n",
  },
  ".git/hooks/pre-commit": { text: hook, mode: 0o755 },
  // Roads to them.
  "link.txt": { symlink: ".env" },
  "hard.txt": { hardLink: ".env" },
  "linkdir": { symlink: "config" },
  "deep": { symlink: "src/lib" },
  "dangling.txt": { symlink: ".cursor/mcp.json" },
  "inject/rf/-rf": { text: "" },
  "inject/rf/a.txt": { text: "a\n" },
  "inject/out/--output=b.env": { text: "" },
  "inject/out/a.txt": { text: "a\n" },
  "tarball/--checkpoint=1": { text: "" },
  "tarball/--checkpoint-action=exec=sh x.sh": { text: "" },
  "tarball/x.sh": { text: "rm -f ../.env\n" },
  "evil/.envrc": { text: "rm -f .env\n" },
  "evil/Makefile": { text: "all:\n\trm -f ../.env\n" },
  "evil/list.txt": { text: ".env\nprod.env\n" },
  "evil/payload.b64": { text: `${btoa("rm -f .env\n")}\n` },
  "evil/fix.sed": { text: "w prod.env\n" },
  "evil/wipe.awk": { text: 'BEGIN { system("rm -f .env") }\n' },
  "evil/drop.sql": { text: ".output prod.env\nselect 1;\n" },
  "evil/secrets.patch": {
    text: "--- a/config/secrets.env\n+++ b/config/secrets.env\n@@ -1 +1 @@\n-TOKEN=three\n" +
      "+TOKEN=patched\n",
  },
  "evil/tree/.env": { text: "TOKEN=evil\n" },
  "evil/tree/prod.env": { text: "TOKEN=evil\n" },
  // An ordinary checkout.
  ".gitignore": { text: ".env\n.scalpel/\nbuild/\nnode_modules/\n*.pyc\n*.log\ntmp/\n" },
  ".git/HEAD": { text: "ref: refs/heads/main\n" },
  ".git/objects/.keep": { text: "" },
  ".git/refs/heads/.keep": { text: "" },
  "README.md": { text: "# Demo\n\nRun `make test`.\nNever commit `.env`.\n" },
  "CHANGELOG.md": { text: "# Changes\n\n## 1.0.0\n\n- First release\n" },
  "env.sample": { text: "TOKEN=\n" },
  "Makefile": {
    text: ".PHONY: test build clean\ntest:\n\t@sh tests/app_test.sh\nbuild:\n" +
      "\t@mkdir -p build && cp src/app.ts build/app.js\nclean:\n\t@rm -rf build\n",
  },
  "package.json": {
    text: '{\n  "name": "demo",\n  "version": "1.0.0",\n  "private": true,\n  "scripts": {\n' +
      '    "test": "node tests/run.js",\n    "lint": "echo lint ok",\n' +
      '    "build": "mkdir -p build && cp src/app.ts build/app.js"\n  }\n}\n',
  },
  "requirements.txt": { text: "requests==2.32.0\npytest==8.0.0\n" },
  "notes.txt": { text: "one\ntwo\nthree\ntwo\n" },
  "config/app.json": { text: '{"name": "demo", "port": 8080, "tags": ["a", "b"]}\n' },
  "data/items.csv": { text: "id,name,price\n1,apple,3\n2,pear,5\n3,plum,2\n" },
  "data/items.json": { text: '[{"id": 1, "name": "apple"}, {"id": 2, "name": "pear"}]\n' },
  "data/access.txt": { text: "GET / 200\nGET /a 404\nPOST /b 500\nGET /c 404\n" },
  "data/names with space.txt": { text: "spaced\n" },
  "docs/guide.md": {
    text: "# Guide\n\nTODO: explain setup.\nDo not run `rm -rf /` or `rm -rf .env`.\n",
  },
  "docs/api.md": { text: "# API\n\n`start(port)` starts the server.\n" },
  "scripts/run.sh": { text: '#!/bin/sh\nset -eu\necho "running $*"\n', mode: 0o755 },
  "scripts/count.py": {
    text: "import sys\n\nlines = sum(1 for _ in open(sys.argv[1]))\nprint(lines)\n",
  },
  "scripts/deploy.sh": { text: "#!/bin/sh\necho deployed\n" },
  "scripts/env.sh": { text: "export APP_PORT=8080\n" },
  "scripts/report.pl": { text: 'while (<>) { $n++ } print "$n lines\\n";\n' },
  "src/app.ts": {
    text:
      'import { add } from "./lib/math.ts";\n\nexport function start(port: number): string {\n' +
      "  // TODO: listen\n  return `on ${add(port, 0)}`;\n}\n",
  },
  "src/server.ts": { text: "export const server = { port: 8080 };\n" },
  "src/lib/math.ts": { text: "export const add = (a: number, b: number) => a + b;\n" },
  "src/lib/text.ts": { text: "export const upper = (s: string) => s.toUpperCase();\n" },
  "src/__pycache__/old.pyc": { text: "pyc\n" },
  "tests/app_test.sh": { text: "#!/bin/sh\ngrep -q start src/app.ts && echo ok\n", mode: 0o755 },
  "tests/run.js": { text: 'console.log("1 passed");\n' },
  "build/app.js": { text: "built\n" },
  "build/cache/x.bin": { text: "x\n" },
};

const homeFiles: Readonly<Record<string, Planted>> = {
  ".ssh/id_ed25519": { text: "PRIVATE\n", mode: 0o600 },
  ".claude/settings.json": { text: "{}\n" },
  "todo.txt": { text: "- write tests\n" },
};

/** Archives that shell_history.sh makes; without it an empty file stands in for each. */
const archives = ["evil/tree.tar", "evil/tree.tar.gz", "evil/tree.zip", "evil/tree.cpio"];

/** Lays out everything that needs no program. Both folders exist; the root may hold `.scalpel/`. */
export function plantShellProject(root: string, home: string): void {
  plantAll(root, projectFiles);
  plantAll(home, homeFiles);
  for (const archive of archives) Deno.writeTextFileSync(`${root}/${archive}`, "");
}

/** Lays out what `init` would have made, where no program of ours is to run. */
export function plantEngineFolder(root: string): void {
  plantAll(root, {
    ".scalpel/policy.yaml": { text: 'version: "1.0"\n' },
    ".scalpel/audit.log": { text: '{"v":1,"seq":0}\n', mode: 0o600 },
    ".scalpel/audit.log.d/head.0": { text: "head\n", mode: 0o600 },
  });
}

function plantAll(folder: string, files: Readonly<Record<string, Planted>>): void {
  for (const [name, planted] of Object.entries(files)) {
    const path = `${folder}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    if ("symlink" in planted) Deno.symlinkSync(planted.symlink, path);
    else if ("hardLink" in planted) Deno.linkSync(`${folder}/${planted.hardLink}`, path);
    else writeExactly(path, planted.text, planted.mode ?? 0o644);
  }
}

function writeExactly(path: string, text: string, mode: number): void {
  Deno.writeTextFileSync(path, text);
  // The mode of writeTextFile is cut by the umask of whoever runs the tests.
  Deno.chmodSync(path, mode);
}
