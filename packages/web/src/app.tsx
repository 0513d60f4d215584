/** The page: its head, and the view that the address names. */
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Bench } from "./bench/bench.js";
import { Notice } from "./bench/explanation.js";
import { account, askAgain, followSelection, loadEnginesAhead, notice, openTest } from "./bench/state.js";
import { ExportMenu } from "./export/menu.js";

import { later } from "./later.js";
import { address, carriesTest, route } from "./route.js";
import { setTheme, type Theme, theme } from "./theme.js";

const Catalogue = later(() => import("./catalogue/catalogue.js").then((all) => all.Catalogue));
const PlatformList = later(() => import("./platform/platforms.js").then((all) => all.PlatformList));
const PlatformPage = later(() => import("./platform/platforms.js").then((all) => all.PlatformPage));

/** What has to do with links is loaded when there is one to open or to make. */
const links = () => import("./link/share.js");

/** Shows what the address asks for. */
function follow(): void {
  address.value = location.hash;
  if (carriesTest(location.hash)) void links().then(({ openAddress }) => openAddress());
  const now = route.value;
  if (now.view === "bench" && /^#\/./.test(location.hash))
    notice.value = { kind: "error", text: `There is no page “${location.hash}”. The workbench is shown instead.` };
  if (now.view === "test") {
    const { id } = now;
    void import("./catalogue/catalogue.js").then(({ testText }) => {
      const found = testText(id);
      if (found === undefined) {
        notice.value = { kind: "error", text: `There is no test “${id}” in the catalogue. The first test is shown instead.` };
        askAgain();
      } else openTest(found);
    });
  }
}

/** What may be wanted next is there before it is, even if the network goes away meanwhile. */
function loadAhead(): void {
  for (const load of [
    loadEnginesAhead,
    links,
    () => import("./export/export.js"),
    () => import("./bench/play.js"),
    () => import("./bench/fixes.js"),
    () => import("./bench/cost.js"),
  ])
    load().catch(() => undefined);
}

let started = false;

function start(): void {
  if (started) return;
  started = true;
  followSelection();
  follow();
  // A test that the address names is asked when it is there.
  if (!carriesTest(location.hash) && route.value.view !== "test") askAgain();
  addEventListener("hashchange", follow);
  const stop = effect(() => {
    if (account.value === undefined) return;
    setTimeout(loadAhead, 400);
    queueMicrotask(() => stop());
  });
  addEventListener("unhandledrejection", (event) => {
    const { reason } = event as { readonly reason: unknown };
    notice.value = {
      kind: "error",
      text: `Something went wrong in the page: ${reason instanceof Error ? reason.message : String(reason)}`,
    };
  });
}

export function App() {
  useEffect(start, []);
  const { view } = route.value;
  const onBench = view === "bench" || view === "test";
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
          <a href="#/" aria-current={onBench ? "page" : undefined}>
            Workbench
          </a>
          <a href="#/catalogue" aria-current={view === "catalogue" ? "page" : undefined}>
            Catalogue
          </a>
          <a href="#/platforms" aria-current={view === "platforms" || view === "platform" ? "page" : undefined}>
            Platforms
          </a>
        </nav>
        <div class="tools">
          {onBench ? (
            <>
              <ExportMenu />
              <button type="button" class="primary" onClick={() => void links().then(({ share }) => share())}>
                Share
              </button>
            </>
          ) : null}
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
        {onBench ? <Bench /> : view === "catalogue" ? <Catalogue /> : view === "platforms" ? <PlatformList /> : <PlatformPage />}
      </main>
    </>
  );
}
