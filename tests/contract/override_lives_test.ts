/** Random lives of requests and grants on the real engine and log, against a model of its own. */
import { assert, assertEquals } from "@std/assert";
import type { Engine } from "../../src/pdp.ts";
import {
  checkOne,
  inOverrideProject,
  type OverrideProject,
  type Person,
  refusalOf,
  writing,
} from "../support/override_project.ts";
import { ReferenceOverrides, type ShownProof, type Terms } from "../support/reference_overrides.ts";
import { chooseSeed, type Draw, seeded } from "../support/seeded.ts";

const lives = 8;
const steps = 120;

const termsOf = (policy: number): Terms => ({
  policy: `${policy}`,
  grantSeconds: (20 + policy) * 60,
  requestSeconds: 120 + policy,
  perHour: 9,
});

const policyOf = ({ grantSeconds, requestSeconds, perHour }: Terms) =>
  `version: "1.0"
protected: {files: ["*.env"]}
overrides:
  approvers: [{name: ada}, {name: bo}]
  grant_minutes: ${grantSeconds / 60}
  request_seconds: ${requestSeconds}
  max_requests_per_hour: ${perHour}
`;

interface Offer {
  readonly id: string;
  readonly phrase: string;
  readonly file: string;
  readonly principal: string;
}

const nothing: Offer = { id: "0".repeat(32), phrase: "00000-00000", file: "", principal: "" };

class Life {
  readonly #given: OverrideProject;
  readonly #people: readonly Person[];
  readonly #draw: Draw;
  readonly #model: ReferenceOverrides;
  #engine: Engine;
  #clock: number;
  readonly #offers: Offer[] = [];
  /** Ids of grants by request, as the product told them. */
  readonly #grants = new Map<string, string>();
  /** Law O1, kept apart from the model: what was accepted, of whom. */
  readonly #accepted = new Set<string>();
  #allowed = 0;

  private constructor(
    given: OverrideProject,
    people: readonly Person[],
    draw: Draw,
    engine: Engine,
    start: { clock: number },
  ) {
    this.#given = given;
    this.#people = people;
    this.#draw = draw;
    this.#engine = engine;
    this.#clock = start.clock;
    this.#model = new ReferenceOverrides(termsOf(0), start.clock, people.map(({ name }) => name));
  }

  static async begin(given: OverrideProject, draw: Draw): Promise<Life> {
    const people = [await given.enrol("ada"), await given.enrol("bo", "SHA512")];
    const clock = given.clock.now();
    const life = new Life(given, people, draw, given.engine, { clock });
    await life.#restart();
    return life;
  }

