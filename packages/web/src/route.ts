/** The view that the address names. */
import { computed, signal } from "@preact/signals";

export const address = signal(location.hash);

/** Does a fragment carry a test? `link/link.ts` reads it. */
export const carriesTest = (fragment: string): boolean => fragment.startsWith("#t");

export type Route =
  | { readonly view: "bench" }
  | { readonly view: "catalogue" }
  /** A test of the catalogue, on the bench. */
  | { readonly view: "test"; readonly id: string }
  | { readonly view: "platforms" }
  | { readonly view: "platform"; readonly name: string };

function routeOf(fragment: string): Route {
  const [path = ""] = fragment.split("?");
  if (path === "#/catalogue") return { view: "catalogue" };
  if (path === "#/platforms") return { view: "platforms" };
  const [, kind, rest] = /^#\/(test|platform)\/(.{1,200})$/.exec(path) ?? [];
  if (rest === undefined) return { view: "bench" };
  const name = decoded(rest);
  return kind === "test" ? { view: "test", id: name } : { view: "platform", name };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = computed(() => routeOf(address.value));
