/* Secrets that are known by their form: keys in armour, JSON Web Tokens, passwords in URLs. */
#pragma once
#include "characters.h"
#include "kinds.h"

static Text nothing(byte *at) { return (Text){at, 0}; }

/* Behind blanks, and behind what stands for a line's end inside a string: `\n`, `\r\n`. */
static byte *skip_line_ends(byte *at, const byte *end) {
  for (;;) {
    if (at < end && (*at <= ' ' || *at == '"' || *at == '\'' || *at == '+' || *at == ',')) at++;
    else if (end - at >= 2 && at[0] == '\\' && (at[1] == 'n' || at[1] == 'r' || at[1] == '\\')) at += at[1] == '\\' ? 1 : 2;
    else return at;
  }
}

/* At five hyphens: a private key with at least 64 characters of its own. */
static Text match_armour(byte *at, byte *end) {
  if (!begins(at, end, "-----BEGIN ")) return nothing(at);
  byte *title = at + 11, *stop = end - title > 80 ? title + 80 : end;
  byte *hyphens = title;
  while (hyphens < stop && *hyphens != '-' && *hyphens != '\n') hyphens++;
  Text words = {title, hyphens};
  if (!begins(hyphens, end, "-----") || !holds_any_case(words, "private key")) return nothing(at);
  byte *limit = end - hyphens > 4096 ? hyphens + 4096 : end;
  byte *body = hyphens + 5, *best = body;
  u32 length = 0;
  while (length < 64) {
    body = skip_line_ends(body, limit);
    byte *after = skip_set(body, limit, ALNUM | BASE64 | PAD);
    if (after == body) break;
    // A header of the armour (`Proc-Type: 4,ENCRYPTED`) is no part of the key.
    if (after < limit && (*after == ':' || *after == '-')) {
      if (*after == '-' && begins(after, limit, "-----")) break;
      while (after < limit && *after != '\n' && *after != '\\') after++;
      length = 0;
    } else {
      if (length == 0) best = body;
      length += (u32)(after - body);
    }
    body = after;
  }
  if (length < 64) return nothing(at);
  Text key = {best, body};
  if (is_made_up(key) || entropy_of(key) < 4096) return nothing(at);
  return (Text){at, body};
}

/* Decodes the beginning of base64 or base64url; at most `room` bytes. */
static Text decode_base64(Text text, byte *room, u32 size) {
  u32 bits = 0, count = 0;
  byte *to = room;
  for (byte *at = text.at; at < text.end && (u32)(to - room) < size; at++) {
    u32 value;
    if (is_in(*at, UPPER)) value = *at - 'A';
    else if (is_in(*at, LOWER)) value = *at - 'a' + 26u;
    else if (is_in(*at, DIGIT)) value = *at - '0' + 52u;
    else value = *at == '-' || *at == '+' ? 62 : 63;
    bits = bits << 6 | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      *to++ = (byte)(bits >> count);
    }
  }
  return (Text){room, to};
}

/* At `eyJ`: header, payload and signature. One that is not signed is no secret. */
static Text match_jwt(byte *at, byte *end) {
  static byte room[512];
  if (!begins(at, end, "eyJ")) return nothing(at);
  Text parts[3];
  byte *next = at;
  for (u32 index = 0; index < 3; index++) {
    byte *stop = end - next > 8192 ? next + 8192 : end;
    parts[index] = (Text){next, skip_set(next, stop, BASE64_URL)};
    next = parts[index].end;
    if (index < 2 && (next >= end || *next++ != '.')) return nothing(at);
  }
  if (length_of(parts[0]) < 16 || length_of(parts[1]) < 8 || length_of(parts[2]) < 27) return nothing(at);
  if (!begins(parts[1].at, end, "ey") || is_made_up(parts[2])) return nothing(at);
  Text header = decode_base64(parts[0], room, sizeof room);
  if (header.at[0] != '{' || !holds_any_case(header, "\"alg\"")) return nothing(at);
  Text payload = decode_base64(parts[1], room, sizeof room);
  // The one in every introduction to them.
  if (holds_any_case(payload, "1234567890")) return nothing(at);
  return (Text){at, next};
}

