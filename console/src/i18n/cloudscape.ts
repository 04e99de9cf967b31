import type { I18nProviderProps } from "@cloudscape-design/components/i18n";
import { useEffect, useState } from "react";
import type { Language } from "../preferences";

type Messages = I18nProviderProps.Messages;

const LOADERS: Record<Language, () => Promise<{ default: Messages }>> = {
  en: () => import("@cloudscape-design/components/i18n/messages/all.en"),
  ko: () => import("@cloudscape-design/components/i18n/messages/all.ko"),
};

/** Cloudscape's own words, of the language shown; undefined until the first ones are there. */
export function useCloudscapeMessages(language: Language): Messages | undefined {
  const [messages, setMessages] = useState<Messages>();
  useEffect(() => {
    let wanted = true;
    void LOADERS[language]().then((loaded) => wanted && setMessages(loaded.default));
    return () => {
      wanted = false;
    };
  }, [language]);
  return messages;
}
