/* native-1: how many decisions the most complex function of a file takes, by counting tokens outside
 * of strings and comments. docs/shipped_checks.md says what counts and how far it agrees with others.
 * One pass, a bounded number of steps for each byte, nothing calls itself. */
#include "../native/bytes.h"
#include "../native/match_glob.h"
#include "../native/read_json.h"
#include "../native/write_answer.h"
#include "languages.h"
#include "count_braces.h"
#include "count_indents.h"

typedef struct {
  /* Zero: none was given, and the check finds nothing. */
  bool32 is_set;
  u32 max_complexity;
} Settings;

static Settings read_settings(Json json, Answer *answer) {
  Settings settings = {0, 0};
  Text name;
  if (!enter(&json, '{')) return settings;
  while (next_name(&json, &name)) {
    if (!is_text(name, "max_complexity")) {
      refuse_setting(answer, name, "unknown; wanted max_complexity");
      return settings;
    }
    int number = read_thousandths(&json);
    if (number < 0 || number % 1000 != 0) {
      refuse_setting(answer, name, "wanted a whole number from 0 to 1000000");
      return settings;
    }
    settings.is_set = 1;
    settings.max_complexity = (u32)number / 1000;
  }
  if (!settings.is_set) refuse_setting(answer, (Text){(byte *)"max_complexity", (byte *)"max_complexity" + 14}, "wanted");
  return settings;
}

typedef struct {
  /* The first file of each language that is named, by the language's id. */
  Text files[MOST_LANGUAGES];
  Language languages[MOST_LANGUAGES];
  Text content;
} Operation;

static void take_file(Operation *operation, Text file) {
  Language language = language_of(file);
  if (language.id == 0 || operation->files[language.id].at) return;
  operation->files[language.id] = file;
  operation->languages[language.id] = language;
}

static Operation read_operation(Json json) {
  Operation operation = {.content = {0, 0}};
  Text name;
  if (!enter(&json, '{')) return operation;
  while (next_name(&json, &name)) {
    if (is_text(name, "content") && json.at < json.end && *json.at == '"') {
      operation.content = read_string(&json);
    } else if (is_text(name, "affected_files") && enter(&json, '[')) {
      while (next_item(&json)) {
        if (*json.at != '"') return operation;
        take_file(&operation, read_string(&json));
      }
    } else {
      skip_value(&json);
    }
  }
  return operation;
}

static Measure measure(Text content, Language language) {
  return language.by_indents ? count_indents(content, language) : count_braces(content, language);
}

static void report(Answer *answer, Measure found, u32 most, Text file) {
  begin_violation(answer, "limit_exceeded");
  put(answer, "Complexity is ");
  put_number(answer, found.complexity);
  put(answer, ": wanted at most ");
  put_number(answer, most);
  put(answer, "\",\"details\":{\"complexity\":");
  put_number(answer, found.complexity);
  put(answer, ",\"line\":");
  put_number(answer, found.line);
  put(answer, ",\"max_complexity\":");
  put_number(answer, most);
  put(answer, "}");
  if (is_plain_text(file, 1000)) {
    put(answer, ",\"path\":\"");
    put_text(answer, file, 1000);
    put(answer, "\"");
  }
  put(answer, "}");
}

/* SECURITY: content beside several files could belong to any: it is read as each, and the worst
 * counts, or naming one more file would switch the measure off. */
static void judge(Answer *answer, const Operation *operation, u32 most) {
  Measure worst = {0, 1};
  Text file = {0, 0};
  for (u32 id = 1; id < MOST_LANGUAGES; id++) {
    if (!operation->files[id].at) continue;
    Measure found = measure(operation->content, operation->languages[id]);
    if (found.complexity <= worst.complexity) continue;
    worst = found;
    file = operation->files[id];
  }
  if (worst.complexity > most) report(answer, worst, most, file);
}

__attribute__((export_name("check_eval"))) u64 check_eval(byte *request, u32 length) {
  Answer answer = begin_answer();
  Parts parts = find_parts(request, length);
  sort_words();
  Settings given = read_settings(parts.settings, &answer);
  Operation asked = read_operation(parts.operation);
  if (given.is_set && asked.content.at) judge(&answer, &asked, given.max_complexity);
  return end_answer(&answer);
}
