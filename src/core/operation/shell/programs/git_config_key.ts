/**
 * Which keys of git's configuration make git run something.
 *
 * @module
 */

const running = new RegExp(
  "^(?:" + [
    "alias\\..*",
    "core\\.(?:pager|editor|sshcommand|fsmonitor|hookspath|askpass|gitproxy|worktree|attributesfile" +
    "|alternaterefscommand|virtualfilesystem|notesref)",
    "(?:pager|filter|include|includeif|hook|trailer|protocol|credential|gpg|interactive|browser|man" +
    "|mergetool|difftool|guitool|sequence|uploadpack|receive|web|help|instaweb|init|sendemail)\\..*",
    "diff\\.(?:external|tool|guitool|.*\\.(?:command|textconv|cachetextconv))",
    "merge\\.(?:tool|guitool|.*\\.driver)",
    "(?:remote|branch|url|tar|submodule|svn-remote|lfs|remotes)\\..*\\.(?:uploadpack|receivepack|vcs" +
    "|proxy|command|update|insteadof|pushinsteadof|path|cmd)",
    "lfs\\..*",
    "ssh\\..*",
    "http\\..*sslkey.*",
  ].join("|") + ")$",
  "i",
);

/** Sections above have keys that run nothing. */
const harmless =
  /^(?:init\.defaultbranch|credential\.(?:username|usehttppath)|gpg\.(?:format|ssh\.allowedsignersfile)|help\.autocorrect|lfs\.url|include\.none|receive\.deny\w+|interactive\.singlekey|difftool\.prompt|mergetool\.(?:prompt|keepbackup))$/i;
const harmlessValue =
  /^(?:|cat|less(?: -\w+)*|more|true|false|:|0|1|on|off|yes|no|never|always|auto)$/i;

/**
 * Whether setting the key, or leaving it to another word, may make git run a program.
 *
 * @param value Null when it is not known or a key is taken away.
 */
export function runsPrograms(key: string, value: string | null): boolean {
  if (!running.test(key) || harmless.test(key)) return false;
  return value === null || !harmlessValue.test(value) || !/^(?:core|pager|credential)\./i.test(key);
}
