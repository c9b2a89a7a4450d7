/* Tokens that are known by how they begin. */
#pragma once
#include "characters.h"
#include "digests.h"
#include "kinds.h"

typedef enum { PLAIN, BASE62_CRC, BECH32, TWO_PARTS, HAS_DIGITS, OPENAI_MARK, MIXED } Proof;

typedef struct {
  const char *prefix;
  Kind kind;
  /* What follows it, how many of them, and nothing of the kind after them. */
  u32 set;
  u16 least;
  u16 most;
  Proof proof;
} Shape;

static const Shape shapes[] = {
  {"AKIA", AWS_KEY_ID, BASE32, 16, 16, PLAIN}, {"ASIA", AWS_KEY_ID, BASE32, 16, 16, PLAIN},
  {"ABIA", AWS_KEY_ID, BASE32, 16, 16, PLAIN}, {"ACCA", AWS_KEY_ID, BASE32, 16, 16, PLAIN},
  {"ghp_", GITHUB, ALNUM, 36, 36, BASE62_CRC}, {"gho_", GITHUB, ALNUM, 36, 36, BASE62_CRC},
  {"ghu_", GITHUB, ALNUM, 36, 36, BASE62_CRC}, {"ghs_", GITHUB, ALNUM, 36, 36, BASE62_CRC},
  {"ghr_", GITHUB, ALNUM, 36, 76, MIXED}, {"github_pat_", GITHUB, WORD, 82, 82, MIXED},
  {"glpat-", GITLAB, BASE64_URL | DOT, 20, 320, MIXED}, {"gldt-", GITLAB, BASE64_URL, 20, 64, MIXED},
  {"glrt-", GITLAB, BASE64_URL | DOT, 20, 320, MIXED}, {"glptt-", GITLAB, BASE64_URL, 40, 64, MIXED},
  {"glcbt-", GITLAB, BASE64_URL | DOT, 20, 320, MIXED}, {"glsoat-", GITLAB, BASE64_URL, 20, 64, MIXED},
  {"glagent-", GITLAB, BASE64_URL, 50, 320, MIXED}, {"gloas-", GITLAB, BASE64_URL, 64, 64, MIXED},
  {"glft-", GITLAB, BASE64_URL, 20, 64, MIXED}, {"glimt-", GITLAB, BASE64_URL, 25, 64, MIXED},
  {"xoxb-", SLACK, ALNUM | HYPHEN, 24, 250, HAS_DIGITS}, {"xoxp-", SLACK, ALNUM | HYPHEN, 24, 250, HAS_DIGITS},
  {"xoxa-", SLACK, ALNUM | HYPHEN, 24, 250, HAS_DIGITS}, {"xoxs-", SLACK, ALNUM | HYPHEN, 24, 250, HAS_DIGITS},
  {"xoxr-", SLACK, ALNUM | HYPHEN, 24, 250, HAS_DIGITS}, {"xoxe-", SLACK, ALNUM | HYPHEN, 24, 250, HAS_DIGITS},
  {"xoxe.", SLACK, ALNUM | HYPHEN | DOT, 24, 250, HAS_DIGITS}, {"xapp-", SLACK, ALNUM | HYPHEN, 24, 250, HAS_DIGITS},
  {"hooks.slack.com/services/", SLACK_WEBHOOK, ALNUM | BASE64, 30, 80, MIXED},
  {"sk_live_", STRIPE, ALNUM, 24, 247, MIXED}, {"rk_live_", STRIPE, ALNUM, 24, 247, MIXED},
  {"sk_test_", STRIPE_TEST, ALNUM, 24, 247, MIXED}, {"rk_test_", STRIPE_TEST, ALNUM, 24, 247, MIXED},
  {"whsec_", STRIPE, ALNUM | BASE64 | PAD, 32, 64, MIXED},
  {"AIza", GOOGLE_API, BASE64_URL, 35, 35, MIXED}, {"GOCSPX-", GOOGLE_OAUTH, BASE64_URL, 28, 28, MIXED},
  {"ya29.", GOOGLE_OAUTH, BASE64_URL | DOT, 60, 2048, MIXED},
  {"npm_", NPM, ALNUM, 36, 36, BASE62_CRC},
  {"pypi-AgEIcHlwaS5vcmc", PYPI, BASE64_URL, 50, 2048, MIXED},
  {"pypi-AgENdGVzdC5weXBpLm9yZw", PYPI, BASE64_URL, 50, 2048, MIXED},
  {"SG.", SENDGRID, BASE64_URL | DOT, 66, 66, TWO_PARTS},
  {"sk-ant-", ANTHROPIC, BASE64_URL, 80, 140, MIXED}, {"sk-", OPENAI, BASE64_URL, 48, 220, OPENAI_MARK},
  {"hf_", HUGGINGFACE, ALNUM, 34, 34, MIXED}, {"dop_v1_", DIGITALOCEAN, HEX, 64, 64, HAS_DIGITS},
  {"doo_v1_", DIGITALOCEAN, HEX, 64, 64, HAS_DIGITS}, {"dor_v1_", DIGITALOCEAN, HEX, 64, 64, HAS_DIGITS},
  {"shpat_", SHOPIFY, HEX, 32, 32, HAS_DIGITS}, {"shpss_", SHOPIFY, HEX, 32, 32, HAS_DIGITS},
  {"shppa_", SHOPIFY, HEX, 32, 32, HAS_DIGITS}, {"shpca_", SHOPIFY, HEX, 32, 32, HAS_DIGITS},
  {"hvs.", VAULT, BASE64_URL, 24, 200, MIXED}, {"hvb.", VAULT, BASE64_URL, 100, 300, MIXED},
  {"dckr_pat_", DOCKER, BASE64_URL, 27, 36, MIXED}, {"dapi", DATABRICKS, HEX | HYPHEN, 32, 34, HAS_DIGITS},
  {"glsa_", GRAFANA, WORD, 41, 41, MIXED}, {"glc_", GRAFANA, ALNUM | BASE64 | PAD, 40, 400, MIXED},
  {"rubygems_", RUBYGEMS, HEX, 48, 48, HAS_DIGITS},
  {"AGE-SECRET-KEY-1", AGE, UPPER | DIGIT, 58, 58, BECH32},
};
#define SHAPES (sizeof shapes / sizeof *shapes)

