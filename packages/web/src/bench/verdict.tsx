/** A verdict, told by shape and word as well as by colour. */
import type { VerdictWord } from "../engine/protocol.js";

const SIGN: { readonly [verdict in VerdictWord]: string } = { allowed: "●", forbidden: "○", depends: "◐", unknown: "?" };

export function Verdict({ verdict, byDefault }: { readonly verdict: VerdictWord; readonly byDefault?: VerdictWord | undefined }) {
  return (
    <span class={`verdict ${verdict}`}>
      <span class="sign" aria-hidden="true">
        {SIGN[verdict]}
      </span>
      {verdict}
      {verdict === "depends" && byDefault !== undefined ? <small>: {byDefault}</small> : null}
    </span>
  );
}

/** In a small matrix, one letter: what the word is stands in its title. */
export function VerdictDot({ verdict, title }: { readonly verdict: VerdictWord | undefined; readonly title: string }) {
  return (
    <span
      class={`dot ${verdict ?? "waiting"}`}
      role="img"
      aria-label={`${title}: ${verdict ?? "not known yet"}`}
      title={`${title}: ${verdict ?? "…"}`}
    >
      {verdict === undefined ? "·" : SIGN[verdict]}
    </span>
  );
}
