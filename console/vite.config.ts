import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Cloudscape's global styles bring Open Sans as data: URLs, which the content security policy forbids. */
const withoutInlinedFonts: Plugin = {
  name: "without-inlined-fonts",
  enforce: "pre",
  transform(code, id) {
    return id.includes("global-styles") && id.endsWith(".css") ? code.replace(/@font-face\s*\{[^}]*\}/g, "") : undefined;
  },
};

export default defineConfig({
  base: "/console/",
  plugins: [withoutInlinedFonts, react()],
  build: {
    outDir: "../src/parastore/console",
    emptyOutDir: true,
    // The policy allows no data: but for images, and icons are small enough anyway.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
});
