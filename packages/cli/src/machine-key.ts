/** Which platforms are the same machine for a program, so that one search serves them all. */
import type { Platform } from "@fencepost/core/platform";
import type { Program } from "@fencepost/core/program";

export interface MachineKeys {
  /** Equal keys mean that the program cannot tell the platforms apart. */
  of(program: Program, platform: Platform): string;
}

interface Keys {
  readonly whole: string;
  readonly cpuAlone: string;
  /** Accessors that send a token into some place. */
  readonly tokens: readonly string[];
}

export function createMachineKeys(): MachineKeys {
  const known = new Map<Platform, Keys>();
  const numbers = new Map<string, string>();
  /** A short name for a long text. */
  const short = (text: string): string => {
    const number = numbers.get(text) ?? String(numbers.size);
    numbers.set(text, number);
    return number;
  };
  const keysOf = (platform: Platform): Keys => {
    let keys = known.get(platform);
    if (keys === undefined) {
      const accessors = [...platform.accessors];
      const cpu = JSON.stringify([platform.cpu, accessors.map(([name, { steps }]) => [name, steps])]);
      keys = {
        whole: short(`${cpu} ${JSON.stringify([platform.fabric, platform.options])}`),
        // Options that the window does not ask for decide nothing.
        cpuAlone: short(`${cpu} ${JSON.stringify(platform.options.filter((option) => cpu.includes(`option:${option.id}=`)))}`),
        tokens: accessors.flatMap(([name, { steps }]) => (steps.some((step) => step.kind === "token") ? [name] : [])),
      };
      known.set(platform, keys);
    }
    return keys;
  };
  return {
    of(program, platform) {
      const keys = keysOf(platform);
      return reachesFabric(program) || sendsTokens(program, keys.tokens) ? keys.whole : keys.cpuAlone;
    },
  };
}

/** Does anything in the program go through places, or depend on what devices see of memory? */
function reachesFabric(program: Program): boolean {
  return (
    program.devices.length > 0 ||
    program.threads.some((thread) => thread.role === "device") ||
    program.locations.some((location) => location.space !== "memory" || location.mapping.mode === "streaming")
  );
}

/** May one of the program's accessors be among these? */
function sendsTokens(program: Program, tokens: readonly string[]): boolean {
  const starts = (prefix: string): boolean => tokens.some((name) => name.startsWith(prefix));
  return program.threads.some((thread) =>
    thread.code.some((operation) => {
      switch (operation.kind) {
        case "lock":
        case "unlock":
        case "trylock":
        case "is-locked":
          return starts("spin_") || starts("mutex_");
        case "atomic":
          return starts("atomic_");
        default:
          return "accessor" in operation && tokens.includes(operation.accessor);
      }
    }),
  );
}
