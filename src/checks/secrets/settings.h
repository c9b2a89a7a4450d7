/* What the policy says beside the request. */
#pragma once
#include "../native/match_glob.h"
#include "../native/read_json.h"
#include "../native/write_answer.h"
#include "digests.h"
#include "kinds.h"

#define MOST_LISTED 1000u

typedef struct {
  /* In 1,024ths of a bit. */
  u32 least_entropy;
  /* A bit for each kind. */
  u64 kinds_off;
  Text *paths;
  u32 path_count;
  Sha256 *hashes;
  u32 hash_count;
} Settings;

static bool32 read_hash(Text text, Sha256 *hash) {
  if (length_of(text) != 64) return 0;
  for (u32 at = 0; at < 64; at++) {
    u32 digit = hex_digit(text.at[at]);
    if (digit > 15) return 0;
    hash->words[at / 8] = hash->words[at / 8] << 4 | digit;
  }
  return 1;
}

static bool32 turn_off(Settings *settings, Text code) {
  for (u32 kind = 0; kind < KINDS; kind++) {
    if (!is_text(code, kind_facts[kind].code)) continue;
    settings->kinds_off |= 1ull << kind;
    return 1;
  }
  return 0;
}

/* The strings of a list; 0 where it is none, or one is refused. */
static bool32 read_list(Json *json, Settings *settings, char which) {
  if (!enter(json, '[')) return 0;
  while (next_item(json)) {
    if (*json->at != '"') return 0;
    Text item = read_string(json);
    if (which == 'k') {
      if (!turn_off(settings, item)) return 0;
    } else if (which == 'p') {
      if (settings->path_count >= MOST_LISTED || item.at == item.end) return 0;
      settings->paths[settings->path_count++] = item;
    } else if (settings->hash_count >= MOST_LISTED || !read_hash(item, &settings->hashes[settings->hash_count++])) {
      return 0;
    }
  }
  return 1;
}

static Settings refuse(Settings settings, Answer *answer, Text name, const char *wanted) {
  refuse_setting(answer, name, wanted);
  return settings;
}

/* Reads them all; what is wrong stands in the answer. */
static Settings read_settings(Json json, Answer *answer) {
  Settings settings = {3584, 0, 0, 0, 0, 0};
  settings.paths = (Text *)reserve(MOST_LISTED * sizeof(Text));
  settings.hashes = (Sha256 *)reserve(MOST_LISTED * sizeof(Sha256));
  if (!settings.paths || !settings.hashes) __builtin_trap();
  Text name;
  if (!enter(&json, '{')) return settings;
  // What was read stands decoded in its place, so that nothing is read behind one that is refused.
  while (next_name(&json, &name)) {
    if (is_text(name, "min_entropy")) {
      int number = read_thousandths(&json);
      if (number < 0 || number > 8000) return refuse(settings, answer, name, "wanted a number from 0 to 8");
      settings.least_entropy = (u32)number * 1024 / 1000;
    } else if (is_text(name, "kinds_off")) {
      if (!read_list(&json, &settings, 'k')) return refuse(settings, answer, name, "wanted a list of kinds");
    } else if (is_text(name, "allow_paths")) {
      if (!read_list(&json, &settings, 'p')) return refuse(settings, answer, name, "wanted a list of patterns");
    } else if (is_text(name, "allow_sha256")) {
      if (!read_list(&json, &settings, 'h')) return refuse(settings, answer, name, "wanted a list of 64 hex digits each");
    } else {
      return refuse(settings, answer, name, "unknown; wanted allow_paths, allow_sha256, kinds_off or min_entropy");
    }
  }
  return settings;
}
