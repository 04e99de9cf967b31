import AppLayoutToolbar from "@cloudscape-design/components/app-layout-toolbar";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { REGIONS } from "../aws/regions";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { choose, usePreferences } from "../preferences";
import { signOut, switchBack, switchRegion, useSession } from "../session/session";
import { words as sessionWords } from "../session/text";
import { href } from "./links";
import { useNotices } from "./notices";
import { words } from "./text";

const SwitchRole = lazy(() => import("../session/switch-role"));
const NoticeBar = lazy(() => import("./notice-bar"));
const MENU = "parastore-top";

function Top() {
  const t = useText(sessionWords);
  const w = useText(words);
  const session = useSession();
  const { language, theme } = usePreferences();
  const [switching, setSwitching] = useState(false);
  const region = session?.region ?? "";
  const regions = region in REGIONS ? Object.keys(REGIONS) : [region, ...Object.keys(REGIONS)];
  return (
    <div id={MENU}>
      <TopNavigation
        identity={{ href: href("/"), title: "Parastore" }}
        utilities={[
          {
            type: "menu-dropdown",
            text: region,
            ariaLabel: `${t.region}: ${region}`,
            items: regions.map((id) => ({ id, text: id, description: REGIONS[id] })),
            onItemClick: ({ detail }) => switchRegion(detail.id),
          },
          {
            type: "menu-dropdown",
            iconName: "settings",
            ariaLabel: w.appearance,
            title: w.appearance,
            items: [
              {
                id: "themes",
                text: t.theme,
                items: (["system", "light", "dark"] as const).map((id) => ({
                  id,
                  itemType: "checkbox" as const,
                  text: w.themes[id],
                  checked: theme === id,
                })),
              },
              { id: "language", text: t.language },
            ],
            onItemClick: ({ detail: { id } }) =>
              id === "language"
                ? choose({ language: language === "en" ? "ko" : "en" })
                : choose({ theme: id as "system" | "light" | "dark" }),
          },
          {
            type: "menu-dropdown",
            iconName: "user-profile",
            text: session?.role?.split("/").at(-1) ?? session?.person?.name ?? session?.account ?? session?.accessKeyId ?? "",
            description: session?.role ?? session?.person?.role ?? session?.accessKeyId,
            items: [
              { id: "switchRole", text: t.switchRole },
              ...(session?.role ? [{ id: "switchBack", text: t.switchBack }] : []),
              { id: "signOut", text: t.signOut },
            ],
            onItemClick: ({ detail: { id } }) =>
              id === "signOut" ? signOut() : id === "switchBack" ? switchBack() : setSwitching(true),
          },
        ]}
      />
      {switching && (
        <Suspense>
          <SwitchRole onClose={() => setSwitching(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Side() {
  const t = useText(common);
  const w = useText(words);
  const [location] = useLocation();
  const section = `/${location.split("/")[1] ?? ""}`;
  return (
    <SideNavigation
      header={{ href: href("/"), text: w.title }}
      activeHref={href(section)}
      items={[
        { type: "link", text: t.parameters, href: href("/parameters") },
        { type: "link", text: t.compare, href: href("/compare") },
        { type: "link", text: w.import, href: href("/import") },
        { type: "divider" },
        { type: "link", text: t.keys, href: href("/keys") },
        { type: "link", text: w.users, href: href("/users") },
        { type: "link", text: w.roles, href: href("/roles") },
        { type: "link", text: w.policies, href: href("/policies") },
        { type: "link", text: w.simulator, href: href("/simulator") },
        { type: "divider" },
        { type: "link", text: w.trail, href: href("/trail") },
        { type: "link", text: t.health, href: href("/health") },
        { type: "link", text: t.settings, href: href("/settings") },
      ]}
    />
  );
}

export interface Crumb {
  text: string;
  href: string;
}

/** One page: its title goes to the tab, its crumbs above it. A title never holds a value. */
export function Page({ title, crumbs = [], children }: { title: string; crumbs?: Crumb[]; children: ReactNode }) {
  const w = useText(words);
  const notices = useNotices();
  const urgent = notices.some((each) => each.action);
  useEffect(() => {
    document.title = `${title} – Parastore`;
  }, [title]);
  return (
    <AppLayoutToolbar
      headerSelector={`#${MENU}`}
      toolsHide
      maxContentWidth={Number.MAX_VALUE}
      navigation={<Side />}
      ariaLabels={w.layout}
      breadcrumbs={<BreadcrumbGroup ariaLabel={w.crumbs} items={[...crumbs, { text: title, href: "" }]} />}
      notifications={
        notices.length > 0 && (
          <div className={urgent ? "urgent" : undefined}>
            <Suspense>
              <NoticeBar notices={notices} />
            </Suspense>
          </div>
        )
      }
      stickyNotifications={urgent}
      content={children}
    />
  );
}

export function Shell({ children }: { children: ReactNode }) {
  return (
    <>
      <Top />
      {children}
    </>
  );
}
