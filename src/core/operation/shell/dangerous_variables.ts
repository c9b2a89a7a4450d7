/**
 * Variables that make other programs run something, or look for it elsewhere.
 *
 * @module
 */

const dangerous = new RegExp(
  `^(?:${
    [
      // What the shell itself reads.
      "PATH|BASH_ENV|ENV|PROMPT_COMMAND|PS[0-4]|SHELLOPTS|BASHOPTS|CDPATH|GLOBIGNORE|IFS|FCEDIT",
      "BASH_FUNC_.*|BASH_LOADABLES_PATH|HOME|PWD|OLDPWD|EXECIGNORE|FIGNORE|POSIXLY_CORRECT|SHELL",
      "LD_.*|DYLD_.*|GCONV_PATH|LOCPATH|HOSTALIASES|MALLOC_.*|TMPDIR",
      // Programs that other programs start.
      ".*PAGER|.*EDITOR|VISUAL|BROWSER|LESSOPEN|LESSCLOSE|LESS|MORE|SUDO_ASKPASS|SSH_ASKPASS|RSYNC_RSH",
      "GIT_SSH.*|GIT_EXTERNAL_DIFF|GIT_ASKPASS|GIT_PROXY_COMMAND|GIT_DIR|GIT_WORK_TREE|GIT_INDEX_FILE",
      "GIT_CONFIG.*|GIT_EXEC_PATH|GIT_TEMPLATE_DIR|GIT_ALLOW_PROTOCOL|GIT_COMMON_DIR|GIT_OBJECT_.*",
      "GIT_ALTERNATE_.*|CVS_RSH|TAR_OPTIONS|TAPE|MAKEFLAGS|MAKEFILES|MFLAGS|GNUMAKEFLAGS|CC|CXX|LDFLAGS",
      // Interpreters.
      "PYTHONSTARTUP|PYTHONHOME|PYTHONINSPECT|PYTHONBREAKPOINT|PERL5.*|PERLLIB|RUBYOPT|RUBYLIB|NODE_OPTIONS",
      "NODE_PATH|NPM_CONFIG_.*|npm_config_.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|LUA_INIT.*",
      "DENO_.*|BUN_.*|PHPRC|PHP_INI_SCAN_DIR|RUSTC_WRAPPER|RUSTC|CARGO_.*RUNNER|GOFLAGS|AWKPATH|AWKLIBPATH",
      // Ourselves.
      "SCALPEL_.*|SEALWARD_.*|CREDENTIALS_DIRECTORY|XDG_STATE_HOME",
    ].join("|")
  })$`,
);

/** Values that start nothing whatever reads them. */
const harmless =
  /^(?:|cat|less|more|true|:|\/bin\/true|\/usr\/bin\/true|\/bin\/cat|\/usr\/bin\/cat)$/;
const startsProgram = /(?:PAGER|EDITOR|VISUAL|BROWSER)$/;
const compilers = /^(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-\d+)?$/;

/** Why setting this variable is more than a value, or null. `value` is null when nobody knows it. */
export function dangerOfVariable(name: string, value: string | null): string | null {
  if (!dangerous.test(name)) return null;
  if (/^(?:CC|CXX)$/.test(name) && value !== null && compilers.test(value)) return null;
  if (startsProgram.test(name) && value !== null && harmless.test(value)) return null;
  return `setting ${name} may change what other programs run`;
}
