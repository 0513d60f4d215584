import { defineConfig } from "vite";
import { catalogueModule } from "./catalogue-module.js";
import { plainSearchModule } from "./plain-search-module.js";

export default defineConfig({
  // Any folder of any static host will do.
  base: "./",
  plugins: [catalogueModule()],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    sourcemap: false,
    // The catalogue is one chunk of text, loaded when it is asked for.
    chunkSizeWarningLimit: 1000,
    // How long a plugin takes depends on the machine: no warning about that.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: "es", plugins: () => [plainSearchModule()] },
});
