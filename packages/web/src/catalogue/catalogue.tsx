/** The catalogue: cards with their small matrices, search and filters. */
import tests from "virtual:catalogue";
import { computed, effect, signal } from "@preact/signals";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { VerdictDot } from "../bench/verdict.js";
import { Cancelled, lookups } from "../engine/lane.js";
import type { PlatformLine, PlatformView, VerdictWord } from "../engine/protocol.js";
import { address } from "../route.js";
import { ALL, addressOf, type Filter, filterOf, matches, type RuleChoice } from "./filter.js";
import type { CatalogueTest } from "./test.js";

/** The columns of every card's matrix. */
const COLUMNS = ["portable", "x86", "arm64", "ppc64", "riscv", "ia64", "sn2", "ip27"];

const filter = computed(() => filterOf(address.value));
const platforms = signal<readonly PlatformLine[]>([]);
/** Verdicts by test and platform. */
const verdicts = signal<ReadonlyMap<string, VerdictWord>>(new Map());
/** Tests that the chosen rule decides, or that have the chosen verdict: as far as is known. */
const answers = signal<{ readonly of: string; readonly ids: ReadonlySet<string>; readonly asked: number }>({
  of: "",
  ids: new Set(),
  asked: 0,
});
const ruleChoices = signal<{ readonly platform: string; readonly rules: readonly RuleChoice[] }>({ platform: "", rules: [] });

const keyOf = (test: CatalogueTest, platform: string): string => `${test.id} ${platform}`;

const candidates = computed(() => tests.filter((test) => matches(test, filter.value)));
const needsEngine = computed(() => filter.value.platform !== "" && (filter.value.verdict !== "" || filter.value.rule !== ""));
const shown = computed(() => (needsEngine.value ? candidates.value.filter((test) => answers.value.ids.has(test.id)) : candidates.value));

const distinct = (list: readonly string[]): readonly string[] => [...new Set(list)];
const SUBJECTS = distinct(tests.map((test) => test.subject));
const DRIVERS = distinct(tests.flatMap((test) => test.drivers)).toSorted();
const BUGS = distinct(tests.flatMap((test) => test.bug ?? []));

function change(part: Partial<Filter>): void {
  history.replaceState(null, "", addressOf({ ...filter.peek(), ...part }));
  address.value = location.hash;
}

/** The rules of the chosen platform, for the choice of one. */
async function loadRules(name: string): Promise<void> {
  const found: PlatformView | undefined = name === "" ? undefined : await lookups.ask((engine) => engine.platform(name));
  const cells = found === undefined ? [] : [...found.tables.flatMap((table) => table.cells), ...found.window];
  ruleChoices.value = { platform: name, rules: cells.map(({ rule }) => ({ label: rule.id, rule })) };
}

/** How many tests go to the worker at once: often enough to see it come in. */
const BATCH = 12;

async function answer(
  of: string,
  list: readonly CatalogueTest[],
  on: string,
  verdict: string,
  rule: RuleChoice | undefined,
): Promise<void> {
  answers.value = { of, ids: new Set(), asked: 0 };
  for (let at = 0; at < list.length; at += BATCH) {
    const batch = list.slice(at, at + BATCH);
    const texts = batch.map((test) => test.text);
    const words = verdict === "" ? undefined : await lookups.ask((engine) => engine.verdicts(texts, [on]));
    const decided = rule === undefined ? undefined : await lookups.ask((engine) => engine.decided(texts, on, rule.rule));
    if (answers.peek().of !== of) return;
    const ids = batch.filter(
      (_, index) => (words === undefined || words[index]?.[0] === verdict) && (decided === undefined || decided.includes(index)),
    );
    answers.value = { of, ids: new Set([...answers.peek().ids, ...ids.map((test) => test.id)]), asked: at + batch.length };
  }
}

