import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseRows, renderUse, useOf } from "./program_use_text.ts";

const rows = parseRows(String.raw`
git status =>
git diff HEAD~1 =>
git diff --output=x => write:x
git diff --output x => write:x
git diff --outp=x => write:x
git log --oneline -5 =>
git log --output=x => write:x
git reflog --output=x => write:x
git shortlog -sn =>
git show HEAD:a =>
git diff $X => unverified
git diff $TAME =>
git add . =>
git add a => read?:a
git add -A =>
git commit -m 'x y' =>
git commit -am x =>
git commit -F msg => read:msg
git push => connect:*
git push origin main => connect:*
git push --force => connect:*
git push https://h/r main => connect:h
git push --receive-pack='rm x' o => connect:* sh('rm x') opaque
git fetch => connect:*
git fetch --all => connect:*
git fetch ext::sh => connect:ext unverified
git fetch --upload-pack=evil . => connect:* sh(evil) opaque
git ls-remote u@h:r => connect:h
git branch -D x =>
git tag v1 =>
git remote -v =>
git rev-parse HEAD =>
git ls-files =>
git blame a =>
git pull => connect:* write?:{{.}}
git pull --rebase origin main => connect:* write?:{{.}}
git merge x => write?:{{.}}
git rebase main => write?:{{.}}
git rebase -x 'make test' main => write?:{{.}} sh('make test')
git rebase --exec='rm x' main => write?:{{.}} sh('rm x')
git rebase --exe='rm x' main => write?:{{.}} sh('rm x')
git cherry-pick x => write?:{{.}}
git revert x => write?:{{.}}
git checkout main => write?:{{.}} write:main
git checkout -b x =>
git checkout -b x origin/main => write?:{{.}}
git checkout .env => write?:{{.}} write:.env
git checkout -- .env => write:.env
git checkout HEAD~1 -- a b => write:a write:b
git checkout HEAD~1 a => write?:{{.}} write:HEAD~1 write:a
git checkout . => write?:{{.}}
git checkout -- . => write?:{{.}}
git checkout -- '*.env' => write:{{.|*.env}} write?:{{.}}
git checkout -- ':/.env' => write:.env write?:{{.}}
git checkout -- 'src/*.ts' => write?:{{.}}
git checkout -- src/ => write:src/
git checkout - => write?:{{.}}
git checkout --ours a => write?:{{.}} write:a
git checkout -- $X => write:…
git switch main => write?:{{.}}
git switch -c x =>
git switch -c x main => write?:{{.}}
git restore a => write:a
git restore --staged a =>
git restore -SW a => write:a
git restore --source=HEAD~1 a => write:a
git restore . => write?:{{.}}
git reset =>
git reset --hard => write?:{{.}}
git reset --har HEAD~1 => write?:{{.}}
git reset --soft HEAD~1 =>
git reset HEAD a =>
git stash => write?:{{.}}
git stash pop => write?:{{.}}
git stash list =>
git stash push -- a => write?:{{.}} write:a
git clean -fd => delete?:{{.}}
git clean -n =>
git clean -fx .env => delete:.env
git rm a => delete:a
git rm -r --cached a =>
git rm --cach a =>
git rm '*.c' => delete:{{.|*.c}} delete?:{{.}}
git mv a b => delete:a create:b/a create~:b
git mv a b d/ => delete:a create:d/a delete:b create:d/b
git apply p => read:p write?:{{.}} opaque
unknown | git apply => write?:{{.}} opaque
text:--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n | git apply => write:x
git apply --check p =>
git apply --stat --apply p => read:p write?:{{.}} opaque
git am p => write?:{{.}}
git config user.name x =>
git config core.hooksPath x => write:.git/config
git config --global core.hooksPath x => write:.git/config unverified
git config set core.pager evil => write:.git/config
git config --add alias.x '!rm y' => write:.git/config
git config alias.st status => write:.git/config
git config --unset core.hooksPath => write:.git/config
git config core.hookspath =>
git config --get core.hooksPath =>
git config --list =>
git config -l =>
git config -f x a.b c => write:x
git config --edit => write:.git/config
git config $X y => write:.git/config
git config user.email $X =>
git config core.pager cat =>
git config --global init.defaultBranch main =>
git config filter.x.smudge evil => write:.git/config
git config diff.x.textconv evil => write:.git/config
git config --rename-section a core => write:.git/config
git config CORE.HooksPath x => write:.git/config
git -C d status => in=d
git -C d -C e rm a => delete:a in=d/e
git -C d rm a => delete:a in=d
git -c user.name=x commit -m y =>
git -c core.pager=cat diff =>
git -c core.pager=evil log => unverified
git -c alias.x='!rm y' x => unverified opaque
git -c core.hooksPath=/tmp commit => unverified
git -c core.sshCommand=evil fetch => connect:* unverified
git -c diff.external=evil diff => unverified
git -c $X status => unverified
git --git-dir=x status => unverified
git --work-tree=/x checkout a => write?:{{.}} write:a unverified
git --exec-path=x status => unverified
git --config-env=core.pager=X log => unverified
git --no-pager log =>
git -p log =>
git $X => unverified
git co => opaque
git worktree add ../w x => create:../w opaque
git worktree remove w => delete:w
git worktree list =>
git clone https://h/a/r.git => connect:h create:r
git clone https://h/a/r d => connect:h create:d
git clone u@h:a/r.git => connect:h create:r
git clone -c core.hooksPath=x https://h/r => connect:h create:r unverified
git clone -u evil h:r => connect:h create:r sh(evil) opaque
git clone ../r d => read:../r create:d
git clone --template=t https://h/r => connect:h create:r opaque
git init => write:./.git/description
git init d => create:d write:d/.git/description
git archive -o x HEAD => write:x
git archive --output=x HEAD => write:x
git archive HEAD =>
git format-patch -o d main => create:d/0001-.patch
git bundle create x HEAD => write:x
git bundle verify x => read:x
git bisect start => write?:{{.}}
git bisect run rm x => write?:{{.}} run(rm x)
git submodule update --init => connect:* write?:{{.}}
git submodule foreach 'rm x' => sh('rm x')
git submodule add u p => connect:* create:p write?:{{.}}
git difftool -x 'rm x' => sh('rm x') opaque
git grep x =>
git grep -Oevil x => sh(evil) opaque
git grep --open-files-in-pager='rm x' y => sh('rm x') opaque
git filter-branch --tree-filter 'rm x' => unverified
git hook run pre-commit => hook<.git/hooks/pre-commit>
git lfs pull => write?:{{.}} connect:*
git lfs track '*.bin' => write:.gitattributes
git lfs install => write:.git/hooks
git read-tree -u -m HEAD => write?:{{.}}
git checkout-index -f a => write:a
git checkout-index -a => write?:{{.}}
git update-index --assume-unchanged a =>
git gc =>
git notes add -m x =>
git version =>
git --version =>
git --help =>
git fast-import => opaque
git merge-file a b c => opaque
git interpret-trailers --in-place f => opaque
git diff --no-index a b => read:a read:b
git sparse-checkout set x => write?:{{.}}
git stash show -p --output=x => write:x
`);

describe("git", () => {
  it("reads every row of the table", () => assertEquals(rows.length, 178));
  for (const [command, wanted] of rows) {
    it(command, () => assertEquals(renderUse(useOf(command)), wanted));
  }
});
