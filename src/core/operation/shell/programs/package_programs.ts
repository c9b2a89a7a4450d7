/**
 * Package managers: what they fetch, the files they keep, the scripts of the project they run.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { known, show, UseBuilder } from "./use_builder.ts";
import { joinWords } from "./wrapper_programs.ts";

export const packagePrograms: readonly ProgramEntry[] = [
  ["npm pnpm yarn bun cnpm", readNodePackages],
  ["npx bunx pnpx", readPackageRunner],
  ["uvx", readPackageRunner],
  ["pip pip3 pip2", readPip],
  ["uv poetry pipenv pdm hatch rye", readPythonProject],
  ["pipx", readPipx],
  ["composer", readComposer],
  ["bundle bundler", readBundle],
];

const nodeFiles = ["package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"];
const nodeInstalls = new Set(
  ("install i in add ci clean-install install-test it update up upgrade uninstall un " +
    "unlink remove rm r " +
    "dedupe ddp prune rebuild rb import link ln install-clean fetch patch").split(" "),
);
const nodeScripts = new Set(
  "test t tst start stop restart run run-script rum urn serve dev build".split(" "),
);
const nodeQuiet = new Set(
  ("list ls ll la outdated view v info show why explain root bin prefix help whoami " +
    "ping search audit " +
    "docs home repo bugs fund doctor config-list query sbom licenses node workspaces workspace " +
    "cache store version versions pm login logout publish pack owner access token team " +
    "profile dist-tag " +
    "-v --version -h --help").split(" "),
);

const nodeOptions =
  "C,dir,cwd,prefix: w,workspace: F,filter: -gDEsdPOrhv userconfig< globalconfig< " +
  "script-shell* node-options* loglevel: registry@ silent recursive workspaces " +
  "if-present version " +
  "help save-dev parallel frozen-lockfile no-audit no-fund immutable watch hot env-file< config<";

function readNodePackages(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { name } = invocation;
  const read = readOptions(invocation.args, `+ ${nodeOptions}`);
  builder.options(read);
  const [command, ...rest] = read.operands;
  // `npm install --prefix DIR`; what follows `exec` or `--` is another program's.
  const late = /^(?:exec|x|dlx)$/.test(command?.text ?? "") ? [] : rest;
  const folders = [read, readOptions(late, nodeOptions)].flatMap((one) => optionValues(one, "C"));
  builder.folder = folders.at(-1) ?? null;
  const action = command?.text ?? (name === "yarn" ? "install" : "");
  if (command !== undefined && !command.isKnown) {
    builder.unverified(`nobody knows what ${show(command)} is to ${name}`);
  }
  // SECURITY: which shell runs scripts is an option as well, wherever it stands.
  if (rest.some(({ text }) => /^--?(?:script-shell|node-options)/.test(text))) {
    builder.opaque(`${name} runs scripts in another shell`);
  }
  if (nodeInstalls.has(action)) install(builder, "node_modules", nodeFiles);
  else if (/^(?:exec|x|dlx)$/.test(action)) runPackage(builder, rest);
  else if (nodeScripts.has(action)) builder.script("npm", known("package.json"));
  else if (/^(?:init|create|innit)$/.test(action)) createProject(builder, rest);
  else if (/^(?:config|set|c|pkg|set-script)$/.test(action)) readNodeConfig(builder, action, rest);
  else if (action === "" || nodeQuiet.has(action)) return finish(builder, action, rest);
  else if (name === "bun" && /[./]/.test(action) && command !== undefined) {
    builder.script("javascript", command);
  } else if (name === "npm" || name === "cnpm") builder.opaque(`npm ${action} is not known`);
  // The others run scripts, and programs of packages, by their names.
  else {
    builder.script("npm", known("package.json"));
    if (isPackageTool(action)) builder.argv(read.operands);
  }
  return builder.end();
}

function finish(builder: UseBuilder, action: string, rest: readonly Argument[]): ProgramUse {
  if (action === "version" && rest.length > 0) builder.touch("write", known("package.json"));
  if (action === "audit" && rest[0]?.text === "fix") install(builder, "node_modules", nodeFiles);
  if (/^workspaces?$/.test(action)) builder.script("npm", known("package.json"));
  if (/^(?:view|info|show|search|audit|publish|login|ping|outdated)$/.test(action)) {
    builder.connectAnywhere();
  }
  return builder.end();
}

function readNodeConfig(builder: UseBuilder, action: string, rest: readonly Argument[]): void {
  const [verb] = rest;
  if (action !== "set" && /^(?:get|list|ls)?$/.test(verb?.text ?? "")) return;
  if (action === "pkg" || action === "set-script") builder.touch("write", known("package.json"));
  else builder.unverified("the settings of npm may run programs");
}

function createProject(builder: UseBuilder, rest: readonly Argument[]): void {
  const named = rest.find(({ text }) => !text.startsWith("-"));
  if (named === undefined) builder.touch("create", known("package.json"));
  else builder.opaque(`nobody has read what ${show(named)} creates`);
}

/** Packages come in; the files that say which are theirs to change. */
function install(builder: UseBuilder, folder: string, files: readonly string[]): void {
  builder.connectAnywhere();
  builder.mayTouch("write", known(folder));
  for (const file of files) builder.touch("write", known(file), { isPossible: true });
}

