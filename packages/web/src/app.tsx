/** The page: its head, and the view that the address names. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Bench } from "./bench/bench.js";
import { Notice } from "./bench/explanation.js";
import { askAgain, followSelection, notice } from "./bench/state.js";
import { carriesTest } from "./link/link.js";
import { openAddress, share } from "./link/share.js";
import { setTheme, type Theme, theme } from "./theme.js";

const address = signal(location.hash);

export function start(): void {
  followSelection();
  if (carriesTest(location.hash)) openAddress();
  else askAgain();
  addEventListener("hashchange", () => {
    address.value = location.hash;
    if (carriesTest(location.hash)) openAddress();
  });
  addEventListener("unhandledrejection", (event) => {
    notice.value = { kind: "error", text: `Something went wrong in the page: ${String(event.reason)}` };
  });
}

export function App() {
  useEffect(start, []);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to the workbench
      </a>
      <header class="top">
        <h1>
          <a class="mark" href="#/">
            <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
              <path d="M4 3v14M10 3v14M16 3v14" />
              <path class="rail" d="M2 8h16" />
              <path class="rail" d="M2 13h16" />
            </svg>
            Fencepost
          </a>
        </h1>
        <nav aria-label="Views">
          <a href="#/" aria-current={address.value.startsWith("#/c") || address.value.startsWith("#/p") ? undefined : "page"}>
            Workbench
          </a>
        </nav>
        <div class="tools">
          <button type="button" class="primary" onClick={() => void share()}>
            Share
          </button>
          <label class="theme">
            <span class="hidden">Colours</span>
            <select value={theme.value} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
              <option value="system">Auto</option>
              <option value="light">Light</option>
              <option value="dark">Dark</option>
            </select>
          </label>
        </div>
      </header>
      <Notice />
      <main id="main" tabIndex={-1}>
        <Bench />
      </main>
    </>
  );
}
