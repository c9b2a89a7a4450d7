/* native-1: keys, tokens and passwords about to be written or sent. docs/shipped_checks.md says what
 * is found and what is not. Every look ahead is bounded, so that a byte costs a bounded number of
 * steps; nothing calls itself. */
#include "../native/bytes.h"
#include "../native/read_json.h"
#include "../native/write_answer.h"
#include "added_lines.h"
#include "characters.h"
#include "kinds.h"
#include "shapes.h"
#include "structured.h"
#include "assigned.h"
#include "settings.h"

/* Beyond so many nobody reads on. */
#define MOST_FOUND 50u
#define MOST_NESTED 128u

typedef struct {
  Settings settings;
  Answer answer;
  /* Member of the operation at hand: `content`, `command`. */
  Text where;
  /* Of the operation, if it has one; with more it is 0. */
  Text path;
  u32 files;
  /* Whether a pattern of allow_paths stands for every file. */
  bool32 is_allowed_path;
  /* Text at hand, where its lines were counted up to, and the line there. */
  Text text;
  byte *counted;
  u32 line;
  /* Whether the line began a connection string. */
  bool32 is_connection;
} Search;

static u32 line_at(Search *search, byte *at) {
  for (; search->counted < at; search->counted++) search->line += *search->counted == '\n';
  return search->line;
}

static bool32 is_allowed(const Search *search, const Sha256 *hash) {
  for (u32 index = 0; index < search->settings.hash_count; index++) {
    u32 same = 0;
    while (same < 8 && search->settings.hashes[index].words[same] == hash->words[same]) same++;
    if (same == 8) return 1;
  }
  return 0;
}

static void put_hash(Answer *answer, const Sha256 *hash) {
  for (u32 at = 0; at < 64; at++) {
    *answer->at++ = (byte)"0123456789abcdef"[hash->words[at / 8] >> (28 - at % 8 * 4) & 15];
  }
}

/* SECURITY: of the value nothing is told but the first four characters, and those only where they
 * say what it is; its hash only where nobody finds the value by trying. */
static void report(Search *search, Kind kind, Text value) {
  const KindFacts *facts = &kind_facts[kind];
  if (search->settings.kinds_off >> kind & 1 || search->answer.count >= MOST_FOUND || !has_room(&search->answer)) return;
  Sha256 hash = {{0}};
  if (facts->is_random || search->settings.hash_count > 0) hash = sha256_of(value);
  if (is_allowed(search, &hash)) return;
  Answer *answer = &search->answer;
  u32 line = line_at(search, value.at);
  begin_violation(answer, facts->code);
  put(answer, facts->title);
  put(answer, " in ");
  put_text(answer, search->where, 40);
  put(answer, ", line ");
  put_number(answer, line);
  if (facts->is_random && kind != PRIVATE_KEY) {
    put(answer, " (");
    put_text(answer, value, 4);
    put(answer, "...)");
  }
  put(answer, "\",\"severity\":\"");
  put(answer, facts->severity);
  put(answer, "\",\"details\":{\"line\":");
  put_number(answer, line);
  put(answer, ",\"where\":\"");
  put_text(answer, search->where, 40);
  if (facts->is_random) {
    put(answer, "\",\"sha256\":\"");
    put_hash(answer, &hash);
  }
  put(answer, "\"}");
  if (search->files == 1 && is_plain_text(search->path, 1000)) {
    put(answer, ",\"path\":\"");
    put_text(answer, search->path, 1000);
    put(answer, "\"");
  }
  put(answer, "}");
}

static bool32 begins_word(const Search *search, const byte *at) {
  if (at == search->text.at || !is_in(at[-1], WORD)) return 1;
  // What a program writes as `\n` is no part of the word behind it.
  return at - search->text.at >= 2 && at[-2] == '\\' && (at[-1] == 'n' || at[-1] == 't' || at[-1] == 'r');
}

/* A known shape anywhere inside of a value: it is found by itself. */
static bool32 holds_shape(Text value, byte *end) {
  Kind kind;
  for (byte *at = value.at; at < value.end; at++) {
    if (at > value.at && is_in(at[-1], WORD)) continue;
    if (match_shape(at, end, &kind).end || match_jwt(at, end).end) return 1;
  }
  return 0;
}

static void take_assignment(Search *search, const Assignment *found) {
  if (!found->value.end) return;
  Kind kind = kind_of_assignment(found, search->is_connection, search->settings.least_entropy);
  if (kind < KINDS && !holds_shape(found->value, search->text.end)) report(search, kind, found->value);
}

/* At a word; returns where to go on. */
static byte *take_word(Search *search, byte *at) {
  byte *end = search->text.end;
  Kind kind;
  Text found = match_shape(at, end, &kind);
  if (found.end) {
    report(search, kind, found);
    if (kind == AWS_KEY_ID) {
      // Its other half seldom is far.
      byte *stop = end - found.end > 200 ? found.end + 200 : end;
      for (byte *next = found.end; next < stop;) {
        byte *from = next;
        next = skip_set(from, stop, ALNUM | BASE64);
        Text run = {from, next};
        if (length_of(run) == 40 && entropy_of(run) >= 4096 && !is_made_up(run) && !is_wordy(run) && classes_of(run) != 6) {
          report(search, AWS_SECRET, run);
          return next;
        }
        next++;
      }
    }
    return found.end;
  }
  if (*at == 'e') found = match_jwt(at, end);
  if (found.end) {
    report(search, JWT, found);
    return found.end;
  }
  return 0;
}

