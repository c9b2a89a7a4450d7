#!/bin/sh
# A CI step: judges the changes between two commits by the policy of the first one, so that a change
# cannot bring its own policy.
#
#   ci_check_diff.sh BASE HEAD
#
# One operation for each changed file, one decision a line on standard output. The install is made
# anew and thrown away: nothing in the checkout is touched. Exit status: that of `sealward check`, 0
# only if every change is allowed; 1 where it could not look. Needs git and jq; SEALWARD names the
# program.
set -u
SEALWARD=${SEALWARD:-sealward}

if [ $# -ne 2 ]; then
  echo "usage: $0 BASE HEAD" >&2
  exit 64
fi
base=$(git rev-parse --verify --end-of-options "$1^{commit}") || exit 1
head=$(git rev-parse --verify --end-of-options "$2^{commit}") || exit 1

work=$(mktemp -d) || exit 1
trap 'git worktree remove --force "$work/base" 2>/dev/null; rm -rf "$work"' EXIT
git worktree add --quiet --detach "$work/base" "$base" || exit 1
if [ ! -f "$work/base/.scalpel/policy.yaml" ]; then
  echo "$0: $base has no .scalpel/policy.yaml" >&2
  exit 1
fi
export XDG_STATE_HOME="$work/state"
"$SEALWARD" init --yes --root "$work/base" >&2 || exit 1

# NUL-separated pairs of status and name: a name may hold anything else.
git diff --name-status --no-renames -z "$base" "$head" >"$work/changes" || exit 1
if [ ! -s "$work/changes" ]; then
  echo "$0: nothing changed" >&2
  exit 0
fi

operation() {
  if [ "$1" = D ]; then
    jq -cn --arg file "$2" '{type: "file_delete", affected_files: [$file]}'
    return
  fi
  git diff --no-color --no-ext-diff --no-textconv "$base" "$head" -- ":(literal)$2" >"$work/diff" ||
    return 1
  if grep -q '^Binary files ' "$work/diff"; then
    jq -cn --arg file "$2" '{type: "file_write", affected_files: [$file]}'
  else
    jq -c --raw-input --slurp --arg file "$2" \
      '{type: "code_modification", affected_files: [$file], diff: .}' "$work/diff"
  fi
}

# A name with a line feed has no line of its own: it is refused, not skipped.
tr '\0\n' '\n\0' <"$work/changes" >"$work/lines" || exit 1
if [ "$(tr -dc '\0' <"$work/lines" | wc -c)" -ne 0 ]; then
  echo "$0: a changed file has a line feed in its name" >&2
  exit 3
fi
while IFS= read -r status && IFS= read -r file; do
  operation "$status" "$file" || exit 1
done <"$work/lines" >"$work/operations.jsonl" || exit 1
"$SEALWARD" check --batch --root "$work/base" <"$work/operations.jsonl"
