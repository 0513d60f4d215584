/** What the test costs on the selected platform: a simulation against the clock. */
import { asking } from "./asked.js";
import { nothingTo } from "./obstacle.js";
import { reading } from "./state.js";

const { use } = asking(
  (engine, question) => engine.simulate(question),
  () => undefined,
);

export function CostView() {
  const asked = use();
  return (
    <section class="fixes" aria-labelledby="cost-title">
      <h3 id="cost-title">Against the clock</h3>
      {reading.value?.runs === false ? (
        <p>{nothingTo("run")}</p>
      ) : asked === undefined ? (
        <p role="status">…</p>
      ) : "fault" in asked ? (
        <p class="error">{asked.fault}</p>
      ) : (
        <>
          <pre tabIndex={0}>{asked.answer}</pre>
          <p class="faint">
            Of the numbers that it rests on, each is listed with where it comes from. A simulation shows what is usual; it never shows that
            something cannot happen.
          </p>
        </>
      )}
    </section>
  );
}
