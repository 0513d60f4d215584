/** Views whose code comes when they are looked at. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";

export function later(load: () => Promise<ComponentType>): ComponentType {
  const loaded = signal<ComponentType | undefined>(undefined);
  let asked = false;
  return () => {
    const View = loaded.value;
    if (View !== undefined) return <View />;
    if (!asked) {
      asked = true;
      void load().then((view) => {
        loaded.value = view;
      });
    }
    return <p class="message">…</p>;
  };
}