export function Catalogue() {
  useEffect(() => {
    void lookups
      .ask((engine) => engine.platforms())
      .then((list) => {
        platforms.value = list;
      });
    const stopRules = effect(() => {
      const name = filter.value.platform;
      if (name !== ruleChoices.peek().platform) void loadRules(name).catch(() => undefined);
    });
    const stop = effect(() => {
      const { platform, verdict, rule } = filter.value;
      const list = candidates.value;
      const choice = ruleChoices.value.platform === platform ? ruleChoices.value.rules.find((each) => each.label === rule) : undefined;
      if (!needsEngine.value || (rule !== "" && choice === undefined)) return;
      const of = JSON.stringify([platform, verdict, rule, list.map((test) => test.id)]);
      if (answers.peek().of === of) return;
      answer(of, list, platform, verdict, choice).catch((error: unknown) => {
        if (!(error instanceof Cancelled)) throw error;
      });
    });
    return () => {
      stopRules();
      stop();
    };
  }, []);
  const now = filter.value;
  const list = shown.value;
  const busy = needsEngine.value && answers.value.asked < candidates.value.length;
  return (
    <section class="catalogue" aria-labelledby="catalogue-title">
      <div class="catalogue-head">
        <h2 id="catalogue-title">Catalogue</h2>
        <p class="faint" role="status">
          {list.length} of {tests.length} tests
          {busy ? `; ${answers.value.asked} of ${candidates.value.length} asked …` : ""}
        </p>
      </div>
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <div class="choice wide">
          <label for="catalogue-words">Search</label>
          <input
            id="catalogue-words"
            type="search"
            value={now.words}
            placeholder="words in the test, its text or its sources"
            onInput={(event) => change({ words: event.currentTarget.value })}
          />
        </div>
        <Choice label="Subject" value={now.subject} all="any" list={SUBJECTS} onChange={(subject) => change({ subject })} />
        <Choice label="Bug" value={now.bug} all="any" list={BUGS} onChange={(bug) => change({ bug })} />
        <Choice label="Driver" value={now.driver} all="any" list={DRIVERS} onChange={(driver) => change({ driver })} />
        <Choice
          label="Platform"
          value={now.platform}
          all="any"
          list={platforms.value.map((each) => each.name)}
          onChange={(platform) => change({ platform, rule: "", ...(platform === "" ? { verdict: "" } : {}) })}
        />
        <Choice
          label="Verdict there"
          value={now.verdict}
          all={now.platform === "" ? "choose a platform" : "any"}
          list={now.platform === "" ? [] : ["allowed", "forbidden", "depends", "unknown"]}
          onChange={(verdict) => change({ verdict })}
        />
        <Choice
          label="Decided by the rule"
          value={now.rule}
          all={now.platform === "" ? "choose a platform" : "any"}
          list={ruleChoices.value.platform === now.platform ? ruleChoices.value.rules.map((each) => each.label) : []}
          onChange={(rule) => change({ rule })}
        />
        <button type="button" onClick={() => change(ALL)}>
          Clear
        </button>
      </form>
      <ul class="cards">
        {list.map((test) => (
          <Card key={test.id} test={test} />
        ))}
      </ul>
      {list.length === 0 && !busy ? <p class="message">No test is like that.</p> : null}
    </section>
  );
}

function Choice({
  label,
  value,
  all,
  list,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly all: string;
  readonly list: readonly string[];
  readonly onChange: (value: string) => void;
}) {
  const options = value === "" || list.includes(value) ? list : [value, ...list];
  const id = useId();
  return (
    <div class="choice">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{all}</option>
        {distinct(options).map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </div>
  );
}

const asked = new Set<string>();

async function askFor(test: CatalogueTest): Promise<void> {
  if (asked.has(test.id)) return;
  asked.add(test.id);
  try {
    const [row] = await lookups.ask((engine) => engine.verdicts([test.text], COLUMNS));
    verdicts.value = new Map([...verdicts.value, ...COLUMNS.map((name, index) => [keyOf(test, name), row?.[index] ?? "unknown"] as const)]);
  } catch {
    asked.delete(test.id);
  }
}

function Card({ test }: { readonly test: CatalogueTest }) {
  const element = useRef<HTMLLIElement>(null);
  // Verdicts are asked for when the card comes into sight.
  useEffect(() => {
    const card = element.current;
    if (card === null || asked.has(test.id)) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      void askFor(test);
    });
    observer.observe(card);
    return () => observer.disconnect();
  }, [test]);
  return (
    <li class="card" ref={element}>
      <h3>
        <a href={`#/test/${test.id}`}>{test.name}</a>
      </h3>
      <p class="faint">
        {test.subject}
        {test.bug === undefined ? "" : ` · bug ${test.bug}`}
      </p>
      <p class="doc">{test.doc}</p>
      <Dots test={test} />
    </li>
  );
}

function Dots({ test }: { readonly test: CatalogueTest }) {
  const row = useMemo(() => computed(() => COLUMNS.map((name) => verdicts.value.get(keyOf(test, name))).join(",")), [test]).value.split(
    ",",
  );
  return (
    <div class="dots">
      {COLUMNS.map((name, index) => (
        <span key={name} class="dot-column">
          <span class="dot-name" aria-hidden="true">
            {name}
          </span>
          <VerdictDot verdict={(row[index] as VerdictWord) || undefined} title={name} />
        </span>
      ))}
    </div>
  );
}

/** The text of a test by its path, or undefined. */
export function testText(id: string): string | undefined {
  return tests.find((test) => test.id === id)?.text;
}
