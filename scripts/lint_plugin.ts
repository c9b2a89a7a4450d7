/**
 * House rules the stock linter has none for: file and function length, words that are banned from
 * file names, and that properties draw from the run's seed. Limits: a file 300 lines, a function 45 (tests and scripts: functions 80).
 */
const maxFileLines = 300;
const maxFunctionLines = 45;
const maxScriptFunctionLines = 80;
const bannedName =
  /(?:^|[\\/])(?:utils?|helpers?|common|shared|misc|lib|types|index)(?:\.ts|[\\/])/;

function lineSpan(text: string, range: readonly [number, number]): number {
  let lines = 1;
  for (let i = range[0]; i < range[1]; i++) if (text.charCodeAt(i) === 10) lines++;
  return lines;
}

function checkFunction(context: Deno.lint.RuleContext, node: Deno.lint.Node): void {
  const isProduct = /[\\/]src[\\/]|[\\/]main\.ts$/.test(context.filename);
  const limit = isProduct ? maxFunctionLines : maxScriptFunctionLines;
  const lines = lineSpan(context.sourceCode.text, node.range);
  if (lines > limit) {
    context.report({ node, message: `Function has ${lines} lines: wanted at most ${limit}` });
  }
}

/** A describe() or it() callback is a chapter, not a function: only its parts are measured. */
function isGroup(context: Deno.lint.RuleContext, node: Deno.lint.Node): boolean {
  const head = context.sourceCode.text.slice(Math.max(0, node.range[0] - 300), node.range[0]);
  return /(?:describe|it|Deno\.test)\([^;{}]*$/.test(head);
}

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "file-length": {
      create(context) {
        return {
          Program(node) {
            const lines = lineSpan(context.sourceCode.text, [0, context.sourceCode.text.length]);
            if (/[\\/]src[\\/]/.test(context.filename) && lines > maxFileLines + 1) {
              context.report({ node, message: `File has ${lines} lines: wanted ${maxFileLines}` });
            }
            if (bannedName.test(context.filename.replace(/^.*[\\/](?=src[\\/]|tests[\\/])/, ""))) {
              context.report({ node, message: "File name says nothing: name its main symbol" });
            }
          },
        };
      },
    },
    "seeded-properties": {
      create(context) {
        return {
          ImportDeclaration(node) {
            const isSeeded = /[\\/]support[\\/]fast_check\.ts$/.test(context.filename);
            if (node.source.value !== "fast-check" || isSeeded) return;
            context.report({ node, message: "Import tests/support/fast_check.ts: it is seeded" });
          },
        };
      },
    },
    "function-length": {
      create(context) {
        return {
          FunctionDeclaration: (node) => checkFunction(context, node),
          FunctionExpression: (node) => checkFunction(context, node),
          ArrowFunctionExpression: (node) => {
            if (!isGroup(context, node)) checkFunction(context, node);
          },
        };
      },
    },
  },
};

export default plugin;
