/**
 * A folder to begin a check with.
 *
 * @module
 */

import type { TemplateFile } from "./template_file.ts";

export const templateLanguages = ["rust", "c", "assemblyscript", "rego"] as const;
export type TemplateLanguage = typeof templateLanguages[number];

/** A template, from the name of the check: `[a-z][a-z0-9_-]{0,63}`. */
export type CheckTemplate = (name: string) => readonly TemplateFile[];

const loaders: Readonly<Record<TemplateLanguage, () => Promise<CheckTemplate>>> = {
  rust: async () => (await import("./rust_template.ts")).rustTemplate,
  c: async () => (await import("./c_template.ts")).cTemplate,
  assemblyscript: async () => (await import("./assemblyscript_template.ts")).assemblyscriptTemplate,
  rego: async () => (await import("./rego_template.ts")).regoTemplate,
};

/** Every file of it, those that all languages have included. */
export async function fillTemplate(
  language: TemplateLanguage,
  name: string,
): Promise<readonly TemplateFile[]> {
  const own = (await loaders[language]())(name);
  return [...own, { path: "operation.json", text: operation }];
}

/** Every template finds its word in it once. */
const operation = `{
  "type": "file_write",
  "affected_files": ["src/main.ts"],
  "content": "const note = \\"forbidden\\";\\n"
}
`;
