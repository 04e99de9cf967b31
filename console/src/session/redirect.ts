/** What an issuer sent back in the address: taken out of it before anything else sees it. */
import { BASE } from "../layout/links";

/** Where the issuer sends people back to; the client that is registered there names it. */
export const BACK = `${BASE}/sign-in`;
/** What is remembered while the person is at the issuer, in this tab alone. Nothing of it opens anything by itself. */
export const QUESTION = "parastore.sign-in";

let answer: URLSearchParams | undefined;

export function takeAnswer(): void {
  if (window.location.pathname !== BACK) return;
  const given = new URLSearchParams(window.location.search);
  window.history.replaceState(null, "", BASE + pageBefore());
  if (given.has("code") || given.has("error")) answer = given;
}

export function hasAnswer(): boolean {
  return answer !== undefined;
}

/** The answer; asked again, there is none. */
export function answerOnce(): URLSearchParams | undefined {
  const given = answer;
  answer = undefined;
  return given;
}

function pageBefore(): string {
  try {
    const { page } = JSON.parse(sessionStorage.getItem(QUESTION) ?? "{}") as { page?: unknown };
    return typeof page === "string" && page.startsWith("/") ? page : "/parameters";
  } catch {
    return "/parameters";
  }
}
