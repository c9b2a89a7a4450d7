import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { useOf } from "./program_use_text.ts";

/** What people and agents type all day, on one line each. */
const commands = String.raw`
git diff --stat
git diff --cached --name-only
git log --oneline --graph --all -n 20
git log -p -S foo -- src
git log --since=yesterday --author=me --format='%h %s'
git show --stat HEAD
git show HEAD~1 --name-only
git branch -a
git branch --show-current
git push -u origin HEAD
git push --force-with-lease
git fetch --prune origin
git tag -a v1 -m x
git commit --amend --no-edit
git commit -m 'fix: a > b | c'
git remote add origin https://h/r
git remote get-url origin
git stash list
git config --get user.email
git config user.name
git rev-parse --abbrev-ref HEAD
git ls-files '*.ts'
git grep -n foo -- src
git blame -L 1,10 a
git describe --tags
git worktree list
git check-ignore -v a
git diff main...HEAD -- a
git add -p
git add src/a.ts tests
git switch -c feature/x
git checkout -b feature/x
git cherry -v main
git submodule status
git --no-pager diff
git -C /repo log -1
npm run test -- --watch=false
npm run build --if-present
npm ls --depth=0
npm outdated
npm run lint -- --fix
npm test -- -t foo
pnpm test
pnpm -r build
yarn lint
bun run dev
npx eslint .
npx tsc -p tsconfig.json --noEmit
npx vitest run src/a.test.ts
npx jest --coverage
npx playwright test
npx prettier --check .
node --version
node scripts/x.js --flag
node --test test/
deno test -A
deno check main.ts
deno task build
deno lint
tsc --noEmit -p .
eslint . --ext .ts,.tsx
prettier --check 'src/**/*.ts'
python -m pytest tests -x -q
python3 script.py --out x
python --version
pytest -k foo tests/test_a.py
pytest --cov=src --cov-report=term-missing
pip install -r requirements.txt
pip install -e '.[dev]'
pip freeze
uv run pytest -q
poetry run pytest
ruff check src
mypy --strict src
black --check .
cargo build --release
cargo test -- --nocapture
cargo clippy -- -D warnings
cargo fmt -- --check
go test ./...
go build -o bin/app ./cmd/app
go vet ./...
go mod download
make -j8
make test V=1
make -C src all
cmake -B build -DCMAKE_BUILD_TYPE=Release
cmake --build build --parallel
ninja -C build
gcc -Wall -O2 -o prog main.c -lm
mvn -q test
./gradlew build
gradle test
dotnet test
bundle exec rspec
rake test
composer install
php -v
docker ps -a
docker logs -f web
docker build -t app:latest .
docker compose up -d
docker compose logs --tail=50
docker images
docker inspect web
kubectl get pods -n x
kubectl describe pod x
kubectl logs -f x
helm list
terraform plan
gh pr list
gh pr create --title x --body y
gh issue view 1
gh run watch
gh api repos/x/y
curl -s https://h/x
curl -sSL -X POST -H 'Content-Type: application/json' -d '{"a":1}' https://h/x
curl -I https://h
wget -qO- https://h
ssh -V
ping -c 3 h
dig +short h
jq '.a | .b' f.json
yq '.a' f.yaml
sort -u a
sort -t, -k2,2n a
uniq -c
awk -F, '{print $2}' a
awk 'NR==1{print $1}' a
awk '{s+=$1} END {print s/NR}' a
awk '$1 == "x" { print $2 }' a
sed -n '10,20p' a
sed 's/a/b/g' a
sed -E 's#^(.*)/x$#\1#' a
sed '/^$/d' a
sed -n '/start/,/end/p' a
sed -e 's/ *$//' -e 's/^ *//' a
find . -name '*.ts' -not -path './node_modules/*'
find src -type f -newer a -size +10k
find . -type d -empty
find . -maxdepth 2 -name package.json -print0
find . -name '*.py' -exec grep -l foo {} +
find . -type f -exec wc -l {} ;
xargs -n1 echo
grep -rn 'foo' src --include='*.ts'
grep -c x a
grep -oP '(?<=x)y' a
rg -n 'foo' -t ts
rg --files -g '*.ts'
rg -l foo src
fd -e ts
ls -la src
ls -1 *.md
tree -L 2 -I node_modules
cat a b
head -n 20 a
tail -n +5 a
wc -l a
diff -u a b
cut -d: -f1 a
tr a-z A-Z
du -sh *
df -h
stat -c %s a
file a
which node
date +%Y-%m-%d
env
ps aux
kill 123
lsof -i :3000
nproc
uname -a
sleep 1
seq 1 10
mkdir -p a/b
touch a
cp a b
mv a b
rm -rf dist
tar -czf a.tgz src
tar -tzf a.tgz
zip -r a.zip src
unzip -l a.zip
gzip -k a
base64 a
sha256sum a
xxd a
time make
timeout 60 npm test
nice -n 5 make
env NODE_ENV=test npm test
nohup node server.js
watch -n 1 ls
bash -n x.sh
bash scripts/x.sh
sh -c 'echo hi'
chmod +x x.sh
ln -s a b
openssl version
sqlite3 a.db 'select * from t'
psql -l
redis-cli ping
terraform fmt
systemctl status nginx
journalctl -u x
brew list
apt list --installed
tee a
perl -ne 'print if /x/' a
ruby -v
shellcheck x.sh
hyperfine 'ls'
`.trim().split("\n");

describe("everyday commands", () => {
  it("are more than 200", () => assert(commands.length > 200));
  for (const command of commands) {
    it(`leave no doubt: ${command}`, () => {
      const use = useOf(command);
      assert(use !== null);
      assertEquals(use.doubts, []);
      // Nor is everything in the working folder at stake.
      const whole = use.touches.filter(({ verb, argument: { text, found } }) =>
        verb !== "read" && (text === "." || (found?.folder === "." && found.name === null))
      );
      assertEquals(whole, []);
    });
  }
});
