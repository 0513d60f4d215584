/** Links made and opened. */
import { batch } from "@preact/signals";
import {
  askAgain,
  chosenPlatforms,
  FIRST_TEST,
  notice,
  off,
  otherStories,
  playedSteps,
  selected,
  selectedByUser,
  settings,
  showWhenThere,
  step,
  storyNumber,
  tab,
  text,
} from "../bench/state.js";
import { carriesTest } from "../route.js";
import { carriedBy, fragmentOf, LinkError } from "./link.js";

/** The address that shows what is shown now. */
export function linkHere(): string {
  const fragment = fragmentOf({
    text: text.value,
    platforms: chosenPlatforms.value,
    settings: settings.value,
    selected: selected.value,
    step: step.value,
    off: off.value,
    stories: otherStories.value.slice(0, storyNumber.value).map((each) => each.steps),
    play: tab.value === "play" ? playedSteps.value : undefined,
  });
  return new URL(fragment, location.href).href;
}

/** Copies the link, and puts it into the address line. */
export async function share(): Promise<void> {
  const link = linkHere();
  history.replaceState(null, "", link);
  try {
    await navigator.clipboard.writeText(link);
    notice.value = { kind: "done", text: `Link copied (${link.length} characters). It carries the test itself; no server keeps it.` };
  } catch {
    notice.value = { kind: "done", text: "The link is in the address line: copy it from there." };
  }
}

/** Shows what the address carries, or the first test. */
export function openAddress(): void {
  const fragment = location.hash;
  if (!carriesTest(fragment)) return;
  try {
    const carried = carriedBy(fragment);
    batch(() => {
      text.value = carried.text;
      chosenPlatforms.value = carried.platforms;
      settings.value = carried.settings;
      selectedByUser.value = carried.selected;
      off.value = carried.off;
      otherStories.value = [];
      storyNumber.value = 0;
      playedSteps.value = carried.play ?? [];
      tab.value = carried.play === undefined ? "why" : "play";
      notice.value = undefined;
    });
    showWhenThere(carried.step, carried.stories);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    notice.value = { kind: "error", text: `${error.message} The first test is shown instead.` };
    text.value = FIRST_TEST;
  }
  askAgain();
}