const packageTools: ReadonlySet<string> = new Set(
  ("tsc tsx ts-node eslint prettier jest vitest mocha ava tap c8 nyc webpack vite " +
    "rollup esbuild parcel " +
    "turbo nx lerna next nuxt astro remix gatsby svelte-check vue-tsc ng storybook " +
    "cypress playwright " +
    "stylelint biome oxlint knip depcheck madge commitlint husky lint-staged changeset " +
    "semantic-release " +
    "typedoc serve http-server live-server nodemon pm2 concurrently rimraf mkdirp " +
    "cross-env tailwindcss " +
    "postcss sass prisma drizzle-kit knex sequelize typeorm wrangler netlify vercel " +
    "jscodeshift swc babel " +
    "npm-check-updates ncu tsup size-limit publint attw cspell markdownlint " +
    "markdownlint-cli2 swagger-cli " +
    "json-server cowsay npm-run-all run-s run-p dotenv zx node pytest black ruff mypy " +
    "flake8 isort pyright " +
    "pre-commit tox nox poetry httpie pycodestyle pylint bandit").split(" "),
);

function isPackageTool(name: string): boolean {
  return packageTools.has(name);
}

function readPackageRunner(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  runPackage(builder, invocation.args);
  return builder.end();
}

/** `npx TOOL ARGUMENTS`: a tool everybody knows is judged, any other is code somebody fetches. */
function runPackage(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "+ p,package: c,call$ w,workspace: from: with: python: -yqdsw yes no no-install " +
      "silent ignore-existing bun ws workspaces shell-mode prefer-offline offline",
  );
  builder.options(read);
  const [tool, ...rest] = read.operands;
  if (tool === undefined) return;
  const name = tool.text.replace(/(.)@.*$/, "$1").replace(/^@biomejs\/|^@angular\//, "");
  const isOther = hasOption(read, "p", "from", "with") || !read.isSure;
  // A program of the system may stand under that name as well: `pnpm exec rm`.
  builder.argv([tool.isKnown ? known(name) : tool, ...rest]);
  if (!tool.isKnown || !isPackageTool(name) || isOther) {
    builder.opaque(`nobody has read the package behind ${show(tool)}`);
  }
}

function readPip(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "r,requirement< c,constraint< t,target: e,editable: i,index-url@ extra-index-url@ f: " +
      "log> report> prefix: root: src: python: cache-dir: d,dest: w,wheel-dir: proxy@ " +
      "trusted-host: timeout: retries: cert< platform: implementation: abi: only-binary: " +
      "no-binary: config-settings: -qUvIh upgrade user quiet pre no-deps no-cache-dir " +
      "break-system-packages yes disable-pip-version-check outdated format: version " +
      "verbose force-reinstall no-input require-virtualenv -y",
  );
  builder.options(read);
  const [command] = read.operands;
  const folders = ["t", "prefix", "root", "src", "d", "w"].flatMap((name) =>
    optionValues(read, name)
  );
  for (const folder of folders) builder.touchTree("write", folder);
  if (/^(?:install|download|wheel|index|search)$/.test(command?.text ?? "")) {
    builder.connectAnywhere();
  } else if (
    /^config$/.test(command?.text ?? "") &&
    /^(?:set|unset|edit)$/.test(read.operands[1]?.text ?? "")
  ) builder.opaque("pip config changes what pip installs");
  return builder.end();
}