/* Where the shapes begin whose first two bytes sum up to the same six bits. */
static byte shapes_by_pair[64][12];

static u32 pair_of(const byte *at) { return (at[0] * 5u + at[1] * 11u + at[2] * 23u) & 63u; }

/* Once for each instance. */
static void sort_shapes(void) {
  for (u32 index = 0; index < SHAPES; index++) {
    byte *row = shapes_by_pair[pair_of((const byte *)shapes[index].prefix)];
    if (row[0] >= 11) __builtin_trap();
    row[++row[0]] = (byte)index;
  }
}

static bool32 has_classes(Text text) {
  bool32 digit = 0, letter = 0;
  for (byte *at = text.at; at < text.end; at++) {
    digit |= is_in(*at, DIGIT);
    letter |= is_in(*at, UPPER | LOWER);
  }
  return digit && letter;
}

static bool32 is_proven(const Shape *shape, Text body) {
  switch (shape->proof) {
    case PLAIN: return entropy_of(body) >= 2560;
    case BASE62_CRC: return has_base62_crc(body);
    case BECH32: return has_bech32_sum("age-secret-key-", body);
    case TWO_PARTS: return body.at[22] == '.' && entropy_of(body) >= 3584;
    case HAS_DIGITS: return has_classes(body) && entropy_of(body) >= 2560;
    case OPENAI_MARK: {
      for (byte *at = body.at; at < body.end; at++) {
        if (*at == 'T' && begins(at, body.end, "T3BlbkFJ")) return 1;
      }
      return 0;
    }
    case MIXED: return !is_plainly_words(body) && entropy_of(body) >= 3072;
  }
  return 0;
}

/* The token that begins at `at`, where a word begins; its end is 0 where there is none. */
static Text match_shape(byte *at, byte *end, Kind *kind) {
  Text none = {at, 0};
  if (end - at < 20) return none;
  const byte *row = shapes_by_pair[pair_of(at)];
  for (u32 place = 1; place <= row[0]; place++) {
    const Shape *shape = &shapes[row[place]];
    if (!begins(at, end, shape->prefix)) continue;
    byte *body = at;
    for (const char *prefix = shape->prefix; *prefix; prefix++) body++;
    byte *stop = end - body > shape->most + 1 ? body + shape->most + 1 : end;
    Text found = {body, skip_set(body, stop, shape->set)};
    // A full stop that ends a sentence is none of it.
    while (found.end > found.at && found.end[-1] == '.') found.end--;
    u32 length = length_of(found);
    if (length < shape->least || length > shape->most) continue;
    if (found.end < end && is_in(*found.end, WORD)) continue;
    if (is_made_up(found) || !is_proven(shape, found)) continue;
    *kind = shape->kind;
    return (Text){at, found.end};
  }
  return none;
}
