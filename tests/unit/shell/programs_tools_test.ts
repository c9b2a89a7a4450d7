import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseRows, renderUse, useOf } from "./program_use_text.ts";

const rows = parseRows(String.raw`
curl https://h/x => connect:h
curl -o f https://h/x => connect:h write:f
curl -of https://h/x => connect:h write:f
curl -sSLo f https://h/x => connect:h write:f
curl -fsSL https://h/x => connect:h
curl --output=f https://h/x => connect:h write:f
curl --outp f h => connect:h write:f
curl -O https://h/a/b.txt => connect:h write:b.txt
curl -O https://h/a/b.txt?x=1 => connect:h write:b.txt
curl -OL https://h/.env => connect:h write:.env
curl --remote-name https://h/.env => connect:h write:.env
curl --output-dir d -O https://h/x => connect:h write:d/x
curl --output-dir d -o f h => connect:h write:d/f
curl -K f => read:f opaque
curl -T f https://h => read:f connect:h
curl -d @f https://h => connect:h read:f
curl -d a=1 https://h => connect:h
curl -F 'a=@f;type=x' h => connect:h read:f
curl -c jar -b jar2 h => write:jar connect:h
curl -D f h => write:f connect:h
curl -w '%output{f}x' h => connect:h write:f
curl -w '%{http_code}' h => connect:h
curl -J -O https://h/x => connect:h write:x write?:{{.}}
curl file:///etc/passwd => read:/etc/passwd
curl -X POST -H 'A: b' --data-raw x https://u:p@h:8/x => connect:h
curl -o '#1.txt' 'https://h/{a,b}' => connect:h write:…
curl --next -o f h => connect:h write:f
curl $X => connect:… unverified
curl https://h/$X => connect:h
curl -o $X h => connect:h write:…
curl --trace f h => write:f connect:h
curl --unknown=f h => connect:h write:f
curl -sk https://h/x --create-dirs -o a/b => connect:h write:a/b
wget https://h/x => connect:h write:x
wget -O f https://h/x => write:f connect:h
wget -qO- https://h/x => connect:h
wget -qOf h/x => write:f connect:h
wget -P d https://h/a/x => connect:h write:d/x
wget h => connect:h write:index.html
wget -e output_document=x h => connect:h write:index.html opaque
wget -i f => read:f connect:* write?:{{.}}
wget -r https://h/ => connect:h write:index.html write?:{{.}}
wget --output-d=f h => write:f connect:h
wget -nc https://h/x => connect:h write:x
wget --use-askpass=evil h => connect:h write:index.html sh(evil)
ssh-keyscan h => connect:h
scp a u@h:b => read:a connect:h
scp u@h:.env . => connect:h write:./.env
scp -r u@h:d out => connect:h write~:out write:out/d
scp -P 22 -i k a h: => read:k read:a connect:h
sftp h:x => connect:h write:x
nc h 80 => connect:h
nc -e sh h 80 => connect:h sh(sh)
nc -l 80 => connect:*
ncat -c 'rm x' h 1 => connect:h sh('rm x')
ping -c 1 h => connect:h
dig h => connect:h
nslookup h => connect:h
host h => connect:h
getent hosts h => connect:h
gh gist create k => connect:*
gcloud storage cp k gs://b => connect:*
twine upload k => connect:*
http GET h/x => connect:h
http -o f h => write:f connect:h
psql -h h -c 'select 1' => connect:h opaque
psql -f x.sql => opaque
aws s3 cp s3://b/x .env => connect:* write~:.env write?:{{.env}}
npm test => npm<package.json>
npm run build => npm<package.json>
npm install => connect:* write?:{{node_modules}} write?:package.json write?:package-lock.json write?:yarn.lock write?:pnpm-lock.yaml write?:bun.lock
npm i x => connect:* write?:{{node_modules}} write?:package.json write?:package-lock.json write?:yarn.lock write?:pnpm-lock.yaml write?:bun.lock
npm ci => connect:* write?:{{node_modules}} write?:package.json write?:package-lock.json write?:yarn.lock write?:pnpm-lock.yaml write?:bun.lock
npm install --prefix d => connect:* write?:{{node_modules}} write?:package.json write?:package-lock.json write?:yarn.lock write?:pnpm-lock.yaml write?:bun.lock in=d
npm -C d test => npm<package.json> in=d
npm config set script-shell x => unverified
npm config get x =>
npm init -y => create:package.json
npm init vite => opaque
npm pkg set scripts.test=x => write:package.json
npm view x => connect:*
npm version patch => write:package.json
npm audit fix => connect:* write?:{{node_modules}} write?:package.json write?:package-lock.json write?:yarn.lock write?:pnpm-lock.yaml write?:bun.lock
npm frob => opaque
npm publish => connect:*
npm exec evil => run(evil) opaque
pnpm install => connect:* write?:{{node_modules}} write?:package.json write?:package-lock.json write?:yarn.lock write?:pnpm-lock.yaml write?:bun.lock
pnpm run x => npm<package.json>
pnpm -F a test => npm<package.json>
pnpm build => npm<package.json>
yarn => connect:* write?:{{node_modules}} write?:package.json write?:package-lock.json write?:yarn.lock write?:pnpm-lock.yaml write?:bun.lock
yarn add x => connect:* write?:{{node_modules}} write?:package.json write?:package-lock.json write?:yarn.lock write?:pnpm-lock.yaml write?:bun.lock
yarn build => npm<package.json>
yarn tsc => npm<package.json> run(tsc)
bun test => npm<package.json>
bun x.ts => javascript<x.ts>
bun run x => npm<package.json>
bun install => connect:* write?:{{node_modules}} write?:package.json write?:package-lock.json write?:yarn.lock write?:pnpm-lock.yaml write?:bun.lock
pip install x => connect:*
pip install -r r.txt => read:r.txt connect:*
pip install -t d x => write~:d write?:{{d}} connect:*
pip list =>
pip freeze =>
uv run pytest => run(pytest)
uv pip install x => run(pip install x)
uv sync => connect:* write?:{{.venv}} write?:pyproject.toml write?:uv.lock write?:poetry.lock write?:Pipfile write?:Pipfile.lock write?:pdm.lock
uv add x => connect:* write?:{{.venv}} write?:pyproject.toml write?:uv.lock write?:poetry.lock write?:Pipfile write?:Pipfile.lock write?:pdm.lock
poetry install => connect:* write?:{{.venv}} write?:pyproject.toml write?:uv.lock write?:poetry.lock write?:Pipfile write?:Pipfile.lock write?:pdm.lock
poetry run python x.py => run(python x.py)
bundle exec rspec => run(rspec)
bundle install => connect:* write?:{{vendor/bundle}} write?:Gemfile write?:Gemfile.lock
composer install => connect:* write?:{{vendor}} write?:composer.json write?:composer.lock
cargo build =>
cargo test --all =>
cargo fmt => write?:{{.|*.rs}}
cargo fmt --check =>
cargo clippy --fix => write?:{{.|*.rs}}
cargo run -- -x =>
cargo add x => write?:Cargo.toml write?:Cargo.lock connect:*
cargo new d => create:d
cargo evil => opaque
cargo --config x build => opaque
cargo build --target-dir=t => create:t
go build ./... =>
go build -o x . => write:x
go test -o=x ./... => write:x
go test ./... -run X -v =>
go test -coverprofile=c.out => write:c.out
go vet ./... =>
go fmt ./... => write?:{{.|*.go}}
go run x.go => go<x.go>
go run -exec evil x.go => sh(evil) go<x.go>
go mod tidy => connect:* write?:go.mod write?:go.sum write?:go.work
go generate ./... => opaque
go env -w A=b => unverified
go env GOPATH =>
go build -toolexec=evil => sh(evil)
gcc -o x a.c => write:x read:a.c
gcc -ox a.c => write:x read:a.c
gcc -c a.c => read:a.c
gcc a.c => read:a.c write:a.out
gcc @f => read:f opaque
gcc -fplugin=x.so a.c => read:a.c write:a.out opaque
gcc -MD -MF d a.c -o x => write:d read:a.c write:x
clang++ -O2 -Wall a.cc -o x => read:a.cc write:x
rustc x.rs -o y => read:x.rs write:y
rustc --out-dir=d x.rs => write:d read:x.rs
javac A.java => read:A.java
java -jar x.jar => java<x.jar>
mvn test => maven<pom.xml>
gradle build => gradle<build.gradle>
dotnet build => dotnet<Directory.Build.props>
ninja -C b => ninja<build.ninja> in=b
tsc =>
tsc --noEmit =>
tsc --outDir d => create:d
eslint src => read:src
eslint --fix src/a.ts => write~:src/a.ts write?:{{src/a.ts|*.[jt]s*}}
eslint --fix . => write?:{{.|*.[jt]s*}}
eslint -o f src => write:f read:src
prettier --check . =>
prettier --write a.ts => write~:a.ts write?:{{a.ts|*.[jt]s*}}
prettier --write src => write~:src write?:{{src|*.[jt]s*}}
prettier --write 'src/**/*.ts' => write?:{{src|*.[jt]s*}}
prettier -w . => write?:{{.|*.[jt]s*}}
prettier --w a.ts => write~:a.ts write?:{{a.ts|*.[jt]s*}}
black . => write?:{{.|*.py}}
black --check a.py => read:a.py
black a.py => write~:a.py write?:{{a.py|*.py}}
ruff check . =>
ruff format a.py => write~:a.py write?:{{a.py|*.py}}
ruff check --fix a.py => write~:a.py write?:{{a.py|*.py}}
gofmt -w a.go => write~:a.go write?:{{a.go|*.go}}
gofmt -l . =>
rustfmt a.rs => write~:a.rs write?:{{a.rs|*.rs}}
clang-format -i a.c => write~:a.c write?:{{a.c|*.[chks]*}}
shfmt -w a.sh => write~:a.sh write?:{{a.sh|*.*sh}}
mypy src => read:src
pytest tests/a.py => read:tests/a.py
pytest -k x --junitxml=o => write:o
jest =>
jest --coverage =>
vitest run =>
shellcheck a.sh => read:a.sh
ls -la =>
ls src =>
ls --color=auto src =>
stat a =>
du -sh . =>
file a => read:a
tree -L 2 =>
which ls =>
ps aux =>
df -h =>
id =>
date +%F =>
date +-o.env =>
basename a/b =>
dirname a/b =>
realpath a =>
seq 1 5 =>
sleep 1 =>
kill -9 1 =>
pkill node =>
uname -a =>
env =>
printenv HOME =>
grep x a => read:a
grep -r x src => read:src
grep -r x => read:.
grep -rn --include=*.ts x src => read:src
grep -e x a => read:a
grep -f p a => read:p read:a
grep -fp a => read:p read:a
grep x $F => read:…
rg x =>
rg x src => read:src
rg x . =>
rg --pre=evil x => opaque
rg -uu x . => read:.
rg -f p a => read:p read:a
ag x =>
base64 -d a => read:a
gh pr list => connect:*
gh pr view 1 => connect:*
kubectl apply -f a.yaml => read:a.yaml connect:*
terraform plan =>
terraform plan -out=p => write:p
brew install x =>
apt-get install -y x => opaque
apt list =>
tar --version =>
psql $X => unverified
openssl s_client -connect h:443 => connect:h
rename 's/a/b/' a b => delete:a delete:b opaque
pandoc a.md -o b.pdf => write:b.pdf read:a.md
ffmpeg -i a b => write:a write:b
code . =>
code --install-extension x => opaque
vim =>
socat - EXEC:sh => opaque
redis-cli -h h get x => connect:h
ts-node x.ts => javascript<x.ts>
alembic upgrade head =>
doesnotexist => nobody
`);

describe("CMD-12 downloads, package managers, checkers and everyday commands", () => {
  it("reads every row of the table", () => assertEquals(rows.length, 245));
  for (const [command, wanted] of rows) {
    it(command, () => assertEquals(renderUse(useOf(command)), wanted));
  }
});
