/** The verdicts of the axioms, below those of the platforms, for tests without devices. */
import { modelRows } from "./state.js";
import { Verdict } from "./verdict.js";

export function Models() {
  const rows = modelRows.value;
  if (rows.length === 0) return null;
  return (
    <div class="models">
      <h3>By the axioms</h3>
      <table>
        <caption class="hidden">Verdicts of memory models, without devices</caption>
        <thead class="hidden">
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Verdict</th>
            <th scope="col">Observation, positive and negative executions</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, verdict, says }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Verdict verdict={verdict} />
              </td>
              <td class="remark">{says}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
