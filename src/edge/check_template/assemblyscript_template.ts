/**
 * `checks new --lang assemblyscript`: two exported functions, compiled by a package of npm.
 *
 * @module
 */
import { nextSteps } from "./next_steps.ts";
import type { TemplateFile } from "./template_file.ts";

export function assemblyscriptTemplate(name: string): readonly TemplateFile[] {
  return [
    { path: "README.md", text: readme(name) },
    { path: "package.json", text: packageJson(name) },
    { path: "check.ts", text: source },
    { path: ".gitignore", text: "node_modules/\n*.wasm\n" },
  ];
}

function readme(name: string): string {
  return `# ${name}

A check in AssemblyScript, ABI \`native-1\`: the module exports its memory, \`check_alloc\`, which makes room
for the request, and \`check_eval\`, which answers. It imports nothing: \`--use abort=\` takes the one
import out that the compiler would add.

Build it with Node and npm:

\`\`\`sh
npm install
npm run build
\`\`\`
${nextSteps(name)}`;
}

function packageJson(name: string): string {
  const json = {
    name,
    version: "0.1.0",
    private: true,
    scripts: {
      build: `asc check.ts --outFile ${name}.wasm -O --runtime stub --use abort=`,
    },
    devDependencies: { assemblyscript: "0.28.20" },
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

const source =
  `// Finds a word in the request. What stands there is JSON in RFC 8785 form: one line, keys sorted,
// nothing escaped that need not be. A check that looks at single fields has to parse it.
const word = "forbidden";

/** Room for the request. Each run has an instance of its own: nothing is ever freed. */
export function check_alloc(length: i32): usize {
  return heap.alloc(length);
}

/** Where the answer lies, in the upper half, and how long it is. */
export function check_eval(request: usize, length: i32): u64 {
  const text = String.UTF8.decodeUnsafe(request, length);
  const answer = String.UTF8.encode(
    text.includes(word)
      ? '{"violations":[{"code":"forbidden_word","message":"A word stands there that must not"}]}'
      : '{"violations":[]}',
  );
  return (<u64> changetype<usize>(answer) << 32) | answer.byteLength;
}
`;
