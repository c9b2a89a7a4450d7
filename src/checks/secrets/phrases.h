/* Lists of words, in which a word is found by one letter of it: a text full of words of a list costs
 * no more than another. */
#pragma once
#include "../native/bytes.h"

/* With its length, so that what cannot match is passed over at once. */
typedef struct {
  u32 length;
  const char *text;
} Phrase;
#define W(text) {sizeof text - 1, text}
#define COUNT(list) (sizeof list / sizeof *list)

/* The words of a list that begin, or end, with the same letter, one behind another. */
typedef struct {
  const Phrase *list;
  /* By letter and by word, counted from 1; 0 is the end. */
  byte first[32];
  byte next[48];
} Chains;

static void chain_words(Chains *chains, const Phrase *list, u32 count, bool32 by_end) {
  chains->list = list;
  for (u32 index = 0; index < count; index++) {
    byte letter = (byte)list[index].text[by_end ? list[index].length - 1 : 0] & 31;
    chains->next[index + 1] = chains->first[letter];
    chains->first[letter] = (byte)(index + 1);
  }
}

/* Whether one of the list begins at `at`, in any case. */
static bool32 begins_phrase(const byte *at, const byte *end, const Chains *chains) {
  for (u32 index = chains->first[*at & 31]; index > 0; index = chains->next[index]) {
    if (begins_any_case(at, end, chains->list[index - 1].text)) return 1;
  }
  return 0;
}

/* Whether it is one of the list, in any case. */
static bool32 is_phrase(Text text, const Chains *chains) {
  for (u32 index = chains->first[*text.at & 31]; index > 0; index = chains->next[index]) {
    const Phrase *phrase = &chains->list[index - 1];
    if (phrase->length == length_of(text) && begins_any_case(text.at, text.end, phrase->text)) return 1;
  }
  return 0;
}