/* At `=` or `:`. */
static void take_sign(Search *search, byte *at) {
  byte *start = search->text.at, *end = search->text.end;
  if (at == start || end - at < 5 || at[-1] == *at || at[1] == *at || at[1] == '=') return;
  Text name = name_before(start, at);
  if (length_of(name) < 2) return;
  if (*at == '=' && is_member(name)) search->is_connection = 1;
  Assignment found = match_assignment(start, at, end, name, search->is_connection);
  take_assignment(search, &found);
}

static void take_colon(Search *search, byte *at) {
  byte *start = search->text.at, *end = search->text.end;
  if (end - at < 5) return;
  if (at[1] == '/') {
    Text found = match_url(start, at, end);
    if (found.end && !holds_shape(found, end)) report(search, URL_PASSWORD, found);
    return;
  }
  if (at[1] == 'A') {
    Text found = match_telegram(start, at, end);
    if (found.end) {
      report(search, TELEGRAM, found);
      return;
    }
  }
  take_sign(search, at);
}

static void scan(Search *search, Text text) {
  search->text = text;
  search->counted = text.at;
  search->line = 1;
  search->is_connection = 0;
  byte *at = text.at, *end = text.end;
  while (at < end && search->answer.count < MOST_FOUND) {
    byte character = *at;
    if (is_in(character, WORD)) {
      byte *after = begins_word(search, at) ? take_word(search, at) : 0;
      if (!after) {
        // `\nAKIA`: the word begins behind the letter.
        bool32 is_escape = at > text.at && at[-1] == '\\' && (character == 'n' || character == 't' || character == 'r');
        after = is_escape ? at + 1 : skip_set(at, end, WORD);
      }
      at = after;
      continue;
    }
    if (character == '\n') {
      search->is_connection = 0;
    } else if (character == '=') {
      take_sign(search, at);
    } else if (character == ':') {
      take_colon(search, at);
    } else if (character == '-' && end - at > 8 && at[1] == '-') {
      Text key = match_armour(at, end);
      if (key.end) {
        report(search, PRIVATE_KEY, key);
        at = key.end;
        continue;
      }
      if (at == text.at || at[-1] == ' ') {
        Assignment found = match_flag(at, end);
        take_assignment(search, &found);
      }
    }
    at++;
  }
}

static void take_file(Search *search, Text path) {
  bool32 is_listed = 0;
  for (u32 index = 0; index < search->settings.path_count && !is_listed; index++) {
    is_listed = match_glob(search->settings.paths[index], path);
  }
  search->is_allowed_path = is_listed && (search->files == 0 || search->is_allowed_path);
  search->path = path;
  search->files++;
}

/* A string of the operation, under the name that stands nearest before it. */
static void take_string(Search *search, Text name, Text value) {
  bool32 is_file = is_text(search->where, "content") || is_text(search->where, "diff");
  if (is_text(search->where, "affected_files")) take_file(search, value);
  if (is_file && search->is_allowed_path) return;
  bool32 is_diff = is_text(search->where, "diff");
  scan(search, is_diff ? added_lines(value) : value);
  Text plain = secret_name(name);
  if (!plain.end) return;
  Assignment whole = {plain, value, 1, is_password_name(plain)};
  search->text = value;
  take_assignment(search, &whole);
}

/* All strings of the operation, names too, but for its effects: the engine made them of the rest. */
static void search_operation(Search *search, Json json) {
  static byte is_object[MOST_NESTED];
  u32 depth = 0;
  bool32 is_name = 0;
  Text name = {json.at, json.at};
  while (json.at < json.end) {
    byte character = *json.at;
    if (character == '"') {
      Text text = read_string(&json);
      if (is_name) {
        name = text;
        if (depth == 1) {
          search->where = name;
          skip_blanks(&json);
          if (is_text(name, "effects")) skip_value(&json);
        }
        if (length_of(name) > 16) scan(search, name);
        is_name = 0;
      } else {
        take_string(search, name, text);
      }
      continue;
    }
    if (character == '{' || character == '[') {
      depth++;
      is_name = character == '{';
      if (depth < MOST_NESTED) is_object[depth] = (byte)is_name;
    } else if (character == '}' || character == ']') {
      if (depth > 0) depth--;
    } else if (character == ',') {
      is_name = depth < MOST_NESTED && is_object[depth];
    }
    json.at++;
    if (depth == 0) return;
  }
}

__attribute__((export_name("check_eval"))) u64 check_eval(byte *request, u32 length) {
  Search search = {.answer = begin_answer(), .where = {request, request}};
  Parts parts = find_parts(request, length);
  sort_shapes();
  sort_phrases();
  search.settings = read_settings(parts.settings, &search.answer);
  if (search.answer.count == 0) search_operation(&search, parts.operation);
  return end_answer(&search.answer);
}
