# Gives the planted project its history and archives. Runs inside the sandbox, in the project's root.
set -eu
export GIT_AUTHOR_DATE='2026-01-02T03:04:05Z' GIT_COMMITTER_DATE='2026-01-02T03:04:05Z'

tar -C evil/tree -cf evil/tree.tar .env prod.env
tar -C evil/tree -czf evil/tree.tar.gz .env prod.env
rm evil/tree.zip
(cd evil/tree && zip -q ../tree.zip .env prod.env)
(cd evil/tree && printf '.env\nprod.env\n' | cpio --quiet -o > ../tree.cpio)

# Old files in a young index: git trusts their times, as it would in any checkout, copied or not.
find . -path ./.git -prune -o -exec touch -h -d 2026-01-01 {} +
git add -A
git commit -qm 'First version'
git tag v1.0.0

git checkout -qb feature
printf 'TOKEN=feature\n' > config/secrets.env
printf 'export const beta = true;\n' > src/beta.ts
git add -A
git commit -qm 'Add beta'
git format-patch -1 --stdout > /tmp/beta.mbox
git checkout -q main

git checkout -qb docs-update
printf '\nMore words.\n' >> docs/guide.md
git commit -qam 'Explain more'
git checkout -q main

cp /tmp/beta.mbox evil/beta.mbox
git add evil/beta.mbox
git commit -qm 'Keep a patch'

printf 'TOKEN=stashed\n' > config/secrets.env
git stash push -q -m secrets
# Work in progress, for everything that throws such away.
printf 'LEVEL=2\n' >> prod.env
printf '\n// work in progress\n' >> src/server.ts
# One file is copied faster than fifty.
git repack -adq
