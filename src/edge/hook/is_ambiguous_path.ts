/**
 * Paths that a host may take for something else.
 *
 * @module
 */

/**
 * Whether hosts may find another file by it than the one it names here: a URI, also one inside
 * (VS Code looks for a scheme anywhere in what is not absolute, and cuts at ? and #), a mention
 * (Gemini CLI drops the @ of what is not there), a home folder, which behind the working folder would
 * look like a name in it, and blanks around it that somebody may trim.
 *
 * SECURITY: as paths `file:///p/.env`, `p/.env?a:b` and `@.scalpel/policy.yaml` lie in places that
 * no anchored pattern protects.
 */
export function isAmbiguousPath(path: string): boolean {
  if (path !== path.trim()) return true;
  return !path.startsWith("/") && /\w[\w+.-]*:\S|^@(?!\()|^~/.test(path);
}
