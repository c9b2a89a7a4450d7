import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Entry } from "../../src/core/audit/entry.ts";
import { starterPolicy } from "../../src/core/policy/starter_policy.ts";
import { createReport } from "../../src/core/report/create_report.ts";
import { proposePolicy } from "../../src/core/report/propose_policy.ts";
import type { Report } from "../../src/core/report/report.ts";
import { plainStyle } from "../../src/edge/cli/colour.ts";
import { displayWidth } from "../../src/edge/cli/table.ts";
import type { RenderOptions } from "../../src/edge/render.ts";
import { renderReport } from "../../src/edge/render_report.ts";
import { renderReportHtml } from "../../src/edge/report_html/render_report_html.ts";
import type { ReportView } from "../../src/edge/report_view.ts";
import { dayReport, decision, entry, options, root } from "./report/report_entries.ts";

const table: RenderOptions = { format: "table", style: plainStyle, width: null };

const log: ReportView["log"] = {
  verdict: "OK-UNANCHORED",
  entries: 8,
  head_seq: 7,
  head_mac: "ab".repeat(32),
  message: "Entries 0 to 7 are intact",
  segments: { count: 1, sealed: 0, first_seq: 0 },
  checkpoints: { count: 0, last_seq: null, last_at: null },
};

function viewOf(report: Report, policy: ReportView["policy"] | null = null): ReportView {
  return {
    report,
    root,
    policy: policy ?? { status: "trusted", mode: "observe" },
    log,
    proposedPolicy: proposePolicy(starterPolicy, report, "policy.yaml"),
  };
}

/** Everything a terminal or a page could take for a command, a line end or a change of direction. */
// deno-lint-ignore no-control-regex -- control characters are what is searched
const unsafe = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

const hostile = [
  "<script>alert(1)</script>",
  '"onload="alert(1)',
  "'onerror='x",
  "]]><!--",
  "</style></svg><img src=https://x.example/y>",
  "\u202egpj.exe\u2066",
  "\x1b[31mDENY\x1b[0m\r\n\x00",
  "&lt;&amp;&#60;",
  "n".repeat(10_240),
];

/** Hostile text in every field that an agent fills. */
const hostileEntries: readonly Entry[] = [
  ...hostile.flatMap((text, i) => {
    const labels = { agent: text, session: text, correlation_id: text };
    return [
      decision(2 * i, {
        type: text,
        files: [text, `${text}/a`, `/${text}/b`],
        cwd: text,
        tool: text,
        ...labels,
      }, {
        would_deny: true,
        codes: ["operation_unverified", "path_outside_root", "operation_unknown"],
        violated: ["enforcement.on_unverified", "builtin.paths", "operations.custom", text],
        unmeasured: [text],
        effects: [`write ${text}`, `${text} x`, `connect ${text}`],
      }),
      decision(2 * i + 1, { type: "command", command: text, ...labels }, {
        would_deny: true,
        codes: ["command_opaque"],
        violated: ["commands.opaque"],
      }),
    ];
  }),
  entry(100, "note.x", { message: hostile.join(" ") }, { severity: "CRITICAL" }),
  entry(101, "audit.alarm", { [hostile[0] ?? ""]: hostile.slice(0, 8) }, { severity: "HIGH" }),
];
const hostileView = viewOf(createReport(hostileEntries, { ...options, top: 50 }));

describe("renderReport() table", () => {
  it("begins with what happened and ends with what to type next", () => {
    const text = renderReport(viewOf(dayReport), table);
    const lines = text.trimEnd().split("\n");
    assertEquals(lines.slice(0, 4), [
      "8 decisions, 2026-11-20 to 2026-11-21 (entries #2 to #9).",
      "2 allowed, 1 asked, 1 denied.",
      "4 more were allowed only because the policy observed.",
      "The policy is in mode observe: it records and does not stop.",
    ]);
    const commands = lines.filter((line) => /^ {2}(?:sealward|cp) /.test(line));
    assertEquals(commands.map((line) => line.trim()), [
      "sealward report --proposed-policy proposed.yaml",
      "sealward policy lint proposed.yaml",
      "cp proposed.yaml .scalpel/policy.yaml",
      "sealward policy accept",
    ]);
    assertStringIncludes(text, "let 3 of 6 stopped operations go on");
  });

  it("has a row for every count, reason and event", () => {
    const text = renderReport(viewOf(dayReport), table);
    for (
      const row of [
        /^write +6 +5 +#+$/m,
        /^\/tmp\/ \(outside\) +1 +1 +#+$/m,
        /^WebFetch +1 +1 +#+$/m,
        /^npm +1 +1 +#+$/m,
        /^s1 +7 +5 +2026-11-21 10:00Z +builder$/m,
        /^2026-11-21 +- +1 +1 +1$/m,
        /^ +2 +protected.files +\*\.env +#4 file_write \.env$/m,
        /^ +1 +WebFetch +nobody knows what the tool does +#6 WebFetch$/m,
        /^not measured: limits.max_complexity \(1\)$/m,
        /state.policy_tampered/,
        /audit.alarm +changed without an entry: src\/a.ts/,
      ]
    ) assertMatch(text, row);
  });

  it("fits 80 columns", () => {
    for (const view of [viewOf(dayReport), hostileView]) {
      const text = renderReport(view, { ...table, width: 80 });
      const lines = text.split("\n").filter((line) => !line.startsWith("not measured: "));
      assert(lines.length > 50);
      for (const line of lines) assert(displayWidth(line) <= 80, line);
    }
  });

  it("of no decisions says how to get some", () => {
    const text = renderReport(viewOf(createReport([], options)), table);
    assertMatch(text, /^No decisions yet\.\n/);
    assertStringIncludes(text, "sealward hook install claude-code");
  });

  it("proposes nothing where an enforced policy stopped nothing", () => {
    const calm = createReport([decision(1, { type: "file_read", files: ["a"] })], options);
    const text = renderReport(viewOf(calm, { status: "trusted", mode: "enforce" }), table);
    assert(!text.includes("Next"), text);
  });

  it("sends people to look first where the policy was changed", () => {
    const text = renderReport(viewOf(dayReport, { status: "tampered", mode: "enforce" }), table);
    assertStringIncludes(text, "sealward status");
    assert(!text.includes("policy accept"), text);
  });

  it("lets no text of an agent reach a terminal raw", () => {
    for (const style of [plainStyle, { colour: false, unicode: true }]) {
      const text = renderReport(hostileView, { ...table, style });
      assert(!unsafe.test(text), JSON.stringify(unsafe.exec(text)));
    }
  });
});

