/** The verdicts of the test on each platform, and the choice of platforms and options. */
import type { Cell } from "../engine/protocol.js";
import { Models } from "./models.js";
import { obstacle } from "./obstacle.js";
import { setOption } from "./options.js";
import { askAgain, cells, chosenPlatforms, latency, loadPlatforms, platformLines, platforms, select, selected, settings } from "./state.js";
import { Verdict } from "./verdict.js";

/** What stands beside a verdict. */
function remark(cell: Cell): string {
  if (cell.expected !== undefined && !cell.expected.met) return `the test expects ${cell.expected.stated}`;
  if (cell.verdict === "depends") return cell.words.replace(/^depends: \w+; /, "");
  if (cell.verdict === "unknown") return cell.reason ?? "the search did not end";
  if (cell.vacuous) return "no run ends";
  return "";
}

function Row({ name }: { readonly name: string }) {
  const cell = cells.value.get(name);
  const line = platformLines.value.find((each) => each.name === name);
  const now = selected.value === name;
  const known = typeof cell === "object" && "verdict" in cell ? cell : undefined;
  const fault = typeof cell === "object" && "fault" in cell ? cell.fault : undefined;
  const differs = known?.expected?.met === false;
  return (
    <tr class={now ? "now" : ""}>
      <th scope="row">
        <button type="button" aria-pressed={now} onClick={() => select(name)} title={line?.title}>
          {name}
        </button>
      </th>
      <td>
        {known !== undefined ? (
          <Verdict verdict={known.verdict} byDefault={known.byDefault} />
        ) : fault !== undefined ? (
          <span class="verdict unknown">no platform</span>
        ) : (
          <span class="verdict waiting">…</span>
        )}
      </td>
      <td class={differs ? "remark differs" : "remark"}>
        {known?.expected?.met === true ? (
          <span role="img" aria-label="as the test expects" title="as the test expects">
            ✓{" "}
          </span>
        ) : null}
        {fault ?? (known === undefined ? "" : remark(known))}
      </td>
    </tr>
  );
}

function Choose() {
  const list = platforms.value;
  const set = (names: readonly string[] | undefined): void => {
    chosenPlatforms.value = names;
    askAgain();
  };
  const toggle = (name: string): void => set(list.includes(name) ? list.filter((each) => each !== name) : [...list, name]);
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = new FormData(form).get("name");
    if (typeof name === "string" && name.trim() !== "" && !list.includes(name.trim())) set([...list, name.trim()]);
    form.reset();
  };
  return (
    <details class="choose" onToggle={() => platformLines.value.length === 0 && void loadPlatforms()}>
      <summary>Platforms</summary>
      <div class="choices">
        {platformLines.value.map(({ name, title }) => (
          <label key={name} title={title}>
            <input type="checkbox" checked={list.includes(name)} onChange={() => toggle(name)} /> {name}
          </label>
        ))}
      </div>
      <form onSubmit={add}>
        <label>
          CPU+fabric@kernel <input name="name" placeholder="arm64+pci@5.1" maxLength={60} autocomplete="off" spellcheck={false} />
        </label>
        <button type="submit">Add</button>
        <button type="button" onClick={() => set(undefined)}>
          Usual ones
        </button>
      </form>
      <div class="settings">
        <label>
          <input
            type="checkbox"
            checked={settings.value.some(([id]) => id === "compiler")}
            onChange={(event) => setOption("compiler", event.currentTarget.checked ? "on" : undefined)}
          />{" "}
          the compiler reorders plain accesses
        </label>
        <label>
          credits{" "}
          <input
            class="number"
            inputMode="numeric"
            pattern="[1-9][0-9]*"
            maxLength={4}
            placeholder="∞"
            value={settings.value.find(([id]) => id === "credits")?.[1] ?? ""}
            onChange={(event) => setOption("credits", /^[1-9]\d*$/.test(event.currentTarget.value) ? event.currentTarget.value : undefined)}
          />
        </label>
      </div>
    </details>
  );
}

export function Matrix() {
  const time = latency.value;
  return (
    <section class="pane matrix" aria-labelledby="matrix-title">
      <header>
        <h2 id="matrix-title">Verdicts</h2>
        <span class="faint" data-first={time?.first.toFixed(1)} data-all={time?.all.toFixed(1)}>
          {obstacle.value !== undefined || time === undefined ? "" : `${Math.max(1, Math.round(time.all))} ms`}
        </span>
      </header>
      {obstacle.value !== undefined ? (
        <p class="message" role="status">
          {obstacle.value.words}
        </p>
      ) : (
        <table>
          <caption class="hidden">Verdict of the test on each platform; choose one to see why</caption>
          <thead class="hidden">
            <tr>
              <th scope="col">Platform</th>
              <th scope="col">Verdict</th>
              <th scope="col">Remark</th>
            </tr>
          </thead>
          <tbody>
            {platforms.value.map((name) => (
              <Row key={name} name={name} />
            ))}
          </tbody>
        </table>
      )}
      <Models />
      <Choose />
    </section>
  );
}