const pythonFiles = [
  "pyproject.toml",
  "uv.lock",
  "poetry.lock",
  "Pipfile",
  "Pipfile.lock",
  "pdm.lock",
];

function readPythonProject(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "+ C,directory,project: P: -vqnhV quiet verbose offline no-interaction no-cache " +
      "cache-dir: config-file< python: p: native-tls",
  );
  builder.options(read);
  builder.folder = optionValues(read, "C").at(-1) ?? null;
  const [command, ...rest] = read.operands;
  const action = command?.text ?? "";
  if (action === "run") {
    const argv = readOptions(
      rest,
      "+ p,python: with: with-requirements< with-editable: extra: group: package: " +
        "env-file< m,module: s: -qv frozen locked no-sync isolated all-extras no-project dev " +
        "no-dev script active",
    ).operands;
    const isScript = /\.py$/.test(argv[0]?.text ?? "");
    builder.argv(isScript ? [known("python"), ...argv] : argv);
  } else if (/^(?:x|tool)$/.test(action)) {
    runPackage(builder, rest[0]?.text === "run" ? rest.slice(1) : []);
  } else if (action === "pip") builder.argv([known("pip"), ...rest]);
  else if (/^(?:add|remove|sync|lock|install|update|upgrade|require)$/.test(action)) {
    install(builder, ".venv", pythonFiles);
  } else if (/^(?:init|new|venv)$/.test(action)) {
    builder.touchAll(
      "create",
      rest.filter(({ text }) => !text.startsWith("-")),
    );
  } else if (
    !/^(?:|build|publish|show|tree|list|version|check|env|export|cache|python|self|search|graph|shell|fmt|about|test|config|--?\w+)$/
      .test(action)
  ) {
    builder.opaque(`${invocation.name} ${action} is not known`);
  }
  return builder.end();
}

function readPipx(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const [command, ...rest] = invocation.args;
  if (command?.text === "run") runPackage(builder, rest);
  else builder.connectAnywhere();
  return builder.end();
}

function readComposer(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "+ d,working-dir: -nqvVh no-interaction no-ansi ansi quiet no-plugins no-scripts",
  );
  builder.folder = optionValues(read, "d").at(-1) ?? null;
  const action = read.operands[0]?.text ?? "";
  if (
    /^(?:install|update|require|remove|create-project|upgrade|i|u|dump-autoload|dumpautoload|init)$/
      .test(action)
  ) {
    install(builder, "vendor", ["composer.json", "composer.lock"]);
  } else if (action === "exec") {
    builder.argv(read.operands.slice(1).filter(({ text }) => text !== "--"));
  } else if (
    /^(?:|show|info|outdated|validate|check-platform-reqs|diagnose|why|why-not|depends|licenses|audit|about|list|status|search|config)$/
      .test(action)
  ) {
    if (action === "config" && read.operands.length > 2) {
      builder.touch("write", known("composer.json"));
    }
  } else builder.script("composer", known("composer.json"));
  return builder.end();
}

function readBundle(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const [command, ...rest] = invocation.args;
  const action = command?.text ?? "install";
  if (/^e(?:xec)?$/.test(action)) {
    builder.argv(readOptions(rest, "+ keep-file-descriptors gemfile<").operands);
  } else if (
    /^(?:install|update|add|remove|lock|package|cache|clean|binstubs|init)$/.test(action)
  ) {
    install(builder, "vendor/bundle", ["Gemfile", "Gemfile.lock"]);
  } else if (/^(?:config)$/.test(action) && rest.length > 1) {
    builder.touch("write", known(".bundle/config"));
  } else if (/^console$/.test(action)) builder.run({ kind: "input", language: "ruby" });
  else if (
    !/^(?:show|list|info|outdated|check|doctor|viz|platform|config|open|help|-v|--version|pristine)$/
      .test(action)
  ) {
    builder.opaque(`bundle ${joinWords(invocation.args.slice(0, 1)).text} is not known`);
  }
  return builder.end();
}
