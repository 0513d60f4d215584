/** Why the selected cell is what it is: the run, step by step, or what forbids it. */
import { useEffect } from "preact/hooks";
import type { Account, Story } from "../engine/protocol.js";
import { LadderView } from "../ladder/ladder.js";
import { Icon } from "./icons.js";
import { nothingTo } from "./obstacle.js";
import { Options } from "./options.js";
import { RuleLine, RuleSwitch } from "./rules.js";
import { Source } from "./source.js";
import {
  account,
  anotherWitness,
  goTo,
  lastStep,
  notice,
  off,
  otherStories,
  passStep,
  playing,
  reading,
  step,
  story,
  storyNumber,
  text,
} from "./state.js";
import { Verdict } from "./verdict.js";

/** Milliseconds that a step is shown while playing. */
const BEAT = 1400;

export function Explanation() {
  const found = account.value;
  if (found === undefined) {
    return <p class="message">{reading.value?.runs === false ? nothingTo("explain") : "…"}</p>;
  }
  if ("fault" in found) return <p class="message error">{found.fault}</p>;
  const stale = found.question.text !== text.value;
  return (
    <div class={stale ? "explanation stale" : "explanation"}>
      <Head found={found} />
      {story.value === undefined ? null : <Player found={found} shown={story.value} />}
      <Reasons found={found} />
    </div>
  );
}

function Head({ found }: { readonly found: Account }) {
  const { cell, question } = found;
  return (
    <div class="why-head">
      <p class="why-verdict">
        <strong>{cell.platform}</strong> <Verdict verdict={cell.verdict} byDefault={cell.byDefault} />{" "}
        <span class="faint">{found.platformTitle}</span>
      </p>
      {question.off.length > 0 ? (
        <div class="off-note" role="status">
          <p>
            With {question.off.length === 1 ? "this rule" : "these rules"} turned off it is <strong>{cell.verdict}</strong>:
          </p>
          {question.off.map((rule, index) => (
            <RuleLine key={index} rule={rule} platform={cell.platform} />
          ))}
          <button type="button" onClick={() => (off.value = [])}>
            Turn on again
          </button>
        </div>
      ) : null}
      {cell.verdict === "unknown" ? <p>Unknown: {cell.reason ?? "the search did not end"}.</p> : null}
      {cell.vacuous ? <p>No run ends at all, so the outcome is forbidden vacuously.</p> : null}
      {cell.bounds.map((bound) => (
        <p key={bound} class="faint">
          Within this bound: {bound}.
        </p>
      ))}
    </div>
  );
}

