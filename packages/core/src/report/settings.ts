/** What a test's header sets, against the options that there are. */
import type { Test } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import type { Option } from "../platform/platform.js";
import type { Problem } from "../problem.js";
import { COMMON_SETTINGS } from "../program/settings.js";

/** Settings in the header that no platform has as an option: a warning. Values that the option does not have: an error. `options` is asked only where there are such lines. */
export function unknownSettings(test: Test, options: () => readonly Option[]): readonly Problem[] {
  const settings = test.info.filter(({ key }) => /^[a-z][\w-]*$/.test(key) && COMMON_SETTINGS[key] === undefined);
  if (settings.length === 0) return [];
  const all = options();
  return settings.flatMap(({ key, value, span }): readonly Problem[] => {
    const found = all.filter((option) => option.id === key);
    if (found.length === 0) {
      const known = [...new Set([...Object.keys(COMMON_SETTINGS), ...all.map((option) => option.id)])].sort();
      const hint = didYouMean(key, known) ?? `there are ${known.join(", ")}`;
      return [
        { code: "unknown-name", severity: "warning", span, message: `no platform has an option \`${key}\`: the line says nothing`, hint },
      ];
    }
    const values = [...new Set(found.flatMap((option) => option.values))];
    if (values.includes(value)) return [];
    return [
      {
        code: "arguments",
        severity: "error",
        span,
        message: `\`${key}\` cannot be \`${value}\``,
        hint: `the values are ${values.join(", ")}`,
      },
    ];
  });
}
