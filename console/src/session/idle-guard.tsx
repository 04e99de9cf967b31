import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useText } from "../i18n/text";
import { endsSoon, idleMilliseconds, isOver, signOut } from "./session";
import { words } from "./text";

const WARNING = 60_000;
// Without it the session ends as it would have; a page must not, which may hold what somebody typed.
const SignInEnd = lazy(() => import("./sign-in-end").catch(() => ({ default: () => null })));
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

/** End the sign-in when nobody is there, a minute after having asked, or when its credentials have ended; of their end there is a notice. */
export function IdleGuard() {
  const t = useText(words);
  const seen = useRef(Date.now());
  const [left, setLeft] = useState<number>();
  const [ending, setEnding] = useState<ReturnType<typeof endsSoon>>();
  useEffect(() => {
    const note = () => {
      seen.current = Date.now();
    };
    const look = setInterval(() => {
      const remaining = seen.current + idleMilliseconds() - Date.now();
      if (isOver()) signOut("over");
      else if (remaining <= 0) signOut("idle");
      else setLeft(remaining <= WARNING ? Math.ceil(remaining / 1000) : undefined);
      setEnding(endsSoon());
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
    <>
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
      {ending && (
        <Suspense>
          <SignInEnd {...ending} />
        </Suspense>
      )}
    </>
  );
}
