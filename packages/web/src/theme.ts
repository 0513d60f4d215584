/** Light or dark: the system's, or what the reader has chosen. */
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const KEY = "fencepost-theme";

/** Storage may be forbidden: the choice then lasts as long as the page. */
function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

export const theme = signal<Theme>(stored());

export function setTheme(value: Theme): void {
  theme.value = value;
  applyTheme();
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // It lasts as long as the page.
  }
}

export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.value === "system") delete dataset["theme"];
  else dataset["theme"] = theme.value;
}
