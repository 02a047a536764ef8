import { defineConfig } from "vite";

// The page is served at /console/ by the app itself; nothing is inlined, so that the policy can forbid it.
export default defineConfig({
  base: "/console/",
  build: { outDir: "../api/console/site", emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
