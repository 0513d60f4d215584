/** What the workbench shows: the test, its verdicts, the chosen cell's explanation, and the step that is looked at. */

import type { Rule } from "@fencepost/core/report";
import { batch, computed, effect, signal } from "@preact/signals";
import firstTest from "../../../../catalogue/altix/cq-race.litmus?raw";
import { Cancelled, createLane, lookups } from "../engine/lane.js";
import type { Account, Cell, ModelRow, PlatformLine, Question, Reading, Settings, Story } from "../engine/protocol.js";

/** Platforms that every test is asked on, besides those that it names. */
const USUAL = ["sn2", "pcie", "portable", "arm64", "ppc64", "riscv"];

/** Milliseconds without a key before the engines are asked. */
const PAUSE = 12;

const verdictLane = createLane({ cancels: true });
const storyLane = createLane({ cancels: true });

export const FIRST_TEST = firstTest;

export const text = signal(firstTest);
/** Undefined: those that the test names, and the usual ones. */
export const chosenPlatforms = signal<readonly string[] | undefined>(undefined);
export const settings = signal<Settings>([]);
/** Rules turned off on the selected platform. */
export const off = signal<readonly Rule[]>([]);
/** The platform that the user has selected; undefined: the first one on which the outcome is allowed. */
export const selectedByUser = signal<string | undefined>(undefined);

export const reading = signal<Reading | undefined>(undefined);
export const cells = signal<ReadonlyMap<string, Cell | "asked" | { readonly fault: string }>>(new Map());
export const account = signal<Account | { readonly fault: string } | undefined>(undefined);
/** The story in place of the account's own: another witness. */
export const otherStories = signal<readonly Story[]>([]);
/** Which of the stories is shown: 0 the account's own. */
export const storyNumber = signal(0);
/** Number of the entry that is looked at: 0 is before the first. */
export const step = signal(0);
export const playing = signal(false);
/** The views of the selected cell. */
export type Tab = "why" | "play" | "fixes" | "cost";

export const tab = signal<Tab>("why");
/** Steps made by hand, from the initial state. */
export const playedSteps = signal<readonly number[]>([]);
export const platformLines = signal<readonly PlatformLine[]>([]);
/** What the axioms say of the test. */
export const modelRows = signal<readonly ModelRow[]>([]);
/** Milliseconds from the last key to the first verdict, and to the last. */
export const latency = signal<{ readonly first: number; readonly all: number } | undefined>(undefined);
/** Something to tell the user: a link that was wrong, a copy that was made. */
export const notice = signal<{ readonly kind: "error" | "done"; readonly text: string } | undefined>(undefined);

export const platforms = computed<readonly string[]>(() => {
  const chosen = chosenPlatforms.value;
  if (chosen !== undefined) return chosen;
  return [...new Set([...(reading.value?.test?.stated ?? []).slice(0, 12), ...USUAL])];
});

export const selected = computed<string | undefined>(() => {
  const list = platforms.value;
  const wanted = selectedByUser.value;
  if (wanted !== undefined && list.includes(wanted)) return wanted;
  const shows = (verdict: string): string | undefined =>
    list.find((name) => {
      const cell = cells.value.get(name);
      return typeof cell === "object" && "byDefault" in cell && cell.byDefault === verdict;
    });
  return shows("allowed") ?? list[0];
});

export const story = computed<Story | undefined>(() => {
  const found = account.value;
  if (found === undefined || "fault" in found) return undefined;
  return otherStories.value[storyNumber.value - 1] ?? found.story ?? found.otherwise?.story ?? found.stuck;
});

export const lastStep = computed(() => story.value?.entries.length ?? 0);

/** The first entry in which something is passed, or goes ahead. */
export const passStep = computed(() => story.value?.entries.find((entry) => entry.passed.length > 0 || entry.overtook.length > 0)?.number);

/** The verdicts that are there, in the order of the matrix. */
export function verdictRows(): readonly { readonly platform: string; readonly words: string }[] {
  return platforms.value.flatMap((platform) => {
    const cell = cells.value.get(platform);
    return typeof cell === "object" && "words" in cell ? [{ platform, words: cell.words }] : [];
  });
}

export function questionFor(platform: string): Question {
  return { text: text.value, platform, settings: settings.value, off: platform === selected.value ? off.value : [] };
}

const faultOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The stage at which a link was opened: its step and its further witnesses, to be shown when the account is there. */
let wantedStep: number | undefined;
let wantedStories: readonly (readonly number[])[] = [];

export function showWhenThere(at: number | undefined, stories: readonly (readonly number[])[]): void {
  wantedStep = at;
  wantedStories = stories;
}

let timer: ReturnType<typeof setTimeout> | undefined;
let run = 0;

async function judgeAll(mine: number, since: number): Promise<void> {
  const question = text.value;
  const read = await verdictLane.ask((engine) => engine.read(question));
  if (mine !== run) return;
  reading.value = read;
  if (!read.runs) {
    cells.value = new Map();
    await askModels(mine, question, read);
    return;
  }
  const list = platforms.value;
  // What was known stays to be seen, greyed, until there is something newer.
  cells.value = new Map(list.map((name) => [name, "asked" as const]));
  let first: number | undefined;
  const order = [...list].sort((a, b) => Number(b === selectedByUser.value) - Number(a === selectedByUser.value));
  for (const name of order) {
    let cell: Cell | { readonly fault: string };
    try {
      cell = await verdictLane.ask((engine) => engine.judge({ text: question, platform: name, settings: settings.value, off: [] }));
    } catch (error) {
      if (error instanceof Cancelled) return;
      cell = { fault: faultOf(error) };
    }
    if (mine !== run) return;
    const now = performance.now();
    first ??= now - since;
    cells.value = new Map([...cells.value, [name, cell]]);
    latency.value = { first, all: now - since };
  }
  await askModels(mine, question, read);
}

