/**
 * Programs with subcommands or options that say little about files: checkers, formatters, clients.
 *
 * @module
 */
import type { Invocation, ProgramUse, ReadProgram } from "../program_use.ts";
import { readOptions } from "./read_options.ts";
import { type ProgramEntry, type ProgramRow, readRow } from "./read_row.ts";
import { show, UseBuilder } from "./use_builder.ts";

/** Checkers and formatters: read what they name, and write it where an option says so. */
export const checkerPrograms: readonly ProgramRow[] = [
  [
    "tsc vue-tsc tsup swc babel",
    "f",
    "outFile> outDir+ o,out-file> out-dir+ d,declarationDir+ p,project< t: m: w,watch",
  ],
  [
    "eslint oxlint standard xo",
    "f",
    "fix! fix-dry-run o,output-file> c,config* rulesdir* resolve-plugins-relative-to* " +
    "plugin: ext: " +
    "format,f: cache-location> ignore-path< max-warnings: rule: env: parser* init",
    null,
    "*.[jt]s*",
  ],
  [
    "prettier",
    "f",
    "w,write! config* plugin* ignore-path< c,check l,list-different parser: log-level: " +
    "stdin-filepath: tab-width: print-width:",
    null,
    "*.[jt]s*",
  ],
  ["biome rome", "-f", "write! apply! fix! config-path* stdin-file-path:", null, "*.[jt]s*"],
  ["stylelint", "f", "fix! f: config* c* custom-syntax* o,output-file>", null, "*.*css"],
  ["markdownlint markdownlint-cli2", "f", "fix! f! c< config< o,output>", null, "*.md"],
  [
    "black yapf isort pyupgrade docformatter djlint",
    "t",
    "check= diff= d= c: l,line-length: t,target-version: config< -q profile: include: exclude:",
    null,
    "*.py",
  ],
  ["autoflake autopep8", "f", "i,in-place! -r recursive max-line-length:", null, "*.py"],
  ["gofmt goimports gofumpt", "f", "% w! d l s r: local:", null, "*.go"],
  ["rustfmt", "t", "check= edition: config-path* config: emit: l -qv", null, "*.rs"],
  [
    "swiftformat ktlint scalafmt ormolu clang-format",
    "f",
    "i! F! format! inplace! mode: check style: -n",
    null,
    "*.[chks]*",
  ],
  ["shfmt", "f", "w,write! i,indent: -dlsp ln:", null, "*.*sh"],
  [
    "shellcheck hadolint yamllint jsonlint actionlint tflint ansible-lint codespell vale typos",
    "f",
    "write-changes! w! i,in-place! c,config< f,format: s: S: e: d: x",
  ],
  [
    "mypy pyright pylint flake8 pycodestyle bandit pydocstyle vulture pytype pyre",
    "f",
    "config-file< rcfile* output-file> o> cache-dir: junit-xml> html-report+ txt-report+ " +
    "load-plugins* p: m: c*",
  ],
  [
    "pytest py.test",
    "f",
    "k: m: c< p* n: o: x junitxml,junit-xml> basetemp: rootdir: cov? cov-report? " +
    "confcutdir: log-file> maxfail: tb: durations: ignore: W: r: override-ini: color: " +
    "-vqslhx",
  ],
  [
    "jest vitest mocha ava tap karma jasmine bats phpunit rspec cucumber behave nose2 testcafe",
    "-",
    "outputFile> output-file> log-junit> o,out> r,require* config* c* setupFiles* t: w: " +
    "coverageDirectory+ u",
  ],
  ["coverage codecov nyc c8", "-"],
  [
    "webpack vite rollup esbuild parcel next nuxt astro turbo nx lerna gatsby remix " +
    "svelte-check storybook sass postcss tailwindcss tailwind typedoc nodemon " +
    "npm-run-all run-s run-p lint-staged commitlint depcheck madge knip publint attw " +
    "size-limit http-server live-server serve browser-sync pm2 cspell " +
    "markdown-link-check",
    "-",
    "o,output> outfile> outdir+ d,out-dir+ output-path+ x,exec$ env-file<",
  ],
  [
    "cypress playwright puppeteer lighthouse wrangler netlify vercel firebase",
    "-",
    "output> o> config*",
  ],
  [
    "prisma drizzle-kit knex sequelize typeorm alembic flyway liquibase sqlc dbmate",
    "-",
    "schema< config* c*",
  ],
  [
    "concurrently hyperfine",
    "$",
    "p,prepare$ s,setup$ c,cleanup$ export-json> export-csv> export-markdown> n,names: " +
    "r: w: m: k names: output:",
  ],
  [
    "flask django-admin uvicorn gunicorn hypercorn celery streamlit",
    "-",
    "c* config* log-file> access-logfile> pidfile>",
  ],
  [
    "jupyter ipython mkdocs sphinx-build sphinx doxygen hugo jekyll asciidoctor gitbook mdbook",
    "-",
    "o,output> d,site-dir+ D,destination-dir+ c*",
  ],
  [
    "pre-commit nvm sdk",
    "-",
    "p,prefix+ f,file<",
  ],
  ["tox nox virtualenv hatchling", "-", "d,dest+"],
  ["twine flit", "&", "d,dest+"],
  [
    "protoc buf thrift flatc swagger-codegen openapi-generator quicktype",
    "f",
    "o,out> I: plugin* cpp_out+ go_out+ python_out+ java_out+ js_out+ output>",
  ],
  ["ctags etags cscope global gtags", "f", "o,f,output> L<"],
  [
    "gh hub glab tea",
    "&",
    "O,output> D,dir+ F,body-file< input< b: t: R,repo: B: H: l: a: L: json: q: jq: template:",
  ],
  ["gcloud az doctl heroku flyctl fly railway vault consul nomad", "&", "cli-input-json<"],
  [
    "helm k9s kustomize minikube kind skaffold kubectx kubens stern",
    "-",
    "output-dir+ d,destination+ f,filename< values< o: n,namespace: kubeconfig< l: c: context:",
  ],
  [
    "terraform-docs tflint-bundle",
    "-",
    "% out> o> var-file< state> i<",
  ],
];

