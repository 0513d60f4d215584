/** Free play: the enabled steps at each state, to be chosen by hand. */
import { computed, effect, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { lookups } from "../engine/lane.js";
import type { Played, Question } from "../engine/protocol.js";
import { LadderView } from "../ladder/ladder.js";
import { nothingTo } from "./obstacle.js";
import { playedSteps, questionFor, reading, selected } from "./state.js";

const played = signal<
  { readonly of: string; readonly steps: readonly number[]; readonly found: Played } | { readonly fault: string } | undefined
>(undefined);

/** Links and changed tests may ask for steps that are not enabled; those that are stay. */
const asked = computed((): { readonly question: Question; readonly steps: readonly number[] } | undefined => {
  const name = selected.value;
  return name === undefined || reading.value?.runs !== true ? undefined : { question: questionFor(name), steps: playedSteps.value };
});

let latest = 0;

async function look(question: Question, steps: readonly number[]): Promise<void> {
  const mine = ++latest;
  try {
    const found = await lookups.ask((engine) => engine.drive(question, steps));
    if (mine === latest) played.value = { of: JSON.stringify(question), steps, found };
  } catch (error) {
    if (mine === latest) played.value = { fault: error instanceof Error ? error.message : String(error) };
  }
}

export function FreePlay() {
  useEffect(
    () =>
      effect(() => {
        const now = asked.value;
        if (now !== undefined) void look(now.question, now.steps);
      }),
    [],
  );
  const shown = played.value;
  const section = useRef<HTMLElement>(null);
  const driving = useRef(false);
  // The step that was chosen is gone, and with it what had the focus: keys go on to be heard.
  useLayoutEffect(() => {
    if (driving.current && document.activeElement === document.body) section.current?.focus();
    driving.current = false;
  }, [shown]);
  if (reading.value?.runs === false) return <p class="message">{nothingTo("drive")}</p>;
  if (shown === undefined) return <p class="message">…</p>;
  if ("fault" in shown) return <p class="message error">{shown.fault}</p>;
  const { found } = shown;
  const steps = shown.steps.slice(0, found.made);
  const make = (step: number): void => {
    driving.current = true;
    playedSteps.value = [...steps, step];
  };
  const undo = (): void => {
    driving.current = true;
    playedSteps.value = steps.slice(0, -1);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const choice = /^[1-9]$/.test(event.key) ? found.choices[Number(event.key) - 1] : undefined;
    if (choice !== undefined) make(choice.step);
    else if ((event.key === "u" || event.key === "Backspace") && steps.length > 0) undo();
    else return;
    event.preventDefault();
  };
  return (
    <section class="play" ref={section} tabIndex={-1} aria-labelledby="play-title" onKeyDown={onKey}>
      <div class="player-head">
        <h3 id="play-title">
          Drive {selected.value}:{" "}
          {steps.length === 0 ? "nothing has happened yet" : `${steps.length} ${steps.length === 1 ? "step" : "steps"} made`}
        </h3>
        <button type="button" disabled={steps.length === 0} onClick={undo} title="Undo (u)">
          Undo
        </button>
        <button type="button" disabled={steps.length === 0} onClick={() => (playedSteps.value = [])}>
          Start again
        </button>
      </div>
      <p class="sentence" role="status">
        {found.discarded
          ? "That guess was wrong: this run never happened. Undo it."
          : found.end !== undefined
            ? `The run has ended${found.end.state === "" ? "" : ` with ${found.end.state}`} The condition's outcome ${found.end.satisfies ? "is this one." : "is another."}`
            : found.choices.length === 0
              ? "Nothing can happen any more, and not everything is done: a deadlock."
              : found.events.length === 0
                ? "Choose what happens first. Keys 1 to 9 choose, u undoes."
                : `${found.events.at(-1)?.what}.`}
      </p>
      {found.choices.length === 0 ? null : (
        <ol class="play-choices" aria-label="Enabled steps">
          {found.choices.map((choice, index) => {
            const passes = choice.events.some((each) => each.passed.length > 0 || each.overtook.length > 0);
            return (
              <li key={choice.step}>
                <button type="button" class={passes ? "passes" : ""} onClick={() => make(choice.step)}>
                  <span class="key" aria-hidden="true">
                    {index < 9 ? index + 1 : ""}
                  </span>
                  <span>
                    {choice.what}
                    {choice.discarded ? <em> – turns out to be a wrong guess</em> : null}
                  </span>
                </button>
              </li>
            );
          })}
        </ol>
      )}
      {found.entries.length === 0 ? null : (
        <div class="ladder-box" tabIndex={0} role="region" aria-label="Ladder diagram of the steps made">
          <LadderView story={found} step={found.entries.length} onStep={(entry) => back(found, steps, entry)} />
        </div>
      )}
      <Threads found={found} />
    </section>
  );
}

/** A click on an entry of the ladder goes back to it. */
function back(found: Played, steps: readonly number[], entry: number): void {
  const last = found.entries[entry - 1]?.events.at(-1)?.number;
  if (last !== undefined && last < steps.length) playedSteps.value = steps.slice(0, last);
}

const SIGN = { waits: "·", sent: "→", done: "✓" } as const;
const WORD = { waits: "not yet", sent: "under way", done: "done" } as const;

function Threads({ found }: { readonly found: Played }) {
  const { threads, memory } = found.snapshot;
  return (
    <div class="threads-now">
      {threads.map((thread) => (
        <div key={thread.name} class="thread-now">
          <h4>
            {thread.name}
            {thread.idle ? <span class="faint"> not started</span> : null}
          </h4>
          <ul>
            {thread.lines.map((line) => (
              <li key={line.instruction} class={line.standing}>
                <span role="img" aria-label={WORD[line.standing]}>
                  {SIGN[line.standing]}
                </span>{" "}
                <code>{line.text}</code>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <div class="thread-now">
        <h4>memory, registers</h4>
        <ul>
          {memory.map((each) => (
            <li key={each.name}>
              <code>
                {each.name}={each.value}
              </code>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
