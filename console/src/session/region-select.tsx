import Autosuggest from "@cloudscape-design/components/autosuggest";
import { regionOptions } from "../aws/regions";

/** AWS's Regions to choose from, or any other name: a server serves whatever Region a request is signed for. */
export function RegionSelect({ value, label, onChange }: { value: string; label: string; onChange: (to: string) => void }) {
  return (
    <Autosuggest
      value={value}
      options={regionOptions()}
      ariaLabel={label}
      enteredTextLabel={(typed) => typed}
      onChange={({ detail }) => onChange(detail.value)}
    />
  );
}
