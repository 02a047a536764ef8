/** Why a customer is told to have changed, in the reader's language: from the figures, or as the server says it. */
import { sayMoney, sayNumber } from "../format";
import { t } from "../texts";
import type { Anomaly } from "../types";

const percent = (part: number) => (part < 0.0005 ? t("anomaly.hardly") : `${sayNumber(Math.round(part * 1000) / 10)} %`);

export function whyOf({ kind, reason, evidence }: Anomaly): string {
  const { mean_gap_days: mean, gap_spread_days: spread, silent_days: silent, chance_if_active: chance, recent, expected, ratio } = evidence;
  if (kind === "churn_risk" && mean !== undefined && spread !== undefined && silent !== undefined && chance !== undefined)
    return t("anomaly.churn_risk", { mean: Math.round(mean), spread: Math.round(spread), silent, chance: percent(chance) });
  if (recent === undefined || expected === undefined || ratio === undefined) return reason;
  const less = Math.round((1 - ratio) * 100);
  if (kind === "amount_plunge") return t("anomaly.amount_plunge", { recent: sayMoney(recent, undefined, true), expected: sayMoney(expected, undefined, true), less });
  return kind === "count_plunge" ? t("anomaly.count_plunge", { recent: sayNumber(recent), expected: sayNumber(expected), less }) : reason;
}
