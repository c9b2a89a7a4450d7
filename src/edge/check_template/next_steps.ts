/**
 * What the README of every template says after the build.
 *
 * @module
 */

/** @param name Of the check. */
export function nextSteps(name: string): string {
  return `
Try it (it finds one violation, so the exit status is 2):

\`\`\`sh
sealward checks inspect ${name}.wasm
sealward checks run ${name}.wasm --operation operation.json
\`\`\`

Put it into a policy. A person runs this in the project, with the path of this folder:

\`\`\`sh
mkdir -p .scalpel/checks
cp PATH/${name}.wasm .scalpel/checks/
sealward checks pin .scalpel/checks/${name}.wasm --write
sealward checks test
sealward policy accept
\`\`\`

Give it tests: below its lines in .scalpel/policy.yaml write

\`\`\`yaml
    tests:
      - operation: {type: file_write, affected_files: [a.ts], content: forbidden}
        expect: [forbidden_word]
      - operation: {type: file_write, affected_files: [a.ts], content: fine}
        expect: []
\`\`\`
`;
}
