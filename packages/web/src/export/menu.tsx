/** The menu of what can be taken away. */
import { useRef } from "preact/hooks";
import { story } from "../bench/state.js";
import { FORMATS } from "./formats.js";

export function ExportMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  return (
    <details
      class="menu"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        close();
        menu.current?.querySelector("summary")?.focus();
      }}
    >
      <summary>Export</summary>
      <ul>
        {FORMATS.map(({ format, label, needsStory }) => (
          <li key={format}>
            <button
              type="button"
              disabled={needsStory && story.value === undefined}
              onClick={() => {
                close();
                void import("./export.js").then(({ take }) => take(format));
              }}
            >
              {label}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
