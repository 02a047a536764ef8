/** How often: chosen in words where it is a usual rhythm, else written as an RFC 5545 RRULE. */
import { t, type Key } from "../texts";

const USUAL: Record<string, Key> = {
  "FREQ=DAILY": "cadence.day", "FREQ=WEEKLY": "cadence.week", "FREQ=WEEKLY;INTERVAL=2": "cadence.two_weeks", "FREQ=WEEKLY;INTERVAL=3": "cadence.three_weeks",
  "FREQ=WEEKLY;INTERVAL=4": "cadence.four_weeks", "FREQ=MONTHLY": "cadence.month", "FREQ=WEEKLY;INTERVAL=8": "cadence.eight_weeks", "FREQ=MONTHLY;INTERVAL=3": "cadence.quarter",
};

/** A cadence in words, or the rule itself where it has none. */
export const sayCadence = (rule: string) => (rule in USUAL ? t(USUAL[rule]!) : rule);

export function Cadence({ id, value, set, none }: { id: string; value: string; set: (rule: string) => void; none?: string }) {
  const own = value !== "" && !(value in USUAL);
  return (
    <>
      <select id={id} value={own ? "own" : value} onChange={({ currentTarget }) => set(currentTarget.value === "own" ? value || "FREQ=WEEKLY;BYDAY=MO" : currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {Object.entries(USUAL).map(([rule, text]) => <option key={rule} value={rule}>{t(text)}</option>)}
        <option value="own">{t("cadence.own")}</option>
      </select>
      {own && <input aria-label={t("cadence.rule")} value={value} maxLength={120} onInput={({ currentTarget }) => set(currentTarget.value)} />}
    </>
  );
}
