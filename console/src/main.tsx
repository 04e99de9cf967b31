import "@fontsource/open-sans/latin-400.css";
import "@fontsource/open-sans/latin-700.css";
import "@cloudscape-design/global-styles/index.css";
import "./console.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { Crash } from "./layout/crash";
import { takeAnswer } from "./session/redirect";
import { followPreferences } from "./theme";
import { allowParsing } from "./trusted-types";

takeAnswer();
allowParsing();
followPreferences();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Crash>
        <App />
      </Crash>
    </StrictMode>,
  );
}
