//! wasi-cmd in Rust with its standard library: the word "forbidden" anywhere in the request is a
//! violation. Also asks for what a check cannot have, and says what it got: words, environment, time,
//! and a hash map, which seeds itself at random.
use std::collections::HashMap;
use std::io::{Read, Write};
use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    let mut request = String::new();
    std::io::stdin().read_to_string(&mut request).expect("UTF-8");
    let words: Vec<String> = std::env::args().collect();
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    let mut letters: HashMap<char, usize> = HashMap::new();
    for letter in request.chars() {
        *letters.entry(letter).or_insert(0) += 1;
    }
    let order: String = letters.keys().filter(|letter| letter.is_ascii_lowercase()).collect();
    eprintln!("{} {} {} {}", words.join(" "), std::env::vars().count(), seconds, order);
    let violations = match request.find("forbidden") {
        Some(at) => format!("{{\"code\":\"forbidden_word\",\"message\":\"Found at byte {}\"}}", at),
        None => String::new(),
    };
    let answer = format!("{{\"violations\":[{}]}}\n", violations);
    std::io::stdout().write_all(answer.as_bytes()).expect("room");
}
