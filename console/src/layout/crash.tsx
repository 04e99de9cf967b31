import { Component, type ReactNode } from "react";
import { say } from "../i18n/text";
import { words } from "./text";

/** What is left when a page throws: a way on. */
export class Crash extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    const t = say(words);
    return (
      <main className="sign-in" role="alert">
        <h1>{t.crashed}</h1>
        <p>{t.crashedNext}</p>
        <button type="button" onClick={() => window.location.reload()}>
          {t.reload}
        </button>
      </main>
    );
  }
}
