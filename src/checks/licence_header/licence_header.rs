//! native-1 in Rust, without its standard library: files of given patterns must begin with a given
//! header. docs/shipped_checks.md has the settings. Strings of the request are decoded where they
//! stand; nothing calls itself, so that nesting costs no stack.
#![no_std]
#![no_main]

mod match_glob;
mod memory;
mod read_json;
mod write_answer;

use match_glob::match_glob;
use read_json::{Reader, Span};
use write_answer::Answer;

/// Patterns, more of which are refused, and files: with more of them the header has to be there.
const MOST: usize = 256;

struct Settings {
    /// A policy's text has no line ends: a header is its lines.
    header: [Span; MOST],
    lines: usize,
    patterns: [Span; MOST],
    count: usize,
}

/// What it looks at of an operation.
struct Operation {
    files: [Span; MOST],
    count: usize,
    content: Option<Span>,
}

/// How many strings the list has that stands next, and up to 256 of them; None where it is something
/// else. Always read to its end: what stands behind it must not get lost.
fn read_list(reader: &mut Reader, list: &mut [Span; MOST]) -> Option<usize> {
    let mut count = 0;
    if !reader.enter(b'[') {
        return None;
    }
    while reader.next_item() {
        let item = reader.string()?;
        if let Some(place) = list.get_mut(count) {
            *place = item;
        }
        count += 1;
    }
    Some(count)
}

/// Writes what is wrong with them; what they are otherwise.
fn read_settings(reader: &mut Reader, answer: &mut Answer) -> Option<Settings> {
    let (header, patterns) = ([Span::EMPTY; MOST], [Span::EMPTY; MOST]);
    let mut settings = Settings { header, lines: 0, patterns, count: 0 };
    if !reader.enter(b'{') {
        return None;
    }
    while let Some(name) = reader.next_name() {
        if reader.is(name, b"header") {
            match read_list(reader, &mut settings.header) {
                Some(count) if count > 0 && count <= MOST => settings.lines = count,
                _ => {
                    answer.refuse(b"header: wanted a list of 1 to 256 lines");
                    return None;
                }
            }
        } else if reader.is(name, b"files") {
            match read_list(reader, &mut settings.patterns) {
                Some(count) if count > 0 && count <= MOST => settings.count = count,
                _ => {
                    answer.refuse(b"files: wanted a list of 1 to 256 patterns");
                    return None;
                }
            }
        } else {
            answer.refuse(b"an unknown one: wanted files and header");
            return None;
        }
    }
    if settings.lines == 0 || settings.count == 0 {
        answer.refuse(b"wanted files and header");
        return None;
    }
    Some(settings)
}

fn read_operation(reader: &mut Reader) -> Operation {
    let mut operation = Operation { files: [Span::EMPTY; MOST], count: 0, content: None };
    if !reader.enter(b'{') {
        return operation;
    }
    while let Some(name) = reader.next_name() {
        if reader.is(name, b"content") {
            operation.content = reader.string();
        } else if reader.is(name, b"affected_files") {
            operation.count = read_list(reader, &mut operation.files).unwrap_or(0);
        } else {
            reader.skip_value();
        }
    }
    operation
}

/// Behind a byte order mark and a first line that has to be first: `#!`, `<?xml`, `<?php`.
fn begin_of(content: &[u8]) -> &[u8] {
    let rest = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    if !rest.starts_with(b"#!") && !rest.starts_with(b"<?") {
        return rest;
    }
    match rest.iter().position(|&byte| byte == b'\n') {
        Some(end) => rest.get(end + 1..).unwrap_or(&[]),
        None => &[],
    }
}

/// Length of `2026`, `2019-2026` or `2019, 2026` at the beginning of a text; 0 where there is none.
fn years_at(text: &[u8]) -> usize {
    let year = |from: usize| {
        text.get(from..from + 4).map_or(false, |digits| digits.iter().all(u8::is_ascii_digit))
    };
    if !year(0) {
        return 0;
    }
    if text.get(4) == Some(&b'-') && year(5) {
        return 9;
    }
    if text.get(4..6) == Some(b", ") && year(6) {
        return 10;
    }
    4
}

/// Length of the line at the beginning of a text when it is the wanted one, where `{year}` stands for
/// a year or two.
fn line_at(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let (mut at, mut next) = (0, 0);
    while let Some(&byte) = wanted.get(next) {
        if wanted.get(next..)?.starts_with(b"{year}") {
            let length = years_at(text.get(at..).unwrap_or(&[]));
            if length == 0 {
                return None;
            }
            at += length;
            next += 6;
        } else if text.get(at) == Some(&byte) {
            at += 1;
            next += 1;
        } else {
            return None;
        }
    }
    Some(at)
}

/// Whether the content begins with the header's lines; how lines end does not matter.
fn begins_with(reader: &Reader, content: &[u8], header: &[Span]) -> bool {
    let mut rest = content;
    for &wanted in header {
        let length = match line_at(rest, reader.text(wanted)) {
            Some(length) => length,
            None => return false,
        };
        rest = rest.get(length..).unwrap_or(&[]);
        rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        match rest.strip_prefix(b"\n") {
            Some(next) => rest = next,
            // The file's end; more lines would find nothing.
            None if rest.is_empty() => {}
            None => return false,
        }
    }
    true
}

fn judge(reader: &Reader, settings: &Settings, operation: &Operation, answer: &mut Answer) {
    let content = match operation.content {
        Some(content) => begin_of(reader.text(content)),
        None => return,
    };
    let header = settings.header.get(..settings.lines).unwrap_or(&[]);
    if begins_with(reader, content, header) {
        return;
    }
    if operation.count > MOST {
        answer.report(b"");
        return;
    }
    for &file in operation.files.iter().take(operation.count) {
        let path = reader.text(file);
        let patterns = settings.patterns.iter().take(settings.count);
        if patterns.into_iter().any(|&pattern| match_glob(reader.text(pattern), path)) {
            // Content is one: so is the answer, for the first file it could belong to.
            answer.report(path);
            return;
        }
    }
}

#[no_mangle]
pub extern "C" fn check_alloc(length: u32) -> u32 {
    memory::reserve(length)
}

#[no_mangle]
pub extern "C" fn check_eval(at: u32, length: u32) -> u64 {
    let mut reader = Reader::new(memory::request(at, length));
    let mut answer = Answer::new(memory::answer());
    let (operation, settings) = reader.parts();
    reader.go_to(settings);
    if let Some(settings) = read_settings(&mut reader, &mut answer) {
        reader.go_to(operation);
        let operation = read_operation(&mut reader);
        judge(&reader, &settings, &operation, &mut answer);
    }
    answer.end()
}
