/**
 * `checks new --lang rego`: a rule that `opa build` compiles.
 *
 * @module
 */
import { nextSteps } from "./next_steps.ts";
import type { TemplateFile } from "./template_file.ts";

export function regoTemplate(name: string): readonly TemplateFile[] {
  return [
    { path: "README.md", text: readme(name) },
    { path: "check.rego", text: source },
    { path: ".gitignore", text: "*.wasm\n*.tar.gz\n" },
  ];
}

function readme(name: string): string {
  return `# ${name}

A check in Rego, ABI \`opa-1\`: \`input\` is the request, and the set \`deny\` is what it found.

Build it with opa 1.0 or later (https://www.openpolicyagent.org, one program to download; it is in no
Debian or npm package):

\`\`\`sh
opa build -t wasm -e check/deny -o bundle.tar.gz check.rego
tar -xzOf bundle.tar.gz /policy.wasm > ${name}.wasm
\`\`\`

A policy of an older opa needs \`import rego.v1\` below its first line, and builds with the same commands.
${nextSteps(name)}
Its lines in the policy have \`abi: opa-1\` and, where there is more than one, \`entrypoint: check/deny\`.
`;
}

const source = `package check

# What is found, as sets of objects with code and message. Rules only see what they are asked about:
# no network, no clock, no randomness.
deny contains violation if {
	contains(input.operation.content, "forbidden")
	violation := {
		"code": "forbidden_word",
		"message": "A word stands there that must not",
	}
}
`;
