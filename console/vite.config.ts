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

/** Tables draw their boxes for every row. */
const withRowCheckbox: Plugin = {
  name: "with-row-checkbox",
  enforce: "pre",
  resolveId(source, importer) {
    return source === "../../checkbox/internal" && importer?.endsWith("/table/selection/selection-control.js")
      ? new URL("src/layout/row-checkbox.tsx", import.meta.url).pathname
      : undefined;
  },
};

const firstLoad = new Set<string>();

/** Finds what the first page needs, so that it comes in one file: many small ones cost more than they hold. */
const withFirstLoad: Plugin = {
  name: "with-first-load",
  buildEnd() {
    const follow = (id: string) => {
      if (firstLoad.has(id)) return;
      firstLoad.add(id);
      this.getModuleInfo(id)?.importedIds.forEach(follow);
    };
    [...this.getModuleIds()].filter((id) => this.getModuleInfo(id)?.isEntry).forEach(follow);
    // Shown with it, as soon as it is there.
    [...this.getModuleIds()].filter((id) => id.endsWith("/parameters/tree.tsx")).forEach(follow);
  },
};

export default defineConfig({
  base: "/console/",
  resolve: {
    alias: [
      // Cloudscape's messages come parsed, so that the parser is not needed; FormatJS documents this alias.
      { find: /^@formatjs\/icu-messageformat-parser$/, replacement: "@formatjs/icu-messageformat-parser/no-parser" },
      {
        find: /^.*\/feature-notifications-drawer-content$/,
        replacement: new URL("src/layout/feature-notices.tsx", import.meta.url).pathname,
      },
    ],
  },
  plugins: [withoutInlinedFonts, withRowCheckbox, withFirstLoad, react()],
  build: {
    outDir: "../src/parastore/console",
    emptyOutDir: true,
    // The policy allows no data: but for images, and icons are small enough anyway.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "first", test: (id) => firstLoad.has(id) }] } },
    },
  },
});
