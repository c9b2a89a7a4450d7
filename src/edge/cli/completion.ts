/**
 * Completion scripts generated from the command table. They hold words of the table only; nothing
 * is run while completing.
 *
 * @module
 */
import { type Command, type Flag, flagsOf, type Positional } from "./command.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = typeof shells[number];

type AnyCommand = Omit<Command<never>, "run">;

/** What may follow a route: words of the command line joined by blanks, each with one before it. */
interface Node {
  readonly route: string;
  readonly next: readonly (readonly [word: string, summary: string])[];
  readonly flags: readonly Flag[];
  readonly positional: Positional | null;
}

/** The script for one shell. `programName` is a plain word: letters, digits, `-`, `_`. */
export function renderCompletion(
  shell: Shell,
  commands: readonly AnyCommand[],
  programName: string,
): string {
  const render = { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell];
  const head = `# ${shell} completion for ${programName}: ${programName} completion ${shell}\n`;
  const script = render(nodesOf(commands.filter((each) => each.hidden !== true)), programName);
  return shell === "zsh" ? `#compdef ${programName}\n${head}${script}` : head + script;
}

function nodesOf(commands: readonly AnyCommand[]): Node[] {
  const routes = new Set([""]);
  for (const { path } of commands) {
    path.forEach((_, i) => routes.add(routeOf(path.slice(0, i + 1))));
  }
  return [...routes].map((route) => nodeOf(route, commands));
}

function nodeOf(route: string, commands: readonly AnyCommand[]): Node {
  const command = commands.find(({ path }) => routeOf(path) === route) ?? null;
  const depth = route.split(" ").length - 1;
  const next = new Map<string, string>();
  for (const { path, summary } of commands) {
    const word = path[depth];
    if (word === undefined || routeOf(path.slice(0, depth)) !== route) continue;
    const isGroup = path.length > depth + 1;
    next.set(word, isGroup ? [next.get(word), path.at(-1)].filter(Boolean).join(", ") : summary);
  }
  return {
    route,
    next: [...next],
    flags: flagsOf(command).filter((flag) => flag.hidden !== true),
    positional: command?.positionals?.[0] ?? null,
  };
}

const routeOf = (path: readonly string[]): string => path.map((word) => ` ${word}`).join("");
const spellings = ({ name, short }: Flag): string[] =>
  short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const functionName = (programName: string): string => programName.replaceAll("-", "_");

function renderBash(nodes: readonly Node[], programName: string): string {
  const name = `_${functionName(programName)}`;
  return `# shellcheck shell=bash disable=SC2207 # words of a table: no blanks, no globs
${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} route='' words='' flags='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$route \${COMP_WORDS[i]}" in
      ${routePattern(nodes)}) route+=" \${COMP_WORDS[i]}" ;;
    esac
  done
  # Bash splits --flag=value at the equals sign.
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case "$route $prev" in
${nodes.flatMap(bashValues).join("\n")}
  esac
  case "$route" in
${nodes.map(bashWords).join("\n")}
  esac
  if [[ $cur == -* ]]; then words=$flags; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F ${name} ${programName}
`;
}

function routePattern(nodes: readonly Node[]): string {
  return nodes.filter(({ route }) => route !== "").map(({ route }) => quote(route)).join("|");
}

function bashValues(node: Node): string[] {
  return node.flags.filter(({ kind }) => kind === "string").map((flag) => {
    const pattern = spellings(flag).map((word) => quote(`${node.route} ${word}`)).join("|");
    const action = flag.choices === undefined
      ? bashFiles(flag.value)
      : `COMPREPLY=($(compgen -W ${quote(flag.choices.join(" "))} -- "$cur")); `;
    return `    ${pattern}) ${action}return ;;`;
  });
}

function bashWords({ route, flags, next, positional }: Node): string {
  const words = positional?.choices ?? next.map(([word]) => word);
  const assignments = [
    ["words", words.join(" ")],
    ["flags", flags.flatMap(spellings).join(" ")],
  ].map(([name, text = ""]) => `${name}=${quote(text)}`).join(" ");
  return `    ${quote(route)}) ${bashFiles(positional?.name)}${assignments} ;;`;
}