static const Phrase weak_words[] = {
  W("password"), W("passwd"), W("pass"), W("pwd"), W("pw"), W("secret"), W("token"), W("root"), W("admin"), W("test"), W("guest"), W("user"),
  W("username"), W("postgres"), W("mysql"), W("changeme"), W("foo"), W("bar"), W("baz"), W("hunter2"), W("key"), W("x"), W("xxx"), W("none"),
  W("null"), W("string"), W("empty"), W("oauth2"), W("x-oauth-basic"), W("default"), W("true"), W("false"), W("undefined"), W("mypassword"),
  W("mypass"), W("p@ssw0rd"), W("passw0rd"), W("secretpassword"), W("letmein"), W("qwerty"), W("redis"), W("mongo"), W("rabbitmq"), W("dev"),
};
static Chains weak_chains;

static bool32 is_weak_word(Text text) { return text.at < text.end && is_phrase(text, &weak_chains); }

/* Whether something else is put there later: `$PASS`, `${…}`, `<password>`, `{{…}}`, `%s`, `***`. */
static bool32 is_template(Text text) {
  for (byte *at = text.at; at < text.end; at++) {
    byte next = at + 1 < text.end ? at[1] : 0;
    if (*at == '$' && (next == '{' || next == '(' || at == text.at)) return 1;
    if ((*at == '{' && (next == '{' || at == text.at)) || *at == '<' || *at == '`') return 1;
    if (*at == '%' && (next == 's' || next == '(' || next == '{') && length_of(text) < 16) return 1;
    if (*at == '*' && (next == '*' || length_of(text) < 3)) return 1;
  }
  return is_in(*text.at, PUNCTUATION) && length_of(text) < 4;
}

static bool32 same_text(Text one, Text other) {
  if (length_of(one) != length_of(other)) return 0;
  for (byte *at = one.at, *with = other.at; at < one.end; at++, with++) {
    if (*at != *with) return 0;
  }
  return 1;
}

static bool32 is_example_host(byte *at, byte *end) {
  byte *stop = at;
  while (stop < end && stop - at < 255 && is_in(*stop, ALNUM | HYPHEN | DOT)) stop++;
  Text host = {at, stop};
  return stop == at || holds_any_case(host, "example") || ends_any_case(host, ".test") || ends_any_case(host, ".invalid") ||
    is_text(host, "host") || is_text(host, "hostname");
}

/* At `://`: the password before the host. */
static Text match_url(byte *start, byte *at, byte *end) {
  if (!begins(at, end, "://") || at - start < 2 || !is_in(at[-1], ALNUM)) return nothing(at);
  byte *next = at + 3;
  Text user = {next, next}, password;
  while (next < end && next - user.at < 128 && !is_in(*next, BASE64) && *next > ' ' && *next != ':' && *next != '@' && *next != '"' && *next != '\'' && *next != '[' && *next != '<') next++;
  user.end = next;
  if (next >= end || *next != ':') return nothing(at);
  password.at = ++next;
  while (next < end && next - password.at < 256 && *next > ' ' && *next != '@' && *next != '/' && *next != '?' && *next != '"' && *next != '\'' && *next != '\\') next++;
  password.end = next;
  if (next >= end || *next != '@' || length_of(password) < 4) return nothing(at);
  // `cvs://:pserver:anoncvs@host`: no user, and a colon that is none of a password's.
  if (user.at == user.end && holds_any_case(password, ":")) return nothing(at);
  if (is_example_host(next + 1, end) || same_text(user, password)) return nothing(at);
  if (is_weak_word(password) || is_template(password) || is_made_up(password)) return nothing(at);
  return password;
}

/* At the `:` of `123456789:AA…`. */
static Text match_telegram(byte *start, byte *at, byte *end) {
  if (!begins(at, end, ":AA")) return nothing(at);
  byte *id = at;
  while (id > start && at - id < 11 && is_in(id[-1], DIGIT)) id--;
  Text body = {at + 1, skip_set(at + 1, end - at > 40 ? at + 40 : end, BASE64_URL)};
  if (at - id < 8 || at - id > 10 || length_of(body) != 35) return nothing(at);
  // What a program writes as `\n` may stand before it.
  bool32 is_escape = id - start >= 2 && id[-2] == '\\' && id[-1] == 'n';
  if (id > start && is_in(id[-1], WORD) && !is_escape) return nothing(at);
  if (is_made_up(body) || is_plainly_words(body)) return nothing(at);
  return (Text){id, body.end};
}
