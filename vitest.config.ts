import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const core = fileURLToPath(new URL("packages/core/src", import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run the sources, never an earlier build.
    alias: [
      { find: /^@fencepost\/core$/, replacement: `${core}/index.ts` },
      { find: /^@fencepost\/core\/(.+)$/, replacement: `${core}/$1/index.ts` },
    ],
  },
  test: {
    // No test is about time: a limit is only there to end what hangs.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    include: ["packages/*/test/**/*.test.ts"],
  },
});
