import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useEffect, useRef, useState } from "react";
import { useText } from "../i18n/text";
import { idleMilliseconds, isOver, signOut } from "./session";
import { words } from "./text";

const WARNING = 60_000;
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

/** End the sign-in when nobody is there, a minute after having asked, or when its credentials have ended. */
export function IdleGuard() {
  const t = useText(words);
  const seen = useRef(Date.now());
  const [left, setLeft] = useState<number>();
  useEffect(() => {
    const note = () => {
      seen.current = Date.now();
    };
    const look = setInterval(() => {
      const remaining = seen.current + idleMilliseconds() - Date.now();
      if (isOver()) signOut("over");
      else if (remaining <= 0) signOut("idle");
      else setLeft(remaining <= WARNING ? Math.ceil(remaining / 1000) : undefined);
    }, 1000);
    SIGNS.forEach((sign) => window.addEventListener(sign, note, { passive: true }));
    return () => {
      clearInterval(look);
      SIGNS.forEach((sign) => window.removeEventListener(sign, note));
    };
  }, []);
  const stay = () => {
    seen.current = Date.now();
    setLeft(undefined);
  };
  return (
    <Modal
      visible={left !== undefined}
      header={t.idleTitle}
      onDismiss={stay}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={stay}>
            {t.stay}
          </Button>
        </Box>
      }
    >
      {t.idleBody(left ?? 0)}
    </Modal>
  );
}