function Player({ found, shown }: { readonly found: Account; readonly shown: Story }) {
  const now = step.value;
  const last = lastStep.value;
  const entry = shown.entries[now - 1];
  useEffect(() => {
    if (!playing.value) return;
    const timer = setInterval(() => {
      if (step.value >= lastStep.value) playing.value = false;
      else goTo(step.value + 1);
    }, BEAT);
    return () => clearInterval(timer);
  }, [playing.value]);
  const play = (): void => {
    if (!playing.value && step.value >= lastStep.value) goTo(0);
    playing.value = !playing.value;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const act: { readonly [key: string]: () => void } = {
      ArrowRight: () => goTo(now + 1),
      ArrowDown: () => goTo(now + 1),
      ArrowLeft: () => goTo(now - 1),
      ArrowUp: () => goTo(now - 1),
      Home: () => goTo(0),
      End: () => goTo(last),
      j: () => goTo(passStep.value ?? now),
      p: play,
    };
    const found = act[event.key];
    if (found === undefined) return;
    event.preventDefault();
    playing.value = playing.value && event.key === "p";
    found();
  };
  const head =
    found.story !== undefined
      ? "How it happens"
      : found.otherwise !== undefined
        ? `How it happens, ${found.otherwise.words.replace(/^allowed /, "")}`
        : "A run gets stuck";
  const stories = 1 + otherStories.value.length;
  return (
    <section class="player" aria-labelledby="player-title" onKeyDown={onKey}>
      <div class="player-head">
        <h3 id="player-title">{head}</h3>
        {stories > 1 ? (
          <span class="faint">
            run {storyNumber.value + 1} of {stories}
          </span>
        ) : null}
        {found.story !== undefined ? (
          <button type="button" onClick={() => void anotherWitness()}>
            Another witness
          </button>
        ) : null}
      </div>
      <Controls entry={entry} play={play} />
      <p class="sentence" role="status">
        {entry === undefined ? "Nothing has happened yet." : `${entry.number}. ${entry.what}.`}
      </p>
      <div class="ladder-box" tabIndex={0} role="region" aria-label="Ladder diagram; arrow keys step">
        <LadderView story={shown} step={now} onStep={goTo} />
      </div>
      <p class="end faint">
        At the end: <code>{shown.ladder.end || "the condition holds"}</code>
      </p>
      <StepRules shown={shown} platform={found.cell.platform} />
      <details class="listing">
        <summary>All {last} steps as a list</summary>
        <ol>
          {shown.entries.map((each) => (
            <li key={each.number} aria-current={each.number === now ? "step" : undefined}>
              <button type="button" class="plain" onClick={() => goTo(each.number)}>
                {each.what}.
              </button>
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}

/** The buttons and the slider that step through the run. */
function Controls({ entry, play }: { readonly entry: Story["entries"][number] | undefined; readonly play: () => void }) {
  const now = step.value;
  const last = lastStep.value;
  return (
    <div class="controls" role="toolbar" aria-label="Steps of the run">
      <button type="button" onClick={() => goTo(0)} disabled={now === 0} aria-label="To the start" title="To the start (Home)">
        <Icon name="start" />
      </button>
      <button type="button" onClick={() => goTo(now - 1)} disabled={now === 0} aria-label="Step back" title="Step back (←)">
        <Icon name="back" />
      </button>
      <button type="button" class="primary" onClick={play} aria-label={playing.value ? "Pause" : "Play"} title="Play (p)">
        <Icon name={playing.value ? "pause" : "play"} />
      </button>
      <button type="button" onClick={() => goTo(now + 1)} disabled={now === last} aria-label="Step forward" title="Step forward (→)">
        <Icon name="forward" />
      </button>
      <button type="button" onClick={() => goTo(last)} disabled={now === last} aria-label="To the end" title="To the end (End)">
        <Icon name="end" />
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={now}
        aria-label="Step"
        aria-valuetext={`Step ${now} of ${last}${entry === undefined ? "" : `: ${entry.what}`}`}
        onInput={(event) => goTo(Number(event.currentTarget.value))}
      />
      <span class="count">
        {now}/{last}
      </span>
      {passStep.value === undefined ? null : (
        <button type="button" onClick={() => goTo(passStep.value ?? 0)} title="To the step where something is passed (j)">
          Jump to the pass
        </button>
      )}
    </div>
  );
}

/** The rules by which the shown step went ahead of something. */
function StepRules({ shown, platform }: { readonly shown: Story; readonly platform: string }) {
  const entry = shown.entries[step.value - 1];
  if (entry === undefined) return null;
  const ids = new Set([
    ...entry.passed.flatMap(({ table, cell }) => (cell === undefined ? [] : [`${table}: ${cell.id}`])),
    ...entry.overtook.flatMap(({ rule }) => (rule === undefined ? [] : [rule.id])),
  ]);
  const rules = shown.rules.filter(
    (rule) => ids.has(rule.id) || [...ids].some((id) => rule.kind === "window" && rule.id.endsWith(`: ${id}`)),
  );
  if (rules.length === 0) return null;
  return (
    <div class="step-rules" aria-live="polite">
      <p class="tag">Allowed in this step by</p>
      {rules.map((rule, index) => (
        <RuleLine key={index} rule={rule} platform={platform} />
      ))}
    </div>
  );
}

function Reasons({ found }: { readonly found: Account }) {
  const { cell, obstacles, story: own } = found;
  const shown = story.value ?? own;
  const others = shown === undefined ? [] : shown.rules.filter((rule) => !shown.deciding.some((each) => each.id === rule.id));
  return (
    <div class="reasons">
      {own !== undefined && shown !== undefined && found.question.off.length === 0 ? (
        <section aria-labelledby="deciding-title">
          <h3 id="deciding-title">
            {shown.rules.length === 0
              ? "Nothing went ahead of anything: the order of the programs alone allows it."
              : shown.deciding.length === 0
                ? "The rules that let it happen"
                : shown.deciding.length === 1
                  ? "The rule that decides"
                  : "The rules that decide"}
          </h3>
          {shown.deciding.map((rule, index) => (
            <div key={index} class="reason">
              <RuleLine rule={rule} platform={cell.platform} />
              <RuleSwitch rules={[rule]} label="holds – switch it off: the outcome becomes forbidden" />
            </div>
          ))}
          {shown.deciding.length === 0 && shown.rules.length > 0 ? <p class="faint">None of them decides alone.</p> : null}
          {others.length > 0 && shown.deciding.length > 0 ? <p class="tag">Also used</p> : null}
          {others.map((rule, index) => (
            <RuleLine key={index} rule={rule} platform={cell.platform} />
          ))}
        </section>
      ) : null}
      {obstacles === undefined ? null : (
        <section aria-labelledby="obstacles-title">
          <h3 id="obstacles-title">{obstacles.sets.length === 0 ? "No rule of the platform alone forbids it" : "What forbids it"}</h3>
          {obstacles.sets.length === 0 ? (
            <p>
              With every one of its rules dropped, coherence, dependencies, what the CPU keeps in order of itself, and the values would.
            </p>
          ) : (
            <p>
              {(obstacles.sets[0]?.length ?? 0) > 1
                ? "Without all of these together it would be allowed."
                : obstacles.sets.length > 1
                  ? "Without any one of these it would be allowed."
                  : "Without this it would be allowed."}
            </p>
          )}
          {obstacles.sets.map((set, index) => (
            <div key={index} class="reason">
              {set.map((rule, at) => (
                <RuleLine key={at} rule={rule} platform={cell.platform} />
              ))}
              <RuleSwitch
                rules={set}
                label={set.length === 1 ? "holds – switch it off to see the run" : "hold – switch them off to see the run"}
              />
            </div>
          ))}
          {obstacles.complete ? null : <p class="faint">A budget ran out: there may be other ways.</p>}
        </section>
      )}
      {found.options.length === 0 ? null : <Options found={found} />}
      {found.mapping.length === 0 ? null : (
        <section aria-labelledby="mapping-title">
          <h3 id="mapping-title">What becomes of the mappings</h3>
          <ul class="mapping">
            {found.mapping.map((each) => (
              <li key={each.location}>
                <code>{each.location}</code>: requested {each.requested}; on the bus{" "}
                {each.bits.length === 0 ? "nothing" : each.bits.join(", ")}
              </li>
            ))}
          </ul>
        </section>
      )}
      {(reading.value?.test?.sources.length ?? 0) === 0 ? null : (
        <section aria-labelledby="sources-title">
          <h3 id="sources-title">Where the test is from</h3>
          {reading.value?.test?.sources.map((each) => (
            <p key={each} class="source">
              <Source text={each} />
            </p>
          ))}
        </section>
      )}
    </div>
  );
}

export function Notice() {
  const shown = notice.value;
  return (
    <div class="notice-place" role={shown?.kind === "error" ? "alert" : "status"}>
      {shown === undefined ? null : (
        <p class={`notice ${shown.kind}`}>
          {shown.text}{" "}
          <button type="button" class="plain" aria-label="Dismiss" onClick={() => (notice.value = undefined)}>
            ✕
          </button>
        </p>
      )}
    </div>
  );
}
