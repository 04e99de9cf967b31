import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import I18nProvider from "@cloudscape-design/components/i18n";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useEffect } from "react";
import { Redirect, Route, Router, Switch, useLocation } from "wouter";
import { useCloudscapeMessages } from "./i18n/cloudscape";
import { useText } from "./i18n/text";
import { BASE, followInPage, href } from "./layout/links";
import { Page, Shell } from "./layout/shell";
import { words } from "./layout/text";
import { ParametersPage } from "./parameters/page";
import { usePreferences } from "./preferences";
import { IdleGuard } from "./session/idle-guard";
import { useSession } from "./session/session";
import { SignIn } from "./session/sign-in";

const DetailPage = lazy(() => import("./detail/page"));
const CreatePage = lazy(() => import("./form/create-page"));
const EditPage = lazy(() => import("./form/edit-page"));
const ImportPage = lazy(() => import("./import/page"));
const ComparePage = lazy(() => import("./compare/page"));
const UsersPage = lazy(() => import("./access/users-page"));
const UserPage = lazy(() => import("./access/identity-page").then(({ UserPage }) => ({ default: UserPage })));
const RolesPage = lazy(() => import("./access/roles-page"));
const RolePage = lazy(() => import("./access/identity-page").then(({ RolePage }) => ({ default: RolePage })));
const PoliciesPage = lazy(() => import("./access/policies-page"));
const PolicyPage = lazy(() => import("./access/policy-page"));
const SimulatorPage = lazy(() => import("./access/simulator-page"));
const KeysPage = lazy(() => import("./keys/page"));
const TrailPage = lazy(() => import("./trail/page"));
const HealthPage = lazy(() => import("./server/health-page"));
const SettingsPage = lazy(() => import("./server/settings-page"));

function NotFound() {
  const t = useText(words);
  return (
    <Page title={t.notFound}>
      <Box textAlign="center" padding="xxl">
        <Box variant="h1" padding={{ bottom: "m" }}>
          {t.notFound}
        </Box>
        <Button href={href("/parameters")}>{t.toParameters}</Button>
      </Box>
    </Page>
  );
}

function Pages() {
  const [, navigate] = useLocation();
  useEffect(() => {
    const follow = followInPage(navigate);
    document.addEventListener("click", follow);
    return () => document.removeEventListener("click", follow);
  }, [navigate]);
  return (
    <Suspense
      fallback={
        <Box textAlign="center" padding="xxxl">
          <Spinner size="large" />
        </Box>
      }
    >
      <Switch>
        <Route path="/">
          <Redirect to="/parameters" replace />
        </Route>
        <Route path="/parameters" component={ParametersPage} />
        <Route path="/parameters/create" component={CreatePage} />
        <Route path="/parameters/edit" component={EditPage} />
        <Route path="/parameters/detail" component={DetailPage} />
        <Route path="/import" component={ImportPage} />
        <Route path="/compare" component={ComparePage} />
        <Route path="/keys" component={KeysPage} />
        <Route path="/users" component={UsersPage} />
        <Route path="/users/detail" component={UserPage} />
        <Route path="/roles" component={RolesPage} />
        <Route path="/roles/detail" component={RolePage} />
        <Route path="/policies" component={PoliciesPage} />
        <Route path="/policies/detail" component={PolicyPage} />
        <Route path="/simulator" component={SimulatorPage} />
        <Route path="/trail" component={TrailPage} />
        <Route path="/health" component={HealthPage} />
        <Route path="/settings" component={SettingsPage} />
        <Route component={NotFound} />
      </Switch>
    </Suspense>
  );
}

export function App() {
  const { language } = usePreferences();
  const messages = useCloudscapeMessages(language);
  const session = useSession();
  if (!messages) return null;
  return (
    <I18nProvider locale={language} messages={[messages]}>
      <Router base={BASE}>
        {session ? (
          // What a page remembers belongs to one sign-in, or one role, in one Region.
          <Shell key={`${session.id} ${session.region}`}>
            <Pages />
            <IdleGuard />
          </Shell>
        ) : (
          <SignIn />
        )}
      </Router>
    </I18nProvider>
  );
}
