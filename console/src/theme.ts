import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";
import { onPreferences, preferences } from "./preferences";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function apply(): void {
  const { theme, dense, language } = preferences();
  applyMode(theme === "dark" || (theme === "system" && dark.matches) ? Mode.Dark : Mode.Light);
  applyDensity(dense ? Density.Compact : Density.Comfortable);
  document.documentElement.lang = language;
}

/** Keep the page in the mode, density and language that were chosen. */
export function followPreferences(): void {
  apply();
  dark.addEventListener("change", apply);
  onPreferences(apply);
}
