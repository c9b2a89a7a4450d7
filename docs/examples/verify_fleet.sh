#!/bin/sh
# Verifies the archived segments of many hosts: one process for each segment, several at a time, then
# one verdict for each host. What a batch engine does with one job per segment, on one machine.
#
#   verify_fleet.sh ARCHIVE SECRETS RESULTS [PARALLEL]
#
#   ARCHIVE/HOST/    closed segments of each host, seg-NNNNNNNN.jsonl, at any depth
#   SECRETS/HOST     its root secret, mode 0600
#   RESULTS          a folder that does not exist yet
#   PARALLEL         processes at a time, default 2
#
# Prints "HOST STATUS VERDICT ..." for each host. Exit status: the worst of them, in the order 5 3 1 0.
# SEALWARD names the program, default sealward.
set -u

if [ $# -lt 3 ]; then
  echo "usage: $0 ARCHIVE SECRETS RESULTS [PARALLEL]" >&2
  exit 64
fi
archive=${1%/}
secrets=${2%/}
results=${3%/}
parallel=${4:-2}
SEALWARD=${SEALWARD:-sealward}
export SEALWARD archive secrets results

mkdir "$results" || exit 1

# The job: it needs one segment, one secret and a place for a line of JSON. Nothing is shared.
# A segment of HOST/a/seg-1 answers in HOST/a/seg-1.result, put in place only when it is whole.
# shellcheck disable=SC2016 # the inner shell expands it
job='
  rest=${1#"$archive"/}
  out=$results/$rest.result
  mkdir -p "${out%/*}"
  "$SEALWARD" audit verify-segment "$1" --root-secret-file "$secrets/${rest%%/*}" \
    --format jsonl >"$out.part" </dev/null
  # An error is a line too, without a verdict.
  if grep -q "\"verdict\":" "$out.part"; then mv "$out.part" "$out"; fi
  exit 0
'
find "$archive" -type f -name 'seg-*.jsonl' -print0 |
  xargs -0 -n 1 -P "$parallel" sh -c "$job" job || exit 1

worst=0
worsen() {
  for status in 5 3 1; do
    if [ "$1" = "$status" ] || [ "$worst" = "$status" ]; then
      worst=$status
      return
    fi
  done
  [ "$1" = 0 ] || worst=1
}

# A job without an answer is not one that found nothing: the newest segment would not be missed.
hosts=0
for folder in "$archive"/*/; do
  [ -d "$folder" ] || continue
  hosts=$((hosts + 1))
  folder=${folder%/}
  host=${folder##*/}
  wanted=$(find "$folder" -type f -name 'seg-*.jsonl' -exec printf x \; | wc -c)
  got=$(find "$results/$host" -type f -name '*.result' -exec printf x \; 2>/dev/null | wc -c)
  if [ "$wanted" -eq 0 ] || [ "$wanted" -ne "$got" ]; then
    echo "$host 1 $((got)) of $((wanted)) segments were looked at"
    worsen 1
    continue
  fi
  said=$(find "$results/$host" -type f -name '*.result' -exec cat {} + |
    "$SEALWARD" audit join-segments)
  status=$?
  echo "$host $status $(echo "$said" | head -n 1)"
  worsen "$status"
done
if [ "$hosts" -eq 0 ]; then
  echo "$0: no folder of a host is in $archive" >&2
  exit 1
fi
exit "$worst"