function bashFiles(placeholder: string | undefined): string {
  if (placeholder === "FILE") return "compopt -o default; ";
  return placeholder === "DIR" ? "compopt -o dirnames; " : "";
}

function renderZsh(nodes: readonly Node[], programName: string): string {
  const name = `_${functionName(programName)}`;
  return `${name}() {
  local route='' i
  local -a names
  for ((i = 2; i < CURRENT; i++)); do
    case "$route $words[i]" in
      (${routePattern(nodes)}) route+=" $words[i]" ;;
    esac
  done
  case "$route" in
${nodes.map(zshNode).join("\n")}
  esac
}
if [ "$funcstack[1]" = ${quote(name)} ]; then ${name} "$@"; else compdef ${name} ${programName}; fi
`;
}

function zshNode({ route, next, flags, positional }: Node): string {
  if (next.length > 0) {
    const names = next.map(([word, summary]) => quote(`${word}:${summary}`)).join(" ");
    return `    (${quote(route)}) names=(${names}); _describe -t commands command names ;;`;
  }
  // Words of the route are positionals to _arguments too: one spec for all of them.
  const words = quote(
    `*:${positional?.name ?? " "}:${zshAction(positional?.name, positional?.choices)}`,
  );
  const specs = [...flags.flatMap(zshFlag), words].join(" ");
  return `    (${quote(route)}) _arguments ${specs} ;;`;
}

function zshFlag(flag: Flag): string[] {
  const text = `[${flag.description.replace(/[\][\\:]/g, "\\$&")}]`;
  const value = flag.value ?? "VALUE";
  const argument = flag.kind === "string" ? `:${value}:${zshAction(value, flag.choices)}` : "";
  return spellings(flag).map((word) => {
    const equals = argument !== "" && word.startsWith("--") ? "=" : "";
    return quote(`${flag.collect === true ? "*" : ""}${word}${equals}${text}${argument}`);
  });
}

function zshAction(
  placeholder: string | undefined,
  choices: readonly string[] | undefined,
): string {
  if (choices !== undefined) return `(${choices.join(" ")})`;
  if (placeholder === "FILE") return "_files";
  return placeholder === "DIR" ? "_files -/" : " ";
}

function renderFish(nodes: readonly Node[], programName: string): string {
  const name = `__${functionName(programName)}_at`;
  const routes = nodes.filter(({ route }) => route !== "").map(({ route }) => quote(route));
  return `function ${name}
  set -l route ''
  for word in (commandline -opc)[2..-1]
    switch "$route $word"
      case ${routes.join(" ")}
        set route "$route $word"
    end
  end
  test "$route" = "$argv[1]"
end
complete -c ${programName} -f
${
    nodes.flatMap((node) =>
      fishNode(node, `complete -c ${programName} -n "${name} '${node.route}'"`)
    ).join("\n")
  }
`;
}

function fishNode({ next, flags, positional }: Node, complete: string): string[] {
  const choices = positional?.choices;
  return [
    ...next.map(([word, summary]) => `${complete} -a ${word} -d ${quote(summary)}`),
    ...choices === undefined ? [] : [`${complete} -a ${quote(choices.join(" "))}`],
    ...positional?.name === "FILE" || positional?.name === "DIR" ? [`${complete} -F`] : [],
    ...flags.map((flag) => `${complete} ${fishFlag(flag)}`),
  ];
}

function fishFlag({ name, short, kind, value, choices, description }: Flag): string {
  const letter = short === undefined ? "" : `-s ${short} `;
  const text = `${letter}-l ${name} -d ${quote(description)}`;
  if (kind === "boolean") return text;
  if (choices !== undefined) return `${text} -x -a ${quote(choices.join(" "))}`;
  if (value === "DIR") return `${text} -x -a '(__fish_complete_directories)'`;
  return value === "FILE" ? `${text} -r -F` : `${text} -x`;
}
