/* Values that stand under a secret's name: `API_KEY=…`, `"password": "…"`, `--token …`. */
#pragma once
#include "characters.h"
#include "kinds.h"
#include "names.h"
#include "structured.h"

typedef struct {
  /* In lower case and without what separates its words; good until the next name is read. */
  Text name;
  Text value;
  bool32 is_quoted;
  /* Whether the name says that people choose the value. */
  bool32 is_password;
} Assignment;

/* Whether nothing that stands at `at` can be a secret's value under that name: it is too short.
 * Looked at first, since most values are. Where a connection string is, short ones may be. */
static bool32 is_too_short(byte *at, const byte *end, Text name, bool32 is_connection) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\\')) at++;
  bool32 is_quoted = at < end && (*at == '"' || *at == '\'' || *at == '`');
  if (is_quoted) at++;
  byte *from = at;
  while (at < end && at - from < 16 && *at > ' ' && *at != '"' && *at != '\'' && *at != '=' && *at != '`') at++;
  // The word of a scheme, and the value behind it.
  if (at - from > 3 && at - from < 7 && at < end && *at == ' ' && is_in(at[-1], LOWER)) return 0;
  if (at - from < (is_connection ? 4 : is_quoted ? 8 : 12)) return 1;
  return at - from < 16 && next_pair(name.at, name.end, password_pairs) == name.end;
}

#define NAME_SET (WORD | HYPHEN | DOT)

/* The name that ends before `at`, behind blanks, a quote and a bracket. */
static Text name_before(byte *start, byte *at) {
  for (u32 skipped = 0; skipped < 6 && at > start; skipped++) {
    byte last = at[-1];
    if (last != ' ' && last != '\t' && last != '"' && last != '\'' && last != '\\' && last != ']' && last != ':' && last != '?') break;
    at--;
  }
  byte *from = at;
  while (from > start && at - from < 64 && is_in(from[-1], NAME_SET)) from--;
  return (Text){from, at};
}

/* `token: string =`, `TOKEN: &'static str =`: the name before the type. */
static Text name_before_type(byte *start, Text type) {
  if (lower(*type.at) != 's' || length_of(type) > 6) return type;
  if (!is_text(type, "string") && !is_text(type, "str") && !is_text(type, "String")) return type;
  byte *at = type.at;
  for (u32 skipped = 0; skipped < 12 && at > start && *at != ':'; skipped++) at--;
  return *at == ':' ? name_before(start, at) : type;
}

/* Up to the quote it began with; one that was escaped ends at a backslash. */
static Text quoted_value(byte *at, byte *end, bool32 is_escaped) {
  byte quote = *at++;
  byte *from = at;
  while (at < end && at - from <= 512 && *at != '\n' && *at != (is_escaped ? '\\' : quote)) at++;
  if (at >= end || at - from > 512 || *at == '\n') return nothing(from);
  return (Text){from, at};
}

/* A word that stands alone: what goes on as an expression is none. */
static Text bare_value(byte *at, byte *end) {
  byte *from = at;
  while (at < end && at - from <= 512 && is_in(*at, ALNUM | UNDERSCORE | HYPHEN | BASE64 | DOT | PUNCTUATION)) at++;
  while (at < end && *at == '=' && at - from <= 512) at++;
  if (at - from > 512) return nothing(from);
  if (at < end && (*at == '(' || *at == '[' || *at == '{' || *at == '<' || *at == '=' || *at == '$')) return nothing(from);
  return (Text){from, at};
}

/* What stands at `at`, behind blanks and the word of a scheme. */
static Assignment value_after(byte *at, byte *end, Text name) {
  Assignment found = {name, nothing(at), 0, is_password_name(name)};
  bool32 is_escaped = 0;
  for (u32 skipped = 0; skipped < 5 && at < end && (*at == ' ' || *at == '\t' || *at == '\\'); skipped++) {
    is_escaped = *at++ == '\\';
  }
  if (at >= end) return found;
  found.is_quoted = *at == '"' || *at == '\'' || *at == '`';
  found.value = found.is_quoted ? quoted_value(at, end, is_escaped) : bare_value(at, end);
  if (!found.value.end) return found;
  static const char *const schemes[] = {"bearer", "basic", "token"};
  for (u32 index = 0; index < 3; index++) {
    byte *next = found.value.at;
    if (!begins_any_case(next, end, schemes[index])) continue;
    while (next < end && is_in(*next, UPPER | LOWER)) next++;
    if (next >= end || *next != ' ') continue;
    next++;
    found.value = found.is_quoted ? (Text){next, found.value.end} : bare_value(next, end);
    if (found.value.end && found.value.end < found.value.at) found.value.end = 0;
    break;
  }
  return found;
}

/* At `=` or `:`, behind the name. The value's end is 0 where nothing of a secret's name is given one. */
static Assignment match_assignment(byte *start, byte *at, byte *end, Text name, bool32 is_connection) {
  Assignment none = {{at, at}, nothing(at), 0, 0};
  byte before = at > start ? at[-1] : 0, after = at + 1 < end ? at[1] : 0;
  if (before == '!' || before == '<' || before == '>' || before == '=' || before == '+') return none;
  if (after == '=' || after == '~' || after == ':' || (*at == ':' && after == '/')) return none;
  if (before == ':' && at - start >= 2 && at[-2] == ':') return none;
  if (length_of(name) < 3) return none;
  if (*at == '=') name = name_before_type(start, name);
  byte *value = after == '>' ? at + 2 : at + 1;
  if (is_too_short(value, end, name, is_connection)) return none;
  name = secret_name(name);
  return name.end ? value_after(value, end, name) : none;
}

