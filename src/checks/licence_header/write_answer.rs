//! Writes the answer, which is one violation or none.

/// Of a path, in bytes.
const MOST_PATH: usize = 1_000;

pub struct Answer<'a> {
    room: &'a mut [u8],
    length: usize,
    has_violation: bool,
}

impl<'a> Answer<'a> {
    pub fn new(room: &'a mut [u8]) -> Answer<'a> {
        let mut answer = Answer { room, length: 0, has_violation: false };
        answer.put(b"{\"violations\":[");
        answer
    }

    fn put(&mut self, text: &[u8]) {
        for &byte in text {
            if let Some(place) = self.room.get_mut(self.length) {
                *place = byte;
                self.length += 1;
            }
        }
    }

    /// Settings that are none.
    pub fn refuse(&mut self, why: &[u8]) {
        if self.has_violation {
            return;
        }
        self.has_violation = true;
        self.put(b"{\"code\":\"settings_wrong\",\"message\":\"setting ");
        self.put(why);
        self.put(b"\"}");
    }

    pub fn report(&mut self, path: &[u8]) {
        self.has_violation = true;
        self.put(b"{\"code\":\"licence_header_missing\",\"message\":\"The file does not begin with the licence header\"");
        let is_plain = path.iter().all(|&byte| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\');
        if is_plain && !path.is_empty() && path.len() <= MOST_PATH {
            self.put(b",\"path\":\"");
            self.put(path);
            self.put(b"\"");
        }
        self.put(b"}");
    }

    /// Pointer and length, as the host wants them.
    pub fn end(mut self) -> u64 {
        self.put(b"]}");
        (self.room.as_ptr() as u64) << 32 | self.length as u64
    }
}