describe("renderReport() JSON", () => {
  it("is one document that says what the report says", () => {
    const text = renderReport(viewOf(dayReport), { ...table, format: "json" });
    const { root: where, policy, log: chain, proposed_policy: proposed, ...rest } = JSON.parse(
      text,
    );
    assertEquals(rest, JSON.parse(JSON.stringify(dayReport)));
    assertEquals([where, chain], [root, log]);
    assertEquals(policy, { status: "trusted", mode: "observe" });
    assertMatch(proposed, /^# yaml-language-server/);
    assertMatch(text, /^\{\n {2}"schema_version": 1,/);
  });

  it("lets no control or direction character through", () => {
    const text = renderReport(hostileView, { ...table, format: "json" });
    assert(!unsafe.test(text));
    assertEquals(JSON.parse(text).decisions.count, 2 * hostile.length);
  });
});

const voidElements = new Set(["meta"]);

/** Fails unless every tag is closed in order; gives each element's name and attributes. */
function parsePage(
  page: string,
): readonly { readonly name: string; readonly attributes: string }[] {
  const found: { name: string; attributes: string }[] = [];
  const open: string[] = [];
  const body = page.replace(/^<!DOCTYPE html>\n/, "");
  const markup = /<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+="[^"<>]*")*)(\/?)>|([<>])/g;
  for (const [, slash, name = "", attributes = "", selfClosed, stray] of body.matchAll(markup)) {
    assertEquals(stray, undefined, "a bracket outside of tags");
    if (slash === "/") assertEquals(open.pop(), name);
    else {
      found.push({ name, attributes });
      if (selfClosed !== "/" && !voidElements.has(name)) open.push(name);
    }
  }
  assertEquals(open, []);
  return found;
}

describe("renderReportHtml()", () => {
  for (
    const [name, view] of [["a day of work", viewOf(dayReport)], [
      "hostile text",
      hostileView,
    ]] as const
  ) {
    const page = renderReportHtml(view);

    it(`of ${name} is well-formed, every bracket and quote of an agent escaped`, () => {
      assert(parsePage(page).length > 100);
    });

    it(`of ${name} has no script, no event, no reference and no form`, () => {
      for (const { name, attributes } of parsePage(page)) {
        assert(
          /^(?:html|head|meta|title|style|body|svg|defs|pattern|path|rect|text|desc|header|main|footer|h[1-3]|p|code|pre|dl|div|dt|dd|ul|ol|li|table|caption|thead|tbody|tr|th|td)$/
            .test(name),
          name,
        );
        assert(!/ (?:on\w+|src|href|style|action|srcset|data)=/i.test(attributes), attributes);
      }
      assert(!/<script|<img|<iframe|<link|@import|url\((?!#)/i.test(page));
    });

    it(`of ${name} forbids everything by its own policy, before anything else`, () => {
      const policy = "default-src 'none'; style-src 'unsafe-inline'";
      const at = page.indexOf(`<meta http-equiv="Content-Security-Policy" content="${policy}">`);
      assert(at > 0 && at < page.indexOf("<style>"));
    });

    it(`of ${name} has no control or direction character`, () => {
      assert(!unsafe.test(page), JSON.stringify(unsafe.exec(page)));
    });

    it(`of ${name} names every drawing and table, and skips no heading`, () => {
      const elements = parsePage(page);
      const ids = elements.flatMap(({ attributes }) => / id="([^"]*)"/.exec(attributes)?.[1] ?? []);
      assertEquals(ids.length, new Set(ids).size);
      for (const { name, attributes } of elements.filter(({ name }) => name === "svg")) {
        const labels = / aria-labelledby="([^"]*)"/.exec(attributes)?.[1]?.split(" ") ?? [];
        assert(
          / aria-hidden="true"/.test(attributes) ||
            (labels.length === 2 && labels.every((id) => ids.includes(id))),
          `${name} ${attributes}`,
        );
      }
      const count = (wanted: string) => elements.filter(({ name }) => name === wanted).length;
      assertEquals(count("caption"), count("table"));
      assertEquals(count("h1"), 1);
      let level = 0;
      for (const { name } of elements.filter(({ name }) => /^h[1-6]$/.test(name))) {
        assert(Number(name[1]) <= level + 1, name);
        level = Number(name[1]);
      }
    });
  }

  it("shows the numbers of charts as tables, and the proposed policy whole", () => {
    const page = renderReportHtml(viewOf(dayReport));
    assertStringIncludes(page, "<caption>Operations by verb</caption>");
    assertStringIncludes(page, "<caption>Decisions by day</caption>");
    assertStringIncludes(page, "<code>*.env</code>");
    const shown = /<pre[^>]*><code>([^<]*)<\/code><\/pre>/.exec(page)?.[1] ?? "";
    const text = shown.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&gt;", ">")
      .replaceAll("&lt;", "<").replaceAll("&amp;", "&");
    assertEquals(`${text}\n`, proposePolicy(starterPolicy, dayReport, "policy.yaml"));
  });

  it("is bounded however long the log and its names are", () => {
    function* many() {
      for (let i = 0; i < 2_000; i++) {
        const text = `${i}${"n".repeat(10_240)}`;
        yield decision(i, { type: "tool_call", tool: text, files: [`${text}/x`], session: text }, {
          would_deny: true,
          codes: ["operation_unverified"],
          violated: ["enforcement.on_unverified"],
        });
      }
    }
    const page = renderReportHtml(viewOf(createReport(many(), options)));
    assert(page.length < 100_000, `${page.length} characters`);
  });

  it("of no decisions is a whole page too", () => {
    const page = renderReportHtml(viewOf(createReport([], options)));
    assert(parsePage(page).length > 10);
    assertStringIncludes(page, "No decisions yet.");
    assertStringIncludes(page, "sealward hook install claude-code");
  });
});

describe("page colours", () => {
  it("have AA contrast on their paper in both schemes", async () => {
    const { pageStyle } = await import("../../src/edge/report_html/page_style.ts");
    const schemes = [...pageStyle.matchAll(/--paper: [^}]*/g)].map(([text]) =>
      new Map(
        [...text.matchAll(/--(\w+): (#[0-9a-f]{6})/g)].map(([, key = "", hex = ""]) => [key, hex]),
      )
    );
    assertEquals(schemes.length, 2);
    for (const scheme of schemes) {
      const paper = luminance(scheme.get("paper"));
      for (
        const [name, wanted] of [["ink", 7], ["soft", 4.5], ["plain", 3], ["stopped", 3], [
          "ask",
          3,
        ], ["deny", 3]] as const
      ) {
        const ink = luminance(scheme.get(name));
        const contrast = (Math.max(paper, ink) + 0.05) / (Math.min(paper, ink) + 0.05);
        assert(contrast >= wanted, `${name}: ${contrast}`);
      }
    }
  });
});

/** WCAG 2.2, relative luminance of `#rrggbb`. */
function luminance(hex = "#000000"): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("the log in a report", () => {
  const { view, extended } = logViews();
  it("says verdict, entries and head in every form", () => {
    for (const text of formsOf(view)) {
      assertStringIncludes(text, "OK-UNANCHORED");
      assertStringIncludes(text, "ab".repeat(32));
    }
    assertEquals(JSON.parse(renderReport(view, { ...table, format: "json" })).log, log);
  });
  it("shows segments and checkpoints where the log has them", () => {
    for (const text of formsOf(extended)) {
      assertMatch(text, /segments/);
      assertMatch(text, /checkpoints/);
    }
    const [shown] = formsOf(extended);
    assertStringIncludes(shown ?? "", "4, 3 sealed, entries before #100 were pruned");
    assertStringIncludes(shown ?? "", "2, the newest covers #300 (2026-11-22T18:00:00.000000Z)");
    const { segments } = JSON.parse(renderReport(extended, { ...table, format: "json" })).log;
    assertEquals(segments, { count: 4, sealed: 3, first_seq: 100 });
  });
});

function logViews() {
  const view = viewOf(dayReport);
  const segments = { count: 4, sealed: 3, first_seq: 100 };
  const checkpoints = { count: 2, last_seq: 300, last_at: "2026-11-22T18:00:00.000000Z" };
  return { view, extended: { ...view, log: { ...log, segments, checkpoints } } };
}

function formsOf(view: ReportView): readonly string[] {
  return [renderReport(view, table), renderReportHtml(view)];
}