/* At two hyphens that begin a word: `--token VALUE`. */
static Assignment match_flag(byte *at, byte *end) {
  Text name = {at + 2, skip_set(at + 2, end - at > 66 ? at + 66 : end, WORD | HYPHEN)};
  Assignment none = {name, nothing(at), 0, 0};
  byte *value = name.end;
  if (value >= end || *value != ' ' || length_of(name) < 3 || is_too_short(value, end, name, 0)) return none;
  name = secret_name(name);
  return name.end ? value_after(value, end, name) : none;
}

static bool32 is_uuid(Text text) {
  if (length_of(text) != 36) return 0;
  for (u32 at = 0; at < 36; at++) {
    bool32 is_bar = at == 8 || at == 13 || at == 18 || at == 23;
    if (is_bar ? text.at[at] != '-' : hex_digit(text.at[at]) > 15) return 0;
  }
  return 1;
}

/* Names of hashes, and what is plainly an address or a path. */
static bool32 is_other_thing(Text value) {
  static const char *const starts[] = {"sha1-", "sha256", "sha384", "sha512", "md5", "http", "data:", "/", "./", "../", "~/", "0x", "$2", "$argon", "arn:", "env:"};
  for (u32 index = 0; index < sizeof starts / sizeof *starts; index++) {
    if (begins(value.at, value.end, starts[index])) return 1;
  }
  return 0;
}

static u32 classes_of(Text text) {
  u32 classes = 0;
  for (byte *at = text.at; at < text.end; at++) {
    classes |= is_in(*at, UPPER) ? 1 : is_in(*at, LOWER) ? 2 : is_in(*at, DIGIT) ? 4 : 8;
  }
  return classes;
}

/* Whether the value looks as if chance had made it. `least` in 1,024ths of a bit. */
static bool32 is_random_value(const Assignment *found, u32 least) {
  Text value = found->value;
  u32 length = length_of(value), classes = classes_of(value);
  u32 shortest = found->is_password ? 8 : 16;
  if (!found->is_quoted && shortest < 12) shortest = 12;
  if (length < shortest || length > 512) return 0;
  for (byte *at = value.at; at < value.end; at++) {
    if (*at <= ' ' || *at >= 0x7f) return 0;
  }
  // A digit and a letter at least, or letters of both cases in a long one.
  bool32 is_mixed = (classes & 4) && (classes & 3);
  if (!is_mixed && !(found->is_quoted && (classes & 3) == 3 && length >= 20)) return 0;
  // No text of few characters has much entropy for each: seven eighths of what it could have.
  u32 possible = log2_1024(length) * 7 / 8;
  u32 wanted = is_all(value, HEX) && least > 3072 ? 3072 : least;
  if (entropy_of(value) < (wanted < possible ? wanted : possible)) return 0;
  // People put any mark into a password; whatever makes tokens does not.
  if (!found->is_password && !is_all(value, ALNUM | BASE64_URL | BASE64 | DOT | PAD | TILDE)) return 0;
  if (is_uuid(value) || is_other_thing(value) || is_template(value)) return 0;
  return !is_weak_word(value) && !is_wordy(value) && !is_made_up(value);
}

/* Whether the name is one of a connection string's other members: `Server=`, `User Id=`, `host=`. */
static bool32 is_member(Text name) {
  static const char *const members[] = {"server", "host", "source", "id", "uid", "username", "user", "accountname", "endpoint", "database", "catalog", "dbname"};
  for (u32 index = 0; index < COUNT(members); index++) {
    u32 length = 0;
    if (lower(*name.at) != (byte)*members[index]) continue;
    while (members[index][length]) length++;
    if (length == length_of(name) && begins_any_case(name.at, name.end, members[index])) return 1;
  }
  return 0;
}

/* The kind of what is assigned; KINDS where it is no secret. */
static Kind kind_of_assignment(const Assignment *found, bool32 is_connection, u32 least) {
  Text value = found->value, plain = found->name;
  u32 length = length_of(value);
  if (length < 4) return KINDS;
  bool32 is_azure = (length == 88 || length == 44) && value.end[-1] == '=' &&
    (ends_any_case(plain, "accountkey") || ends_any_case(plain, "sharedaccesskey"));
  if (is_azure && !is_made_up(value)) return AZURE;
  bool32 is_aws = length == 40 && is_all(value, ALNUM | BASE64) && (holds_any_case(plain, "secretaccesskey") || (holds_any_case(plain, "aws") && holds_any_case(plain, "secret")));
  if (is_aws && !is_made_up(value) && !is_plainly_words(value)) return AWS_SECRET;
  if (found->is_password && !found->is_quoted && is_connection && !is_weak_word(value) && !is_template(value) && !is_made_up(value)) {
    return CONNECTION;
  }
  return is_random_value(found, least) ? ASSIGNED : KINDS;
}