  get counts(): { readonly granted: number; readonly allowed: number } {
    return { granted: this.#accepted.size, allowed: this.#allowed };
  }

  async step(): Promise<void> {
    const acts = [
      ...Array(6).fill(() => this.#ask()),
      ...Array(6).fill(() => this.#approve()),
      () => this.#deny(),
      () => this.#withdraw(),
      () => this.#revoke(),
      ...Array(3).fill(() => this.#moveClock()),
      () => this.#restart(),
      ...(this.#model.isClockBack ? Array(4).fill(() => this.#acceptClock()) : []),
      ...(this.#draw(4) === 0 ? [() => this.#changePolicy()] : []),
    ];
    await acts[this.#draw(acts.length)]();
    await this.#compare();
  }

  async #restart(): Promise<void> {
    this.#engine = await this.#given.again(() => ({ nowMicros: () => this.#clock * 1_000_000 }));
  }

  #moveClock(): void {
    const by = [1, 29, 30, 31, 60, 121, 600, 1_260, 3_601, -1, -30, -59, -61, -600, -4_000];
    this.#clock += by[this.#draw(by.length)] ?? 0;
    this.#model.setClock(this.#clock);
  }

  async #acceptClock(): Promise<void> {
    await this.#engine.overrides.acceptClock("uid:0");
    this.#model.acceptClock();
  }

  async #changePolicy(): Promise<void> {
    const terms = termsOf(this.#draw(3));
    await this.#given.accept(policyOf(terms));
    this.#model.setPolicy(terms);
  }

  async #ask(): Promise<void> {
    // Often what was approved last: what becomes of a grant is what this is about.
    const granted = this.#offers.findLast(({ id }) => this.#grants.has(id));
    const { file, principal } = this.#draw(3) === 0 && granted !== undefined
      ? granted
      : { file: `${"abcd"[this.#draw(4)]}.env`, principal: `uid:${this.#draw(2)}` };
    const expected = this.#model.ask(file, principal);
    const { decision, override } = await checkOne(this.#engine, writing(file), principal);
    assertEquals(decision, expected === "allow" ? "allow" : "deny", file);
    if (expected === "allow") {
      assertEquals(override?.status, "granted");
      this.#allowed++;
    } else if (expected === "too_many" || expected === "clock_back") {
      assertEquals(override?.status, expected);
    } else {
      assert(override?.status === "offered");
      const { request_id: id, phrase } = override;
      if (expected !== "new") assertEquals(id, expected.same);
      else {
        assert(this.#model.word(id) === null, "an id twice");
        this.#model.open(id, file, principal);
        this.#offers.push({ id, phrase, file, principal });
      }
    }
  }

  async #approve(): Promise<void> {
    const offer = this.#anyOffer();
    const person = this.#people[this.#draw(2)];
    assert(person !== undefined);
    const channel = this.#draw(3) === 0 ? "server" : "console";
    const isSlip = this.#draw(8) === 0;
    const { proof, shown } = this.#prove(person);
    const expected = this.#model.approve(offer.id, { channel, proof: shown, hasPhrase: !isSlip });
    const answer = await refusalOf(async () => {
      const status = await this.#engine.overrides.approve({
        requestId: offer.id,
        phrase: isSlip ? "AAAAA-AAAAA" : offer.phrase,
        justification: "a random yes",
        grant: { kind: "once" },
        channel,
        proof,
      });
      this.#grants.set(offer.id, status.override_id ?? "");
      this.#accept(shown);
    });
    const word = answer === "nothing was refused" ? "approved" : answer.split(":")[0];
    assertEquals(word, expected, JSON.stringify(shown));
  }

  /** Law O1. */
  #accept(shown: ShownProof): void {
    const what = shown.kind === "totp" ? `step ${shown.step}` : `code ${shown.index}`;
    const key = `${shown.person} ${what}`;
    assert(!this.#accepted.has(key), `${key} was accepted twice`);
    this.#accepted.add(key);
  }

  #prove(person: Person) {
    const kind = this.#draw(10);
    if (kind === 0) {
      const index = this.#draw(3);
      const proof = {
        kind: "recovery",
        approver: person.name,
        code: person.recovery[index] ?? "",
      } as const;
      return { proof, shown: { kind: "recovery", person: person.name, index } as const };
    }
    const name = kind === 1 ? "nobody" : person.name;
    const step = Math.floor(this.#clock / 30) + this.#draw(5) - 2;
    const isGuess = kind < 5;
    const code = isGuess ? this.#wrongCode(person) : person.code(step * 30);
    const shown = { kind: "totp", person: name, step: isGuess ? null : step } as const;
    return { proof: { kind: "totp", approver: name, code } as const, shown };
  }

  #wrongCode(person: Person): string {
    const near = [-1, 0, 1].map((offset) => person.code(this.#clock + offset * 30));
    for (;;) {
      const code = `${this.#draw(1_000_000)}`.padStart(6, "0");
      if (!near.includes(code)) return code;
    }
  }

  async #deny(): Promise<void> {
    const { id } = this.#anyOffer();
    const expected = this.#model.deny(id);
    const answer = await refusalOf(() =>
      this.#engine.overrides.deny(id, { justification: "a no", channel: "console", by: "uid:0" })
    );
    this.#isAsExpected(answer, expected, "denied");
  }

  async #withdraw(): Promise<void> {
    const { id } = this.#anyOffer();
    const why = this.#draw(2) === 0 ? "cancelled" : "timeout";
    this.#model.withdraw(id, why);
    const answer = await refusalOf(() => this.#engine.overrides.withdraw(id, null, why));
    if (answer !== "nothing was refused") this.#isAsExpected(answer, "override_unknown", "");
  }

  async #revoke(): Promise<void> {
    const { id } = this.#anyOffer();
    const grant = this.#grants.get(id) ?? "f".repeat(32);
    const expected = this.#model.revoke(id);
    const why = { justification: "no more", channel: "console", by: "uid:0" } as const;
    const answer = await refusalOf(() => this.#engine.overrides.revoke(grant, why));
    this.#isAsExpected(answer, expected, "revoked");
  }

  #isAsExpected(answer: string, expected: string, done: string): void {
    const word = answer === "nothing was refused" ? done : answer.split(":")[0];
    // What is over may be forgotten.
    if (word === "override_unknown" && expected === "override_refused") return;
    assertEquals(word, expected);
  }

  #anyOffer(): Offer {
    const recent = this.#offers.slice(-6);
    return recent[this.#draw(recent.length)] ?? nothing;
  }

  /** Law O2: nothing lives longer, or comes back, by whatever happened. */
  async #compare(): Promise<void> {
    for (const { id } of this.#offers.slice(-8)) {
      const expected = this.#model.word(id);
      const isValid = await this.#engine.overrides.isValid(this.#grants.get(id) ?? "", null);
      assertEquals(isValid, expected === "approved" && !this.#model.isClockBack, id);
      let word = "";
      const answer = await refusalOf(async () => {
        word = (await this.#engine.overrides.status(id, null)).status;
      });
      if (answer === "nothing was refused") assertEquals(word, expected, id);
      else assert(expected !== "pending" && expected !== "approved", `${id} was forgotten`);
    }
  }
}

Deno.test("O1 O2 TOTP-06 BIND-02 random lives of requests are as the model has them", async () => {
  const seed = chooseSeed("overrides");
  const draw = seeded(seed);
  let [granted, allowed] = [0, 0];
  for (let life = 0; life < lives; life++) {
    await inOverrideProject(async (given) => {
      const one = await Life.begin(given, draw);
      for (let step = 0; step < steps; step++) {
        try {
          await one.step();
        } catch (error) {
          throw new Error(`life ${life}, step ${step}, --seed=${seed}`, { cause: error });
        }
      }
      granted += one.counts.granted;
      allowed += one.counts.allowed;
      for await (const result of given.engine.replay({ first: 0, last: 10_000 })) {
        assertEquals(result.status, "agrees", JSON.stringify(result));
      }
    }, { policy: policyOf(termsOf(0)) });
  }
  // A run in which nothing was ever approved would hold anything.
  assert(granted >= lives / 2 && allowed >= 2, `${granted} granted, ${allowed} allowed`);
});