/** Subcommands that change nothing here but what the program keeps for itself. */
interface Tool {
  readonly names: string;
  /** Subcommands whose use is everyday. */
  readonly quiet: string;
  readonly options?: string;
}

const tools: readonly Tool[] = [
  {
    names: "systemctl",
    quiet: "status list-units list-unit-files list-timers list-jobs list-sockets is-active " +
      "is-enabled is-failed show cat get-default list-dependencies help",
    options: "t,type: p,property: n,lines: o,output: H: M: -alq user no-pager all state: no-legend",
  },
  { names: "service rc-service", quiet: "status", options: "+ status-all" },
  {
    names: "terraform tofu",
    quiet:
      "plan validate show fmt version providers output init graph state workspace get test refresh",
    options: "% out> state> state-out> backup> var-file< generate-config-out> chdir:",
  },
  {
    names: "ip",
    quiet: "a addr address r ro route l link n neigh rule maddress",
    options: "-46sdoj b,batch*",
  },
  { names: "launchctl", quiet: "list print blame version" },
  {
    names: "apt apt-get aptitude",
    quiet: "update list search show policy depends rdepends download changelog check clean " +
      "autoclean madison moo help",
    options: "-yqs o* c*",
  },
  {
    names: "apt-cache",
    quiet: "search show policy depends rdepends pkgnames showpkg stats madison",
  },
  { names: "apk", quiet: "info search list stats update policy version" },
  {
    names: "yum dnf zypper",
    quiet: "list info search provides repolist check-update history repoquery whatprovides se lr",
  },
  {
    names: "brew",
    quiet: "list info search install upgrade update outdated deps uses doctor config services " +
      "tap untap uninstall reinstall cleanup bundle leaves home desc cat log pin unpin " +
      "link unlink ls remove rm --version --prefix",
  },
  { names: "snap flatpak", quiet: "list info find search version" },
  { names: "nix nix-env nix-store", quiet: "search show flake eval path-info log why-depends" },
];

const ruffOptions = "fix! o,output-file> config* add-noqa! select: ignore: target-version: " +
  "unsafe-fixes check= diff= watch";
const readRuffFormat = readRow(["", "-t", ruffOptions, null, "*.py"]);
const readRuffCheck = readRow(["", "-f", ruffOptions, null, "*.py"]);

/** `ruff format` writes what it is not told to check. */
function readRuff(invocation: Invocation): ProgramUse {
  const isFormat = invocation.args.some(({ text }) => text === "format");
  return (isFormat ? readRuffFormat : readRuffCheck)(invocation);
}

export const toolPrograms: readonly ProgramEntry[] = tools.map((
  tool,
) => [tool.names, readTool(tool)] as ProgramEntry).concat([["ruff", readRuff]]);

function readTool({ names, quiet, options = "" }: Tool): ReadProgram {
  const subcommands = new Set(quiet.split(" "));
  return (invocation) => {
    const builder = new UseBuilder(invocation);
    const read = readOptions(invocation.args, options);
    builder.options(read);
    const [first, second] = read.operands;
    // `service NAME status` has its subcommand last.
    const action = names.startsWith("service") ? second : first;
    if (action === undefined || (action.isKnown && subcommands.has(action.text))) {
      return builder.end();
    }
    builder.opaque(`${invocation.name} ${show(action)} changes the system`);
    return builder.end();
  };
}
