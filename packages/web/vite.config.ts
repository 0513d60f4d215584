import { defineConfig } from "vite";

export default defineConfig({
  // Any folder of any static host will do.
  base: "./",
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    sourcemap: false,
  },
  worker: { format: "es" },
});
