/** The editor's place: the test as plain text until the first story is there, which is what everybody waits for; then the editor, which is the larger half of the page. */
import { signal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { account, reading, text } from "../bench/state.js";

const loaded = signal<typeof import("./editor.js") | undefined>(undefined);

/** Where there is no story, or it takes long, the editor comes without it: ms. */
const LONGEST = 1500;

async function load(): Promise<void> {
  if (loaded.peek() === undefined) loaded.value = await import("./editor.js");
}

export function LazyEditor() {
  useSignalEffect(() => {
    if (account.value !== undefined || reading.value?.runs === false) void load();
  });
  useEffect(() => {
    const timer = setTimeout(() => void load(), LONGEST);
    return () => clearTimeout(timer);
  }, []);
  const Editor = loaded.value?.Editor;
  if (Editor !== undefined) return <Editor />;
  return (
    <div class="editor">
      <pre class="editor-text">{text.value}</pre>
    </div>
  );
}
