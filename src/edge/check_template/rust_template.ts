/**
 * `checks new --lang rust`: a WASI command of the standard library alone.
 *
 * @module
 */
import { nextSteps } from "./next_steps.ts";
import type { TemplateFile } from "./template_file.ts";

export function rustTemplate(name: string): readonly TemplateFile[] {
  return [
    { path: "README.md", text: readme(name) },
    { path: "Cargo.toml", text: cargo(name) },
    { path: "src/main.rs", text: source },
    { path: ".gitignore", text: "target/\n*.wasm\n" },
  ];
}

function readme(name: string): string {
  return `# ${name}

A check in Rust, ABI \`wasi-cmd\`: it reads the request from standard input and writes the answer to
standard output. Exit status 0 says that the answer is one; anything else denies.

Build it with Rust from rustup:

\`\`\`sh
rustup target add wasm32-wasip1
cargo build --release --target wasm32-wasip1
cp target/wasm32-wasip1/release/${name}.wasm .
\`\`\`

Or with Debian 12's packages rustc, libstd-rust-dev-wasm32, wasi-libc and lld (its Rust has the target's older name):

\`\`\`sh
rustc --target=wasm32-wasi --edition=2021 -O -Cpanic=abort -Cstrip=symbols -o ${name}.wasm src/main.rs
\`\`\`
${nextSteps(name)}`;
}

function cargo(name: string): string {
  return `[package]
name = "${name}"
version = "0.1.0"
edition = "2021"
publish = false

[profile.release]
opt-level = "s"
lto = true
panic = "abort"
strip = true
`;
}

const source =
  `//! Finds a word in the request. What stands there is JSON in RFC 8785 form: one line, keys sorted,
//! nothing escaped that need not be. A check that looks at single fields parses it, e.g. with the
//! crate serde_json.
use std::io::{Read, Write};

const WORD: &str = "forbidden";

fn main() -> std::io::Result<()> {
    let mut request = String::new();
    std::io::stdin().read_to_string(&mut request)?;
    // Asked with "kind":"settings" it would say whether it can work with its settings.
    eprintln!("asked about {} bytes", request.len());
    let answer = if request.contains(WORD) {
        "{\\"violations\\":[{\\"code\\":\\"forbidden_word\\",\\"message\\":\\"A word stands there that must not\\"}]}"
    } else {
        "{\\"violations\\":[]}"
    };
    std::io::stdout().write_all(answer.as_bytes())
}
`;