/** After the platforms: the axioms' code is loaded only for a test without devices. */
async function askModels(mine: number, question: string, read: Reading): Promise<void> {
  const rows = read.test === undefined || read.test.devices ? [] : await verdictLane.ask((engine) => engine.models(question));
  if (mine === run) modelRows.value = rows;
}

/** The text, the platforms or the settings have changed: what is being searched is given up, and all is asked anew. */
export function askAgain(): void {
  const mine = ++run;
  const since = performance.now();
  clearTimeout(timer);
  verdictLane.cancel();
  timer = setTimeout(() => {
    judgeAll(mine, since).catch((error: unknown) => {
      if (error instanceof Cancelled || mine !== run) return;
      notice.value = { kind: "error", text: faultOf(error) };
    });
  }, PAUSE);
}

export function setText(value: string): void {
  if (value === text.value) return;
  batch(() => {
    text.value = value;
    off.value = [];
    playedSteps.value = [];
    wantedStep = undefined;
    wantedStories = [];
  });
  askAgain();
}

/** Another test, from the catalogue, with nothing left of what was chosen for the one before. */
export function openTest(value: string): void {
  batch(() => {
    text.value = value;
    chosenPlatforms.value = undefined;
    settings.value = [];
    off.value = [];
    selectedByUser.value = undefined;
    playedSteps.value = [];
    tab.value = "why";
    notice.value = undefined;
  });
  showWhenThere(undefined, []);
  askAgain();
}

let explained = "";

/** Explains the selected cell whenever that is another one. */
export function followSelection(): void {
  effect(() => {
    const name = selected.value;
    const cell = name === undefined ? undefined : cells.value.get(name);
    // The verdict comes first: it is what everybody waits for.
    if (name === undefined || typeof cell !== "object" || reading.value?.runs !== true) {
      if (reading.value?.runs === false) {
        explained = "";
        account.value = undefined;
      }
      return;
    }
    const question: Question = { text: text.value, platform: name, settings: settings.value, off: off.value };
    const key = JSON.stringify(question);
    if (key === explained) return;
    explained = key;
    storyLane.cancel();
    void explainNow(question, key);
  });
}

async function explainNow(question: Question, key: string): Promise<void> {
  const show = (found: Account | { readonly fault: string }, more: readonly Story[]): void => {
    if (key !== explained) return;
    batch(() => {
      account.value = found;
      otherStories.value = more;
      storyNumber.value = more.length;
      playing.value = false;
      const at = wantedStep ?? passStep.value ?? 1;
      step.value = Math.min(at, lastStep.value);
    });
  };
  try {
    const found = await storyLane.ask((engine) => engine.explain(question));
    const more: Story[] = [];
    for (const steps of wantedStories) {
      try {
        more.push(await storyLane.ask((engine) => engine.replay(question, steps)));
      } catch (error) {
        if (error instanceof Cancelled) throw error;
        notice.value = { kind: "error", text: "The link's run is no run of this test on this platform; the engine's own is shown." };
      }
    }
    show(found, more);
  } catch (error) {
    if (!(error instanceof Cancelled)) show({ fault: faultOf(error) }, []);
  }
  if (key === explained) {
    wantedStep = undefined;
    wantedStories = [];
  }
}

/** Selects a cell of the matrix. */
export function select(platform: string): void {
  batch(() => {
    if (platform !== selected.value) {
      off.value = [];
      playedSteps.value = [];
    }
    selectedByUser.value = platform;
  });
}

export function goTo(number: number): void {
  step.value = Math.max(0, Math.min(number, lastStep.value));
}

/** Asks for another run to the same outcome. */
export async function anotherWitness(): Promise<void> {
  const found = account.value;
  if (found === undefined || "fault" in found || found.story === undefined) return;
  if (storyNumber.value < otherStories.value.length) {
    showStory(storyNumber.value + 1);
    return;
  }
  const known = [found.story, ...otherStories.value].map((each) => each.steps);
  const key = explained;
  try {
    const more = await storyLane.ask((engine) => engine.another(found.question, known));
    if (key !== explained) return;
    if (more === undefined) {
      if (otherStories.value.length > 0) showStory(0);
      notice.value = {
        kind: "done",
        text: "No further run was found.",
      };
      return;
    }
    batch(() => {
      otherStories.value = [...otherStories.value, more.story];
      if (more.differs === "in order")
        notice.value = {
          kind: "done",
          text: "The same happens in this run, in another order: none was found in which something else goes ahead.",
        };
      showStory(otherStories.value.length);
    });
  } catch (error) {
    if (!(error instanceof Cancelled)) notice.value = { kind: "error", text: faultOf(error) };
  }
}

function showStory(number: number): void {
  batch(() => {
    storyNumber.value = number;
    playing.value = false;
    step.value = passStep.value ?? Math.min(1, lastStep.value);
  });
}

export async function loadPlatforms(): Promise<void> {
  platformLines.value = await lookups.ask((engine) => engine.platforms());
}

/** Has the workers load what may be asked for later. */
export const loadEnginesAhead = (): Promise<void> => storyLane.ask((engine) => engine.ahead());
