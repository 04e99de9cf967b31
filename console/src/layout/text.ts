import { text } from "../i18n/text";

export const words = text(
  {
    title: "Parameter Store",
    appearance: "Appearance and language",
    import: "Import a .env file",
    crumbs: "Breadcrumbs",
    themes: { system: "As the system", light: "Light", dark: "Dark" },
    layout: {
      navigation: "Side navigation",
      navigationToggle: "Open side navigation",
      navigationClose: "Close side navigation",
      notifications: "Notifications",
    },
    notFound: "There is no such page",
    toParameters: "Go to the parameters",
    crashed: "This page failed",
    crashedNext: "Nothing was changed by that. Reload the page and sign in again; if it fails again, please report what you did.",
    reload: "Reload",
  },
  {
    title: "Parameter Store",
    appearance: "화면 및 언어",
    import: ".env 파일 가져오기",
    crumbs: "이동 경로",
    themes: { system: "시스템 설정", light: "밝게", dark: "어둡게" },
    layout: {
      navigation: "사이드 탐색",
      navigationToggle: "사이드 탐색 열기",
      navigationClose: "사이드 탐색 닫기",
      notifications: "알림",
    },
    notFound: "없는 페이지입니다",
    toParameters: "파라미터로 이동",
    crashed: "페이지 오류입니다",
    crashedNext: "변경된 것은 없습니다. 페이지를 새로 고친 뒤 다시 로그인하세요. 반복되면 상황을 알려 주세요.",
    reload: "새로 고침",
  },
);
