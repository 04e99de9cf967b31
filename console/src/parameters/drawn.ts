/** Which rows of a long list are drawn: those in sight and some around them, found by the height of each. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useState } from "react";

/** Rows beyond those in sight, so that Tab and a turn of the wheel find the next one there. */
const AROUND = 4;
const ROW_HEIGHT = 40; // CSS pixels, until rows were measured

export interface Drawn {
  /** The first row that is drawn, and the first after them that is not. */
  start: number;
  end: number;
  /** Heights of what is not drawn, in CSS pixels. */
  above: number;
  below: number;
}

/** The part of `count` rows in `table` that is drawn; all where not `enabled`. Rows that stand for others hold a `.gap`. */
export function useDrawn(count: number, enabled: boolean, table: RefObject<HTMLElement | null>): Drawn {
  const [top, setTop] = useState(0);
  const rows = useWindowVirtualizer({
    count,
    enabled,
    estimateSize: () => ROW_HEIGHT,
    overscan: AROUND,
    scrollMargin: top,
    // What is drawn first is right at once, not after a second drawing that knows the window.
    initialRect: { width: window.innerWidth, height: window.innerHeight },
    initialOffset: () => window.scrollY,
  });
  const found = rows.getVirtualItems();
  const first = found[0];
  const last = found.at(-1);
  const drawn: Drawn =
    first && last
      ? {
          start: first.index,
          end: last.index + 1,
          above: first.start - top,
          below: Math.max(0, rows.getTotalSize() - (last.end - top)),
        }
      : { start: 0, end: count, above: 0, below: 0 };

  useLayoutEffect(() => {
    const body = table.current?.querySelector("tbody");
    if (!enabled || !body) return;
    const at = Math.round(body.getBoundingClientRect().top + window.scrollY);
    if (at !== top) setTop(at);
    [...body.rows]
      .filter((row) => !row.querySelector(".gap"))
      .forEach((row, index) => rows.resizeItem(drawn.start + index, row.getBoundingClientRect().height));
  });
  return drawn;
}
