//! Reads the request: JSON as the engine writes it (RFC 8785). Strings are decoded where they stand,
//! which never needs more room, so that each may be read once. Text that is no JSON is read as far as
//! it goes and never past its end.

/// A piece of the request.
#[derive(Clone, Copy)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    pub const EMPTY: Span = Span { start: 0, end: 0 };
}

pub struct Reader<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a mut [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    pub fn text(&self, span: Span) -> &[u8] {
        self.bytes.get(span.start..span.end).unwrap_or(&[])
    }

    pub fn is(&self, span: Span, word: &[u8]) -> bool {
        self.text(span) == word
    }

    pub fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Where the operation and the settings stand; the end of the request where there are none.
    pub fn parts(&mut self) -> (usize, usize) {
        let (mut operation, mut settings) = (self.bytes.len(), self.bytes.len());
        self.enter(b'{');
        while let Some(name) = self.next_name() {
            if self.is(name, b"operation") {
                operation = self.at;
            } else if self.is(name, b"settings") {
                settings = self.at;
            }
            self.skip_value();
        }
        (operation, settings)
    }

    fn peek(&mut self) -> Option<u8> {
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte > b' ' && byte != b',' && byte != b':' {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    pub fn enter(&mut self, opening: u8) -> bool {
        let is_there = self.peek() == Some(opening);
        self.at += usize::from(is_there);
        is_there
    }

    /// The next name of the object it is in; leaves its end behind.
    pub fn next_name(&mut self) -> Option<Span> {
        let name = self.string();
        if name.is_none() {
            self.at += 1;
        }
        name
    }

    /// Whether the list it is in has one more; leaves its end behind.
    pub fn next_item(&mut self) -> bool {
        let next = self.peek();
        let is_end = next == Some(b']');
        self.at += usize::from(is_end);
        next.is_some() && !is_end
    }

    /// The string that stands next, decoded; None, and nothing read, where it is none.
    pub fn string(&mut self) -> Option<Span> {
        if self.peek() != Some(b'"') {
            return None;
        }
        self.at += 1;
        let start = self.at;
        let mut to = start;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'"' => break,
                b'\\' => to = self.escape(to),
                _ => to = self.put(to, byte),
            }
        }
        Some(Span { start, end: to })
    }

    fn put(&mut self, to: usize, byte: u8) -> usize {
        if let Some(place) = self.bytes.get_mut(to) {
            *place = byte;
        }
        to + 1
    }

    fn escape(&mut self, to: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(b'?');
        self.at += 1;
        match byte {
            b'n' => self.put(to, b'\n'),
            b't' => self.put(to, b'\t'),
            b'r' => self.put(to, b'\r'),
            b'b' => self.put(to, 8),
            b'f' => self.put(to, 12),
            b'u' => self.code_point(to),
            _ => self.put(to, byte),
        }
    }

    fn code_point(&mut self, mut to: usize) -> usize {
        let mut point = self.unit(self.at);
        self.at += 4;
        let is_pair = self.bytes.get(self.at..self.at + 2) == Some(b"\\u");
        if (0xd800..0xdc00).contains(&point) && is_pair {
            let low = self.unit(self.at + 2);
            if (0xdc00..0xe000).contains(&low) {
                point = 0x1_0000 + ((point - 0xd800) << 10) + (low - 0xdc00);
                self.at += 6;
            }
        }
        let character = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
        let mut room = [0; 4];
        for &byte in character.encode_utf8(&mut room).as_bytes() {
            to = self.put(to, byte);
        }
        to
    }

    /// Four hex digits; a lone surrogate where they are none.
    fn unit(&self, at: usize) -> u32 {
        let digits = match self.bytes.get(at..at + 4) {
            Some(digits) => digits,
            None => return 0xd800,
        };
        digits.iter().fold(0, |unit, &digit| match char::from(digit).to_digit(16) {
            Some(value) => unit << 4 | value,
            None => 0xd800,
        }) & 0xffff
    }

    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }

    pub fn skip_value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.skip_string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    // The end of what it is in.
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                    self.at += 1;
                }
                _ => {
                    while self.bytes.get(self.at).map_or(false, |byte| !b",:]} \"{[".contains(byte)) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return;
            }
        }
    }
}
