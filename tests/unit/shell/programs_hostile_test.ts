import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseRows, renderUse, useOf } from "./program_use_text.ts";

const rows = parseRows(String.raw`
git checkout --pathspec-from-file=f => write?:{{.}}
git rm --pathspec-from-file=f => write?:{{.}}
git stash -- .env => write?:{{.}} write:.env
git mv x .env => delete:x create:.env/x create~:.env
git init --separate-git-dir=.env d => create:.env create:d write:d/.git/description
git diff-tree --output=.env HEAD => write:.env
git diff -O.env => read:.env
git log --outpu .env => write:.env
git config -f .env a.b c => write:.env
git config --file=.env a.b c => write:.env
git restore --staged --worktree .env => write:.env
git restore -s HEAD~1 -- .env => write:.env
git checkout -f -- .env => write:.env
git checkout HEAD~1 .env => write?:{{.}} write:HEAD~1 write:.env
git reset --hard HEAD~1 => write?:{{.}}
git checkout main2 => write?:{{.}} write:main2
git stash => write?:{{.}}
git clean -fdx => delete?:{{.}}
git apply --reject f => read:f write?:{{.}} opaque
git worktree add .scalpel/w main2 => create:.scalpel/w opaque
find . -name .env -exec cp x {} ; => run(cp x {{.|.env}})
find . -maxdepth 1 -name .en? -exec truncate -s 0 {} + => run(truncate -s 0 {{.|.en?}})
find .env -delete => delete:{{.env}}
find . -name .env -fprint .env => write:.env
find . -name x -exec cp {} .env ; => run(cp {{.|x}} .env)
find -O3 . -name .env -delete => delete:{{.|.env}}
cp --backup=numbered x .env => read:x write~:.env write:.env/x write:.env~
mv -b x .env => delete:x create~:.env create:.env/x write:.env~
ln -sf x .env => link:x create~:.env create:.env/x link:./x link:.env/x
install -b x .env => read:x write~:.env write:.env/x write:.env~
install -S .env -b x prod => read:x write~:prod write:prod/x write:prod.env
mv -S .env -b x prod => delete:x create~:prod create:prod/x write:prod.env
patch .env f => write:.env read:f
sed -i.env 's/x/y/' prod => write:prod write:prod.env
sed -i'*.bak' 's/x/y/' .env => write:.env write:.env.bak
sed -n 'w .env' x => write:.env read:x
sed --expression='w .env' x => write:.env read:x
sed 's/x/y/;w .env' x => write:.env read:x
sed '/x/{w .env\n}' x => write:.env read:x
sed 'x;w .env' x => write:.env read:x
sed '$!d;w .env' x => write:.env read:x
sed -e 'i\' -e 'w .env' x => read:x
sed '1!w .env' x => write:.env read:x
sed '1,/x/w .env' x => write:.env read:x
sed 's,a,b,w .env' x => write:.env read:x
sed 's/a/b/1w .env' x => write:.env read:x
sed '1W .env' x => write:.env read:x
sed -s -n -e '1{' -e 'w .env' -e '}' x => write:.env read:x
sed '/[/]/w .env' x => write:.env read:x
sed 's/\//w/w .env' x => write:.env read:x
sed 'l1;w .env' x => write:.env read:x
sed 'q5;w .env' x => write:.env read:x
sed '0,/x/w .env' x => write:.env read:x
sed '2q;1w .env' x => write:.env read:x
sed 's/x/w .env/' x => read:x
awk '{print>".env"}' x => write:.env read:x
awk '{print $0 >> ".env"}' x => write:.env read:x
awk '{printf "%s", $0 > ".env"}' x => write:.env read:x
awk 'BEGIN{f=".env"; print 1 > f}' => opaque
awk '{print | "cat > .env"}' x => read:x sh('cat > .env')
awk '{print $1 > (".env")}' x => read:x opaque
awk '{ if ($1) print > ".env"; else print }' x => write:.env read:x
awk '/a\/b/{print>".env"}' x => write:.env read:x
awk '$1 ~ "a" { print "x" > ".env" }' x => write:.env read:x
awk 'BEGIN { "cat x > .env" | getline }' => sh('cat x > .env')
awk 'BEGIN { system("cp x .env") }' => sh('cp x .env')
awk 'function f(){print "x" > ".env"} BEGIN{f()}' => write:.env
awk 'BEGIN{print length > ".env"}' => write:.env
awk 'BEGIN{print 1>".env"}' => write:.env
awk 'BEGIN{print 4/2 > ".env"}' => write:.env
awk 'BEGIN{x=4;print x/2 > ".env" }' => write:.env
awk '{print $1,$2>".env"}END{print 1}' x => write:.env read:x
tar -cf .env x => write:.env read:x
tar cf .env x => write:.env read:x
tar --create --file .env x => write:.env read:x
tar --cre --fi=.env x => write:.env read:x
split -b 1 -a 1 x .en => read:x write:{{.|.en*}}
split x .env => read:x write:{{.|.env*}}
csplit -f .env x 1 => read:x write:{{.|.env*}}
xxd -r x .env => read:x write:.env
sort -o .env x => write:.env read:x
sort x -o .env => write:.env read:x
sort -ro.env x => write:.env read:x
uniq x .env => read:x write:.env
uniq - .env => write:.env
shuf -o .env x => write:.env read:x
iconv -o .env x => write:.env read:x
iconv --output=.env x => write:.env read:x
nl x => read:x
dd if=x of=.env => read:x write:.env
tee -- .env => write:.env
truncate --size=0 .env => write:.env
cp -t . src/k x => read:src/k read:x write:./k write:./x
cp x ./.env => read:x write~:./.env write:./.env/x
cp x //.env/../x => read:x write~://.env/../x write://.env/../x/x
mv -t . d/z => delete:d/z create:./z
rsync -a x .env => read:x write~:.env write:.env/x
rsync -a d/ . => read:d/ write?:{{.}}
ln -P x y => link:x create~:y create:y/x
shred -u .env => write:.env
gzip .env => delete:.env write:.env.gz
gzip -fk .env => read:.env write:.env.gz
xz -z .env => delete:.env write:.env.xz
zip -m o .env => write:o write:o.zip delete:.env
zip -r o.zip . -x b => write:o.zip read:.
ed .env => write:.env
script -qc 'echo 1' .env => write:.env sh('echo 1')
flock .env true => create:.env run(true)
strace -o .env true => write:.env run(true)
time -o .env true => write:.env run(true)
timeout 3 cp x .env => run(cp x .env)
nice cp x .env => run(cp x .env)
env -i cp x .env => run(cp x .env)
env -S 'cp x .env' => run(cp x .env)
bash -c 'cp x .env' => sh('cp x .env')
text:x | xargs -I{} cp {} .env => run(cp x .env)
text:.env | xargs rm => run(rm .env)
text:.env | xargs truncate -s 0 => run(truncate -s 0 .env)
text:x .env | xargs cp => run(cp x .env)
text:.env | xargs -I{} sh -c 'echo 1 > {}' => run(sh -c 'echo 1 > .env')
perl -pi -e 's/x/y/' .env => write:.env perl(s/x/y/)
perl -i -pe 's/x/y/' .env => write:.env perl(s/x/y/)
perl -pi.bak -e 's/x/y/' .env => write:.env write:.env.bak perl(s/x/y/)
openssl rand -out .env 4 => write:.env
openssl enc -base64 -in x -out .env => read:x write:.env
ssh-keygen -q -t ed25519 -N '' -f k => write:k write:k.pub
gcc -c a.c -o .env => read:a.c write:.env
gcc a.c -o.env => read:a.c write:.env
python3 -c 'open(".env","w")' => python(open(".env","w"))
sqlite3 .env 'create table t(a)' => write:.env
sqlite3 x.db '.once .env' 'select 1' => write:x.db opaque
objcopy a.out .env => read:a.out write:.env
install -Dm644 x d/e/f/.env => read:x write~:d/e/f/.env write:d/e/f/.env/x
cpio -pd d2 => write:d2 write?:{{d2}} opaque
ar rcs .env a.c => write:.env read:a.c
diff --output=.env a b => read:a read:b
less -o .env x => write:.env read:x
curl -o .env file:///etc/hostname => read:/etc/hostname write:.env
curl -s file:///etc/hostname -o.env => read:/etc/hostname write:.env
curl --outpu .env file:///etc/hostname => read:/etc/hostname write:.env
curl -O file:///etc/hostname => read:/etc/hostname write:hostname
curl -w '%output{.env}x' file:///etc/hostname => read:/etc/hostname write:.env
curl -D .env file:///etc/hostname => write:.env read:/etc/hostname
curl --stderr .env file:///etc/hostname => write:.env read:/etc/hostname
curl -c .env file:///etc/hostname => write:.env read:/etc/hostname
curl --trace-ascii .env file:///etc/hostname => write:.env read:/etc/hostname
curl --libcurl .env file:///etc/hostname => write:.env read:/etc/hostname
curl -fsSo .env file:///etc/hostname => read:/etc/hostname write:.env
touch -r x .env => read:x create:.env
chmod --reference=x .env => read:x chmod:.env
chmod -w .env => chmod:.env
chmod =r .env => chmod:.env
mkdir .env2 => create:.env2
mv .scalpel z => delete:.scalpel create~:z create:z/.scalpel
mv ./.scalpel/ z => delete:./.scalpel/ create~:z create:z/.scalpel
cp -r .scalpel d => read:.scalpel write~:d write:d/.scalpel
cp -a d/. . => read:d/. write?:{{.}}
cp -rT d . => read:d write?:{{.}}
vim -es -c 'w! .env' -c q x => write:'w! .env' write:q write:x opaque
ex -sc 'w! .env|q' x => write:'w! .env|q' write:x opaque
find . -delete -name x => delete:{{.}}
find . -newer -name -delete => delete:{{.}}
find . -exec rm {} ; -name x => run(rm {{.}})
find . -print -name x -delete => delete:{{.}}
find . -files0-from f -delete => read:f delete:…
`);

describe("CMD-10 CMD-12 CMD-16 the ways to one file", () => {
  it("reads every row of the table", () => assertEquals(rows.length, 165));
  for (const [command, wanted] of rows) {
    it(command, () => assertEquals(renderUse(useOf(command)), wanted));
  }
});
