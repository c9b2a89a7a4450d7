import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseRows, renderUse, useOf } from "./program_use_text.ts";

const rows = parseRows(String.raw`
rm -rf a b => delete:a delete:b
rm -- -rf => delete:-rf
rm --rec --fo a => delete:a
rm a -rf => delete:a
rm $X => delete:…
rm -$X => delete:-…
rm 'a b' $X => delete:'a b' delete:…
rm --frob=x a => delete:a delete:x
rm -rfZfile a => delete:a delete:file delete:e
rm {{src|*.pyc}} => delete:{{src|*.pyc}}
unlink x => delete:x
rmdir -p a/b => delete:a/b
shred -u x => write:x
shred -n 3 --remove=wipe x => write:x
truncate -s 0 x => write:x
truncate --size=0 -r y x => read:y write:x
touch a b => create:a create:b
touch -d yesterday x => create:x
touch -r ref x => read:ref create:x
mkdir -p a/b c => create:a/b create:c
mkdir -m 700 a => create:a
mkfifo p => create:p
mknod d b 1 2 => create:d
tee a b => write:a write:b
tee -a a => write:a
tee -- -a => write:-a
tee $X => write:…
dd if=a of=b bs=1 => read:a write:b
dd of=x => write:x
dd of=$X => write:…
dd $X => write:…
dd o$X => write:o…
cp a b => read:a write~:b write:b/a
cp a b c d => read:a read:b read:c write~:d write:d/a write:d/b write:d/c
cp -r a b/ => read:a write:b/a
cp -t d a b => read:a read:b write~:d write:d/a write:d/b
cp -td a b => read:a read:b write~:d write:d/a write:d/b
cp --target-directory=d a b => read:a read:b write~:d write:d/a write:d/b
cp --target-dir d a b => read:a read:b write~:d write:d/a write:d/b
cp --tar=d a b => read:a read:b write~:d write:d/a write:d/b
cp a b -t d => read:a read:b write~:d write:d/a write:d/b
cp -T a b => read:a write:b
cp -rT a b => read:a write~:b write?:{{b}}
cp -r a/. b => read:a/. write~:b write?:{{b}}
cp -- -a b => read:-a write~:b write:b/-a
cp -l a b => link:a write~:b write:b/a
cp -s a b => link:a write~:b write:b/a
cp --parents a/b c => read:a/b write~:c write:c/a/b
cp -bS .env x prod => read:x write~:prod write:prod/x write:prod.env
cp $X b => read:… write:… read:b write:b write:b/… write:b/b write~:b
cp $X/a b => read:… write:… read:b write:b write:b/… write:b/b write~:b
cp $TAME b => read:… write~:b write:b/…
cp a $X => read:a write:a write:a/a write:a/… read:… write:… write~:…
cp {{.|*.js}} out => read:{{.|*.js}} write~:out write:{{out|*.js}}
cp a b --frob x => read:a write:a write:a/a write:a/b write:a/x read:b write:b write:b/a write:b/b write:b/x read:x write:x write:x/a write:x/b write:x/x write~:x
cp -Zq a b => read:a write:a write:a/a write:a/b read:b write:b write:b/a write:b/b write~:b
cp a . => read:a write:./a
cp a .. => read:a write:../a
mv a b => delete:a create~:b create:b/a
mv a b c/ => delete:a delete:b create:c/a create:c/b
mv -t c a b => delete:a delete:b create~:c create:c/a create:c/b
mv -ft c a => delete:a create~:c create:c/a
mv -T a b => delete:a create:b
mv .scalpel other => delete:.scalpel create~:other create:other/.scalpel
mv -- a b => delete:a create~:b create:b/a
ln a b => link:a create~:b create:b/a
ln -s a b => link:a create~:b create:b/a link:./a link:b/a
ln -s ../x bin/y => link:../x create~:bin/y create:bin/y/x link:bin/../x link:bin/y/../x
ln -s a => link:a create:./a link:./a
ln -st d a b => link:a link:b create~:d create:d/a create:d/b link:./a link:d/a link:./b link:d/b
ln -sr a d/b => link:a create~:d/b create:d/b/a
ln -T a b => link:a create:b
install -m 755 a b => read:a write~:b write:b/a
install -d a b => create:a create:b
install -D -t d a => read:a write~:d write:d/a
install --mode=600 a b => read:a write~:b write:b/a
rsync -a a b => read:a write~:b write:b/a
rsync -a a/ b/ => read:a/ write?:{{b}}
rsync --delete -a a b => read:a write~:b write:b/a write?:{{b}}
rsync -e 'sh -c evil' a h:b => read:a connect:h sh('sh -c evil')
rsync h:a/x b => connect:h write~:b write:b/x
rsync rsync://h/m/x b => connect:h write~:b write:b/x
rsync --remove-source-files a b => delete:a write~:b write:b/a
rsync -n a b =>
rsync --log-file=l a b => write:l read:a write~:b write:b/a
chmod 600 a b => chmod:a chmod:b
chmod -R u+x a => chmod:a
chmod -x a => chmod:a
chmod a-w x => chmod:x
chmod --reference=r a => read:r chmod:a
chmod -R -- 600 -a => chmod:-a
chmod +x $X => chmod:+x chmod:…
chown u a => chown:a
chown --reference=r a b => read:r chown:a chown:b
chown -R u:g a => chown:a
chgrp g a => chown:a
chattr -i a => chmod:a
chattr +i -R a => chmod:a
setfacl -m u:x:rw a => chmod:a
setfacl -bR a => chmod:a
setfacl --restore=f => unverified
setfattr -n user.x -v 1 a => chmod:a
sort a => read:a
sort -o a b => write:a read:b
sort b -oa => write:a read:b
sort --output=a b => write:a read:b
sort --out a b => write:a read:b
sort $X => read:… unverified
sort $TAME => read:…
sort --compress-program=evil a => read:a sh(evil)
uniq a b => read:a write:b
uniq -c a => read:a
uniq -f 1 a b => read:a write:b
xxd a => read:a
xxd -r a b => read:a write:b
cat a b => read:a read:b
cat =>
cat -- -n => read:-n
head -n 5 a => read:a
head -5 a => read:a
tail -f a => read:a
less -o log a => write:log read:a
wc -l a => read:a
cut -d , -f 1 a => read:a
tr a b =>
diff a b => read:a read:b
diff --output=x a b => read:a read:b
comm a b => read:a read:b
jq . a => read:a
jq -f p a => read:p read:a
jq --arg x y . a => read:a
yq -i .a=1 f => write~:f write?:{{f}}
yq .a f => read:f
split -b 1m a p_ => read:a write:{{.|p_*}}
split a => read:a write:{{.|x*}}
split -l 10 a d/p --additional-suffix=.txt => read:a write:{{d|p*.txt}}
split --filter='cat > x' a => read:a sh('cat > x')
csplit a /x/ => read:a write:{{.|xx*}}
csplit -f p a /x/ => read:a write:{{.|p*}}
patch a p => write:a read:p
patch -p1 => write?:{{.}} opaque
unknown | patch -p1 => write?:{{.}} opaque
text:--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n | patch -p1 => write:x write:x.rej write:x.orig
patch -p1 -i f => read:f write?:{{.}} opaque
patch -o out a p => write:out write:a read:p
patch --dry-run =>
patch -b -z .env prod p => write:prod read:p write:prod.env
gzip a => delete:a write:a.gz
gzip -k a => read:a write:a.gz
gzip -c a => read:a
gunzip a.gz => delete:a.gz write:a
gzip -d a.gz => delete:a.gz write:a
gzip -S .env prod => delete:prod write:prod.env
gzip -t a.gz => read:a.gz
xz a => delete:a write:a.xz
zstd a => read:a write:a.zst
zstd --rm a => delete:a write:a.zst
bzip2 -d a.bz2 => delete:a.bz2 write:a
tar xzf a.tgz => read:a.tgz write?:{{.}} opaque
tar xzf a.tgz -C out => read:a.tgz write?:{{out}} opaque
tar -xf a.tgz .env => read:a.tgz write:.env write?:{{.}} opaque
tar -xf a.tgz -C d .env => read:a.tgz write:d/.env write?:{{d}} opaque
tar -C d -xf a => read:a write?:{{d}} opaque
tar -x --file=a --directory=d => read:a write?:{{d}} opaque
tar -xOf a x => read:a
tar tzf a => read:a
tar czf out.tgz src => write:out.tgz read:src
tar cf out -C d x => write:out read:d/x
tar -cf a --remove-files b => write:a delete:b
tar --to-command='sh' -xf a => read:a sh(sh)
tar -xf a --checkpoint=1 --checkpoint-action=exec=evil => read:a write?:{{.}} sh(evil) opaque
tar -cf /dev/null a -I 'sh -c evil' => read:a sh('sh -c evil')
tar --use-compress-prog=evil -xf a => read:a write?:{{.}} sh(evil) opaque
unzip a.zip => read:a.zip write?:{{.}} opaque
unzip a.zip -d d => read:a.zip write?:{{d}} opaque
unzip -l a => read:a
unzip a .env -d d => read:a write:d/.env write?:{{d}} opaque
zip -r o.zip a => write:o.zip read:a
zip o a => write:o write:o.zip read:a
zip -m o a => write:o write:o.zip delete:a
zip o a -T -TT evil => write:o write:o.zip read:a read:evil sh(evil)
7z x a.7z -od => read:a.7z write?:{{d}} opaque
7z a o f => write:o read:f
7z l a => read:a
cpio -i => write?:{{.}} opaque
cpio -o -O x => write:x
ar rcs l.a a.o => write:l.a read:a.o
sqlite3 a.db 'select 1' => write:a.db
sqlite3 a.db '.output x' => write:a.db opaque
sqlite3 a.db 'attach "x" as y' => write:a.db opaque
unknown | sqlite3 a.db => write:a.db opaque
sqlite3 :memory: '.shell rm x' => opaque
ed a => write:a
text:w .env\n | ed a => write:a opaque
ex -c 'w! x' a => write:'w! x' write:a opaque
vim a => write:a
vim -es -c 'w x' a => write:'w x' write:a opaque
vim +10 a => write:a
nano a => write:a
nvim -c 'q' a => write:q write:a opaque
cp -t $X a => read:a write~:… write:…
tee =>
mv a =>
tar -xf a -C $X => read:a write?:… opaque
rm -rf -- $X => delete:…
cp a .scalpel/policy.yaml => read:a write~:.scalpel/policy.yaml write:.scalpel/policy.yaml/a
tee .scalpel/policy.yaml => write:.scalpel/policy.yaml
truncate -s0 .env => write:.env
install /dev/null .env => write~:.env write:.env/null
cp /dev/null .env => write~:.env write:.env/null
dd if=/dev/zero of=.env => write:.env
mv x/.env . => delete:x/.env create:./.env
ln -f x .env => link:x create~:.env create:.env/x
ln .env y => link:.env create~:y create:y/.env
touch .env => create:.env
chmod 777 .scalpel => chmod:.scalpel
mv .scalpel .x => delete:.scalpel create~:.x create:.x/.scalpel
sort -o.env x => write:.env read:x
rsync x .env => read:x write~:.env write:.env/x
gzip -f .env => delete:.env write:.env.gz
shred .env => write:.env
tar -cf .env x => write:.env read:x
zip .env x => write:.env read:x
xxd -r x .env => read:x write:.env
split x .e => read:x write:{{.|.e*}}
setfacl -m u::rw .env => chmod:.env
chattr -i .env => chmod:.env
openssl rand -out .env 4 => write:.env
sponge .env => write:.env
dos2unix .env => write:.env
base64 -d x => read:x
uuencode x y => read:x
fallocate -l 1 .env => write:.env
strip -o .env a => write:.env read:a
objcopy a .env => read:a write:.env
`);

describe("CMD-10 CMD-12 programs that change the files they name", () => {
  it("reads every row of the table", () => assertEquals(rows.length, 235));
  for (const [command, wanted] of rows) {
    it(command, () => assertEquals(renderUse(useOf(command)), wanted));
  }
});
