/**
 * Shell commands in files that other programs run them from: makefiles and package.json.
 *
 * @module
 */
import { isJsonObject } from "../parse_field.ts";

/** Each as text for the shell; none for other languages. */
export function findRecipes(language: string, text: string): readonly string[] {
  if (language === "make") return findMakeRecipes(text);
  return language === "npm" || language === "json" ? findPackageScripts(text) : [];
}

/** Lines that begin with a tab, continued ones joined; make's own variables are not known. */
function findMakeRecipes(text: string): readonly string[] {
  const lines = text.replace(/\\\n\t?/g, " ").split("\n");
  return lines.filter((line) => line.startsWith("\t")).map((line) =>
    line.slice(1).replace(/^[@+-]+/, "")
      .replace(
        /\$\$|\$\([^()]*\)|\$\{[^{}]*\}|\$./g,
        (found) => found === "$$" ? "$" : "${MAKE_VALUE}",
      )
  ).filter((line) => line.trim() !== "");
}

function findPackageScripts(text: string): readonly string[] {
  try {
    const parsed = JSON.parse(text);
    const scripts = isJsonObject(parsed) ? parsed["scripts"] ?? null : null;
    if (scripts === null || !isJsonObject(scripts)) return [];
    return Object.values(scripts).filter((script) => typeof script === "string");
  } catch {
    // npm cannot read it either.
    return [];
  }
}
