/* Which names are those of secrets. */
#pragma once
#include "characters.h"
#include "structured.h"

static const Phrase secret_words[] = {
  W("secret"), W("token"), W("passwd"), W("password"), W("passphrase"), W("passcode"), W("pwd"), W("apikey"), W("privatekey"),
  W("accesskey"), W("accountkey"), W("authkey"), W("signingkey"), W("encryptionkey"), W("decryptionkey"), W("masterkey"),
  W("sessionkey"), W("deploykey"), W("storagekey"), W("servicekey"), W("credential"), W("authorization"), W("bearer"), W("authtoken"),
};

/* What is about a secret, or is none: where it lies, how long, what it is called. */
static const Phrase harmless_words[] = {
  W("hash"), W("digest"), W("checksum"), W("fingerprint"), W("public"), W("page"), W("next"), W("cursor"), W("cancel"), W("integrity"),
  W("csrf"), W("xsrf"), W("tokenizer"), W("sitekey"), W("resume"), W("continuation"), W("sync"),
};
static const Phrase harmless_ends[] = {
  W("name"), W("id"), W("type"), W("url"), W("uri"), W("file"), W("path"), W("arn"), W("ref"), W("length"), W("count"), W("size"), W("ttl"),
  W("expiry"), W("header"), W("field"), W("env"), W("prefix"), W("pattern"), W("regex"), W("label"), W("hint"), W("text"), W("title"),
  W("policy"), W("error"), W("message"), W("version"), W("description"), W("dir"), W("folder"), W("endpoint"), W("format"),
};

#define BIT(letter) (1u << ((letter) - 'a'))

/* The first two letters of secret_words and of harmless_words, which most names hold nowhere. */
static const u32 secret_pairs[26] = {
  ['a' - 'a'] = BIT('p') | BIT('c') | BIT('u'), ['b' - 'a'] = BIT('e'), ['c' - 'a'] = BIT('r'),
  ['d' - 'a'] = BIT('e'), ['e' - 'a'] = BIT('n'), ['m' - 'a'] = BIT('a'),
  ['p' - 'a'] = BIT('a') | BIT('w') | BIT('r'), ['s' - 'a'] = BIT('e') | BIT('i') | BIT('t'),
  ['t' - 'a'] = BIT('o'),
};
static const u32 harmless_pairs[26] = {
  ['c' - 'a'] = BIT('h') | BIT('u') | BIT('a') | BIT('s') | BIT('o'), ['d' - 'a'] = BIT('i'),
  ['f' - 'a'] = BIT('i'), ['h' - 'a'] = BIT('a'), ['i' - 'a'] = BIT('n'), ['n' - 'a'] = BIT('e'),
  ['p' - 'a'] = BIT('u') | BIT('a'), ['r' - 'a'] = BIT('e'), ['s' - 'a'] = BIT('i') | BIT('y'),
  ['t' - 'a'] = BIT('o'), ['x' - 'a'] = BIT('s'),
};

/* Where a word of the list may begin, from `at` on; the end where none does. */
static byte *next_pair(byte *at, byte *end, const u32 *pairs) {
  for (; at + 1 < end; at++) {
    u32 first = (u32)(at[0] | 32) - 'a', second = (u32)(at[1] | 32) - 'a';
    if (first < 26 && second < 26 && pairs[first] >> second & 1) return at;
  }
  return end;
}

static Chains secret_chains, harmless_chains, end_chains, password_chains;

static bool32 holds_one_of(Text name, const Chains *chains, const u32 *pairs) {
  for (byte *at = next_pair(name.at, name.end, pairs); at < name.end; at = next_pair(at + 1, name.end, pairs)) {
    for (u32 index = chains->first[*at & 31]; index > 0; index = chains->next[index]) {
      if (begins(at, name.end, chains->list[index - 1].text)) return 1;
    }
  }
  return 0;
}

static bool32 ends_with_one_of(Text name, const Chains *chains) {
  for (u32 index = chains->first[name.end[-1] & 31]; index > 0; index = chains->next[index]) {
    u32 length = chains->list[index - 1].length;
    if (length <= length_of(name) && begins(name.end - length, name.end, chains->list[index - 1].text)) return 1;
  }
  return 0;
}

/* Without what separates its words; in a buffer of its own that the next call uses again. */
static Text plain_name(Text name) {
  static byte room[64];
  byte *to = room;
  for (byte *at = name.at; at < name.end && to < room + sizeof room; at++) {
    if (is_in(*at, ALNUM)) *to++ = lower(*at);
  }
  return (Text){room, to};
}

/* Of `read_token.h` it is `h`, of `db.password` the password. */
static Text behind_dot(Text name) {
  byte *at = name.end;
  while (at > name.at && at[-1] != '.') at--;
  return (Text){at, name.end};
}

/* The name in lower case where it is a secret's; else its end is 0. */
static Text secret_name(Text dotted) {
  Text name = behind_dot(dotted);
  if (next_pair(name.at, name.end, secret_pairs) == name.end) return nothing(name.at);
  Text plain = plain_name(name);
  bool32 is_one = length_of(plain) >= 3 && holds_one_of(plain, &secret_chains, secret_pairs) &&
    !ends_with_one_of(plain, &end_chains) &&
    !holds_one_of(plain, &harmless_chains, harmless_pairs);
  return is_one ? plain : nothing(name.at);
}

static const u32 password_pairs[26] = {['p' - 'a'] = BIT('a') | BIT('w')};
static const Phrase password_words[] = {W("passw"), W("passphrase"), W("passcode"), W("pwd")};

/* Once for each instance. */
static void sort_phrases(void) {
  chain_words(&placeholder_chains, placeholders, COUNT(placeholders), 0);
  chain_words(&weak_chains, weak_words, COUNT(weak_words), 0);
  chain_words(&secret_chains, secret_words, COUNT(secret_words), 0);
  chain_words(&harmless_chains, harmless_words, COUNT(harmless_words), 0);
  chain_words(&end_chains, harmless_ends, COUNT(harmless_ends), 1);
  chain_words(&password_chains, password_words, COUNT(password_words), 0);
}

static bool32 is_password_name(Text plain) {
  return holds_one_of(plain, &password_chains, password_pairs);
}
