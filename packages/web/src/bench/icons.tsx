/** Signs on buttons, drawn so that they do not depend on fonts. */
const PATHS = {
  start: "M4 3v10M13 3.5v9L6 8z",
  back: "M12 3.5v9L4.5 8z",
  play: "M4.5 3v10L13 8z",
  pause: "M4 3.5h2.6v9H4zM9.4 3.5H12v9H9.4z",
  forward: "M4 3.5v9L11.5 8z",
  end: "M12 3v10M3 3.5v9L10 8z",
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
