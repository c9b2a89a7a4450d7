//! Patterns of paths, as in the other checks: `*` is anything but a slash, `**` anything, `?` one
//! character; a pattern without a slash is matched with the last part of the path.

/// Steps that one match may take; beyond them it does not match.
const MOST_STEPS: usize = 20_000;

pub fn match_glob(pattern: &[u8], path: &[u8]) -> bool {
    let last = path.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
    let text = if pattern.contains(&b'/') { path } else { path.get(last..).unwrap_or(&[]) };
    let (mut at, mut rule) = (0, 0);
    // Where to go on when what follows does not match: pattern and text behind the star.
    let mut single: Option<(usize, usize)> = None;
    let mut whole: Option<(usize, usize)> = None;
    let mut of_parts = false;
    for _ in 0..MOST_STEPS {
        let wanted = pattern.get(rule).copied();
        if wanted == Some(b'*') {
            if pattern.get(rule + 1) == Some(&b'*') {
                of_parts = pattern.get(rule + 2) == Some(&b'/');
                rule += if of_parts { 3 } else { 2 };
                whole = Some((rule, at));
                single = None;
            } else {
                rule += 1;
                single = Some((rule, at));
            }
            continue;
        }
        let found = text.get(at).copied();
        if wanted.is_none() && found.is_none() {
            return true;
        }
        let is_same = wanted.is_some() && wanted == found;
        let is_any = wanted == Some(b'?') && found.map_or(false, |byte| byte != b'/');
        if is_same || is_any {
            at += 1;
            rule += 1;
            continue;
        }
        let next = single.filter(|&(_, from)| text.get(from).map_or(false, |&byte| byte != b'/'));
        if let Some((behind, from)) = next {
            single = Some((behind, from + 1));
            rule = behind;
            at = from + 1;
        } else if let Some((behind, from)) = whole.filter(|&(_, from)| from < text.len()) {
            let rest = text.get(from..).unwrap_or(&[]);
            let skip = if of_parts { rest.iter().position(|&byte| byte == b'/') } else { Some(0) };
            let start = match skip {
                Some(length) => from + length + 1,
                None => return false,
            };
            whole = Some((behind, start));
            single = None;
            rule = behind;
            at = start;
        } else {
            return false;
        }
    }
    false
}
