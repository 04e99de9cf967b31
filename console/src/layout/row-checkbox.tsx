interface Props {
  controlId?: string;
  checked: boolean;
  indeterminate?: boolean;
  disabled?: boolean;
  /** The box in the head that sticks is a picture of the one that has the focus. */
  showOutline?: boolean;
  ariaLabel?: string;
  tabIndex?: number;
  "data-focus-id"?: string;
  onChange: () => void;
}

/**
 * The box that chooses a row of a table: the browser's own, in place of Cloudscape's, which draws eleven elements for
 * each and half of what a table draws (vite.config.ts puts it there).
 */
export default function RowCheckbox({ controlId, checked, indeterminate = false, ariaLabel, showOutline, ...rest }: Props) {
  return (
    <input
      type="checkbox"
      id={controlId}
      className={showOutline ? "row-checkbox outlined" : "row-checkbox"}
      checked={checked}
      ref={(input) => {
        if (input) input.indeterminate = indeterminate;
      }}
      aria-label={ariaLabel}
      disabled={rest.disabled}
      tabIndex={rest.tabIndex}
      data-focus-id={rest["data-focus-id"]}
      onChange={rest.onChange}
    />
  );
}
