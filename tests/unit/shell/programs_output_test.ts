import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Input } from "../../../src/core/operation/shell/program_use.ts";
import { parseRows, renderWord, useOf } from "./program_use_text.ts";

/** `text:…`, `{{FOLDER|GLOB}}`, `tame`, or nothing where nobody knows. */
const rows = parseRows(String.raw`
find src -name '*.pyc' => {{src|*.pyc}}
find . -name '*.pyc' -print0 => {{.|*.pyc}}
find . -name a -o -name b => {{.}}
find => {{.}}
find a b => {{.}}
find a ../b =>
find /x /y =>
find $X =>
ls => {{.}}
ls -1 src => {{.}}
ls -d /etc/x =>
git ls-files => {{.}}
git diff --name-only HEAD~1 => {{.}}
git grep -l x => {{.}}
git diff =>
grep -rl x src => {{src}}
grep -rl x => {{.}}
grep x a =>
rg -l x => {{.}}
rg --files src => {{src}}
fd -e ts => {{.}}
{{src|*.c}} | sort => {{src|*.c}}
{{src|*.c}} | sort -u => {{src|*.c}}
{{src|*.c}} | uniq => {{src|*.c}}
{{src|*.c}} | head -n 5 => {{src|*.c}}
{{src|*.c}} | tail -1 => {{src|*.c}}
{{src|*.c}} | grep -v test => {{src|*.c}}
{{src|*.c}} | grep -v test f =>
{{src|*.c}} | tee log => {{src|*.c}}
{{src|*.c}} | cat => {{src|*.c}}
{{src|*.c}} | tr a b =>
{{src|*.c}} | sed s/a/b/ =>
{{src|*.c}} | sed 1d => {{src|*.c}}
{{src|*.c}} | sed -n 1,5p => {{src|*.c}}
{{src|*.c}} | grep -o x =>
{{src|*.c}} | head -c 5 =>
{{src|*.c}} | tac =>
{{src|*.c}} | awk '{print}' =>
{{src|*.c}} | rev =>
{{src|*.c}} | base64 -d =>
{{src|*.c}} | xargs => {{src|*.c}}
{{src|*.c}} | xargs dirname =>
text:rm x | cat => text:rm x
text:rm x | cat - =>
text:rm x | cat -n =>
text:rm x | tee f => text:rm x
text:rm x | rev =>
text:rm x | base64 -d =>
text:rm x | xxd -r =>
text:rm x | sort =>
unknown | cat =>
nproc => tame
uname -s => tame
date +%F => tame
date +-o.env =>
date '+%F -o.env' =>
date +$X =>
git rev-parse HEAD => tame
git rev-parse --short HEAD => tame
git rev-parse -o.env =>
git merge-base a b => tame
curl -s h =>
mktemp => text:/tmp/tmp.XXXXXXXXXX
`);

function render(output: Input | undefined): string {
  if (output === undefined || output.kind === "none") return "";
  if (output.kind === "text") return `text:${output.text.trimEnd()}`;
  if (output.kind === "unknown") return output.isTame ? "tame" : "";
  return renderWord({ text: "", isKnown: false, found: output.found });
}

describe("ProgramUse.output", () => {
  it("has its rows", () => assertEquals(rows.length, 63));
  for (const [command, wanted] of rows) {
    it(`CMD-14 ${command}`, () => assertEquals(render(useOf(command)?.output), wanted));
  }
});
