/* Sets of characters, and what tells a random text from one that somebody wrote. */
#pragma once
#include "phrases.h"

enum {
  UPPER = 1, LOWER = 2, DIGIT = 4, UNDERSCORE = 8, HYPHEN = 16, BASE64 = 32, DOT = 64, PAD = 128,
  HEX = 256, BASE32 = 512, PUNCTUATION = 1024, TILDE = 2048,
  ALNUM = UPPER | LOWER | DIGIT,
  WORD = ALNUM | UNDERSCORE,
  BASE64_URL = WORD | HYPHEN,
};

static const u16 sets[256] = {
  ['A'...'Z'] = UPPER | BASE32, ['a'...'f'] = LOWER | HEX, ['g'...'z'] = LOWER,
  ['0'...'1'] = DIGIT | HEX, ['2'...'7'] = DIGIT | HEX | BASE32, ['8'...'9'] = DIGIT | HEX,
  ['_'] = UNDERSCORE, ['-'] = HYPHEN, ['+'] = BASE64, ['/'] = BASE64, ['.'] = DOT, ['='] = PAD,
  ['!'] = PUNCTUATION, ['#'] = PUNCTUATION, ['%'] = PUNCTUATION, ['*'] = PUNCTUATION,
  ['?'] = PUNCTUATION, ['@'] = PUNCTUATION, ['^'] = PUNCTUATION, ['~'] = PUNCTUATION | TILDE, [':'] = TILDE,
};

static bool32 is_in(byte character, u32 set) { return (sets[character] & set) != 0; }

static byte *skip_set(byte *at, const byte *end, u32 set) {
  while (at < end && is_in(*at, set)) at++;
  return at;
}

static bool32 is_all(Text text, u32 set) {
  for (byte *at = text.at; at < text.end; at++) {
    if (!is_in(*at, set)) return 0;
  }
  return text.at < text.end;
}

/* 1,024 times the binary logarithm of a number from 1 up, rounded down. */
static u32 log2_1024(u32 number) {
  static const u16 known[] = {0, 0, 1024, 1622, 2048, 2377, 2646, 2874, 3072, 3245, 3401, 3542, 3670, 3789, 3898, 4000, 4096, 4185, 4269, 4349, 4425, 4497, 4566, 4632, 4694, 4755, 4813, 4869, 4922, 4974, 5024, 5073, 5120};
  if (number < sizeof known / sizeof *known) return known[number];
  u32 whole = 31u - (u32)__builtin_clz(number);
  u32 mantissa = whole > 15 ? number >> (whole - 15) : number << (15 - whole);
  u32 part = 0;
  for (u32 bit = 0; bit < 10; bit++) {
    mantissa = (mantissa * mantissa) >> 15;
    part <<= 1;
    if (mantissa >= 0x10000) {
      mantissa >>= 1;
      part |= 1;
    }
  }
  return whole * 1024 + part;
}

/* Shannon's entropy of its bytes, in 1,024ths of a bit for each. Of at most 512 bytes. */
static u32 entropy_of(Text text) {
  static u16 counts[256];
  u32 length = length_of(text), sum = 0;
  if (length == 0) return 0;
  if (length > 512) length = 512;
  for (u32 at = 0; at < length; at++) counts[text.at[at]]++;
  for (u32 at = 0; at < length; at++) {
    u32 count = counts[text.at[at]];
    counts[text.at[at]] = 0;
    if (count > 1) sum += count * log2_1024(count);
  }
  return log2_1024(length) - sum / length;
}

/* For each first letter, the second ones that follow it often in the words of programs and prose:
 * 200 pairs, five of six in such words, three of ten in random letters. */
static const u32 common_pairs[26] = {
  0x11eb94e, 0x0104911, 0x01e4d91, 0x0044939, 0x0aeb97d, 0x0024931, 0x0060110, 0x0084111, 0x22ef87f,
  0x0000000, 0x0000010, 0x11c4919, 0x004c111, 0x03c417d, 0x07ef96e, 0x00ec911, 0x0100000, 0x11e591d,
  0x01cc995, 0x11ec9b5, 0x00eb913, 0x0000111, 0x0000100, 0x0080000, 0x0008000, 0x0000010,
};

/* Whether its letters read like words: so many of a hundred pairs are common ones. A text with few
 * letters does not. */
static bool32 reads_like_words(Text text, u32 share) {
  u32 pairs = 0, common = 0;
  for (byte *at = text.at; at + 1 < text.end; at++) {
    if (!is_in(at[0], UPPER | LOWER) || !is_in(at[1], UPPER | LOWER)) continue;
    // A hump begins a word.
    if (is_in(at[0], LOWER) && is_in(at[1], UPPER)) continue;
    pairs++;
    common += common_pairs[lower(at[0]) - 'a'] >> (lower(at[1]) - 'a') & 1u;
  }
  return pairs * 3 >= length_of(text) && common * 100 >= pairs * share;
}

/* Of a value that nothing but its name speaks for. Few pairs are often common by chance. */
static bool32 is_wordy(Text text) { return reads_like_words(text, length_of(text) < 16 ? 72 : 62); }

/* Of a value whose form says what it is. */
static bool32 is_plainly_words(Text text) { return reads_like_words(text, 78); }

/* `aaaaaa`, `123456`, `fedcba`: six in a row, or two alternating for ten. */
static bool32 has_run(Text text) {
  u32 same = 1, up = 1, down = 1, pair = 1;
  for (byte *at = text.at + 1; at < text.end; at++) {
    same = at[0] == at[-1] ? same + 1 : 1;
    up = at[0] == at[-1] + 1 ? up + 1 : 1;
    down = at[0] == at[-1] - 1 ? down + 1 : 1;
    pair = at - text.at >= 2 && at[0] == at[-2] ? pair + 1 : 1;
    if (same >= 6 || up >= 6 || down >= 6 || pair >= 10) return 1;
  }
  return 0;
}

static const Phrase placeholders[] = {
  W("example"), W("xxxx"), W("dummy"), W("placeholder"), W("changeme"), W("change_me"), W("change-me"), W("redacted"), W("your_"),
  W("your-"), W("yourtoken"), W("yoursecret"), W("yourpass"), W("yourkey"), W("insert"), W("replace"), W("sample"), W("notreal"),
  W("not-real"), W("1234567890"), W("deadbeef"), W("fake"), W("mock"), W("invalid"), W("..."),
};
static Chains placeholder_chains;

/* Whether it says itself that it stands for something else. */
static bool32 is_placeholder(Text text) {
  for (byte *at = text.at; at < text.end; at++) {
    if (begins_phrase(at, text.end, &placeholder_chains)) return 1;
  }
  return 0;
}

static u32 distinct_of(Text text) {
  u64 seen[4] = {0, 0, 0, 0};
  u32 count = 0;
  for (byte *at = text.at; at < text.end; at++) {
    u64 bit = 1ull << (*at & 63);
    if (!(seen[*at >> 6] & bit)) count++;
    seen[*at >> 6] |= bit;
  }
  return count;
}

/* Whether somebody typed it to show where a real one goes. */
static bool32 is_made_up(Text text) {
  // In a long one such words come about by chance.
  return has_run(text) || (length_of(text) <= 100 && is_placeholder(text)) || (length_of(text) >= 16 && distinct_of(text) < 8);
}
