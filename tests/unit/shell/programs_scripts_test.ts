import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseRows, renderUse, useOf } from "./program_use_text.ts";

const rows = parseRows(String.raw`
sed s/a/b/ f => read:f
sed -i s/a/b/ f g => write:f write:g
sed -i -e s/a/b/ -e s/c/d/ f g => write:f write:g
sed --in-place=.bak s/a/b/ f => write:f write:f.bak
sed -i.bak s/a/b/ f => write:f write:f.bak
sed -ie s/a/b/ f => write:f write:fe
sed --in-pl s/a/b/ f => write:f
sed -n -i p f => write:f
sed -ni p f => write:f
sed s/a/b/ -i f => write:f
sed -i 's/a/b/' -- -f => write:-f
sed -i -- s/a/b/ f => write:f
sed -i s/a/$X/ f => write:f opaque
sed -i s/a/b/ $X => write:s/a/b/ write:…
sed $X f => write:… write:f opaque
sed 'w f' a => write:f read:a
sed -n '/x/w f' a => write:f read:a
sed 's/a/b/w f' a => write:f read:a
sed 's/a/b/gw f' a => write:f read:a
sed 's|a|b|w f' a => write:f read:a
sed 's/[/]/x/' a => read:a
sed 's/[^/]*$//' a => read:a
sed 's/a\/b/c/;w f' a => write:f read:a
sed '1e rm x' a => read:a sh('rm x')
sed -n '1e cmd' a => read:a sh(cmd)
sed e a => read:a opaque
sed 's/x/y/e' a => read:a opaque
sed 's/x/y/ge' a => read:a opaque
sed 'r f' a => read:f read:a
sed 'R f' a => read:f read:a
sed '1,5d' a => read:a
sed '$!N;s/a/b/;P;D' a => read:a
sed '/a/,/b/{s/x/y/;p}' a => read:a
sed '/a/I,+3p' a => read:a
sed '0~4d' a => read:a
sed '\,x,d' a => read:a
sed 'a\\nhello' a => read:a
sed 'a hello;w f' a => read:a
sed '1i w f' a => read:a
sed ':a;N;$!ba;s/\n/ /g' a => read:a
sed ':a;w f' a => write:f read:a
sed 'bx}w f' a => write:f read:a
sed 'y/abc/xyz/' a => read:a
sed '/a/{w f\n}' a => write:f read:a
sed '# w f\np' a => read:a
sed -f s a => read:a sed<s>
sed -f s -i a => write:a sed<s>
sed --expression=p -i a => write:a
sed --exp 'w f' a => write:f read:a
sed -s -i -E 's/(a)/\1/' a => write:a
sed -i '' 's/a/b/w g' f => write:g write:'s/a/b/w g' write:f
sed -n '/start/,/end/p;q5' a => read:a
sed --frob s/a/b/ f => write:s/a/b/ write:f
sed --sandbox 'w f' a => read:a
sed 's/a/b/M;t;w /dev/stdout' a => write:/dev/stdout read:a
sed 'unterminated/' a => read:a opaque
sed 's/a' a => read:a opaque
sed -e 'a\' -e 'w f' a => read:a
awk '{print $1}' f => read:f
awk -F: '{print $1}' f => read:f
awk '$3 > 100 {print}' f => read:f
awk '{print > "out"}' f => write:out read:f
awk '{print >> "out"}' f => write:out read:f
awk '{print $1, $2 > "out"; print}' f => write:out read:f
awk '{print > $1}' f => read:f opaque
awk '{print > $1".txt"}' f => read:f opaque
awk '{printf("%s", $1) > "out"}' f => write:out read:f
awk '{print ($1 > 2)}' f => read:f
awk 'BEGIN{system("rm x")}' => sh('rm x')
awk 'BEGIN{system("rm " x)}' => opaque
awk '{print | "sh"}' f => read:f sh(sh) opaque
awk '{"date" | getline d; print d}' f => read:f sh(date)
awk '{cmd | getline}' f => read:f opaque
awk '{getline line < "f2"}' f => read:f2 read:f
awk 'BEGIN{while((getline l < "f2")>0) print l}' => read:f2
awk '{getline; print}' f => read:f
awk -i inplace '{print}' f g => write:f write:g
awk -v inplace::suffix=.bak -i inplace 1 f => write:f write:f.bak
awk -f p f => read:f awk<p>
awk -fp f => read:f awk<p>
awk -e '{print > "out"}' f => write:out read:f
awk --source '{print > "out"}' f => write:out read:f
awk -v x=1 '{print x}' f => read:f
awk '{print "a > b | c"}' f => read:f
awk '/a > b/ {print}' f => read:f
awk '{x = $1 / 2; print x > "out"}' f => write:out read:f
awk '{if (1) /"/; print "x" > ".env" #"\n}' f => read:f opaque
awk '{x++ /"/; y = "a"; print > ".env" #"\n}' f => read:f opaque
awk '# print > "x"\n{print}' f => read:f
awk '{print > "/dev/stderr"}' f => write:/dev/stderr read:f
awk '@load "x"; {print}' f => read:f opaque
awk '@include "x"' f => read:f opaque
awk $X f => write:… write:f read:f unverified opaque
awk '{print $1}' x=1 f => read:f
awk '{print > "a\x2eenv"}' f => write:a.env read:f
awk '$1 ~ /x/ || $2 == "y" {n++} END {print n}' f => read:f
awk '{print $1 || $2}' f => read:f
awk -l ext 1 f => read:f opaque
awk -o/tmp/x 1 f => write:/tmp/x read:f
awk 'BEGIN{ARGV[1]="x"} 1' f => read:f opaque
gawk --frob 1 f => write:1 write:f read:f
mawk '{print > "o"}' => write:o
`);

describe("CMD-10 sed and awk", () => {
  it("reads every row of the table", () => assertEquals(rows.length, 102));
  for (const [command, wanted] of rows) {
    it(command, () => assertEquals(renderUse(useOf(command)), wanted));
  }
});
