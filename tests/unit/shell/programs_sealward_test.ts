/** The engine's own commands: what an agent may run of them, and what is a human's. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseRows, renderUse, useOf } from "./program_use_text.ts";

const rows = parseRows(String.raw`
sealward policy verify --key k.pub =>
sealward policy lint =>
sealward exec --serve --same-uid --port 0 -- rm -rf x => run(rm -rf x)
sealward exec --uid 5 --root r -- rm x => run(rm x) unverified in=r
sealward mcp --name files -- rm -rf x => run(rm -rf x) unverified
sealward mcp --http http://127.0.0.1:1/mcp --port 2 => unverified
sealward policy accept --yes => write:.scalpel/policy.yaml
sealward policy sign --key k --yes => write:.scalpel/policy.manifest.json write:.scalpel/policy.manifest.json.sig
sealward policy sign --prepare => write:.scalpel/policy.manifest.json write:.scalpel/policy.manifest.json.sig
sealward --root r policy sign --key k => write:.scalpel/policy.manifest.json write:.scalpel/policy.manifest.json.sig in=r
sealward policy keygen k => unverified
sealward policy keygen k --comment c => unverified
sealward override list --format json =>
sealward override show 0a --server http://127.0.0.1:1 --token-file t --server-key k => read:t read:k
sealward override show 0a --to-sign f --justification because --pattern 'src/**' => write:f
sealward override wait 0a --timeout 60 --keep =>
sealward override approve 0a => write:.scalpel/audit.log unverified
sealward override approve 0a --as ann --recovery => write:.scalpel/audit.log unverified
sealward override approve 0a --signature s --phrase p --justification j --kind session => read:s write:.scalpel/audit.log unverified
sealward --root r override approve 0a => write:.scalpel/audit.log unverified in=r
sealward override deny 0a --justification j => write:.scalpel/audit.log unverified
sealward override revoke 0a --justification j => write:.scalpel/audit.log unverified
sealward override enroll ann => write:.scalpel/audit.log unverified
sealward override unenroll ann => write:.scalpel/audit.log unverified
sealward checks list =>
sealward checks inspect a.wasm --abi native-1 --json =>
sealward checks test --policy draft.yaml =>
sealward checks run a.wasm --operation o.json --settings s.json --limit fuel=1 => read:o.json read:s.json unverified
sealward checks bench a.wasm --operation - => unverified
sealward checks pin a.wasm --id a =>
sealward checks pin a.wasm --write --yes => write:.scalpel/policy.yaml
sealward checks new a --lang rust => create:a
sealward checks new a --lang c --output .scalpel/x => write:.scalpel/x
sealward hook gemini --root r => in=r
sealward hook cursor =>
sealward hook copilot --server http://127.0.0.1:1 --token-file t => read:t
sealward hook vscode --on-unenrolled deny =>
sealward hook install vscode --yes => write:.claude/settings.json write:.codex/hooks.json write:.gemini/settings.json write:.cursor/hooks.json write:.github/hooks/sealward-copilot.json write:.github/hooks/sealward-vscode.json
sealward hook emacs => unverified
sealward override => unverified
sealward override wait approve =>
sealward override "$ACT" 0a => unverified
`);

describe("sealward in a command line", () => {
  it("reads every row of the table", () => assertEquals(rows.length, 42));
  for (const [command, wanted] of rows) {
    it(command, () => assertEquals(renderUse(useOf(command)), wanted));
  }
});
