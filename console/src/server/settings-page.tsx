import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useText } from "../i18n/text";
import { Page } from "../layout/shell";
import { words as layoutWords } from "../layout/text";
import { words as listWords } from "../parameters/text";
import { choose, type Language, type Theme, usePreferences } from "../preferences";
import { ServiceSettings } from "./service-settings";
import { words } from "./text";

const LANGUAGES: Record<Language, string> = { en: "English", ko: "한국어" };
const IDLE_MINUTES = [5, 15, 30, 60, 240];

export default function SettingsPage() {
  const t = useText(words);
  const l = useText(layoutWords);
  const p = useText(listWords);
  const { language, theme, dense, idleMinutes } = usePreferences();
  const idle = (minutes: number) => ({
    value: String(minutes),
    label: minutes < 60 ? t.minutes(minutes) : t.hours(minutes / 60),
  });
  return (
    <Page title={t.settingsTitle}>
      <SpaceBetween size="l">
        <Header variant="h1">{t.settingsTitle}</Header>
        <Container
          header={
            <Header variant="h2" description={t.consoleHint}>
              {t.console}
            </Header>
          }
        >
          <SpaceBetween size="l">
            <FormField label={t.language}>
              <Select
                selectedOption={{ value: language, label: LANGUAGES[language] }}
                options={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
                onChange={({ detail }) => choose({ language: detail.selectedOption.value as Language })}
              />
            </FormField>
            <FormField label={t.theme}>
              <Select
                selectedOption={{ value: theme, label: l.themes[theme] }}
                options={Object.entries(l.themes).map(([value, label]) => ({ value, label }))}
                onChange={({ detail }) => choose({ theme: detail.selectedOption.value as Theme })}
              />
            </FormField>
            <FormField label={t.idle} description={t.idleHint}>
              <Select
                selectedOption={idle(idleMinutes)}
                options={IDLE_MINUTES.map(idle)}
                onChange={({ detail }) => choose({ idleMinutes: Number(detail.selectedOption.value) })}
              />
            </FormField>
            <Toggle checked={dense} description={p.denseHint} onChange={({ detail }) => choose({ dense: detail.checked })}>
              {p.dense}
            </Toggle>
          </SpaceBetween>
        </Container>
        <ServiceSettings />
      </SpaceBetween>
    </Page>
  );
}
