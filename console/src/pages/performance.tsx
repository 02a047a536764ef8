import type { PageProps } from "../app";
import { get } from "../api";
import { sayMoney } from "../format";
import { Results } from "../parts/results";
import { TakeAlong } from "../parts/takealong";
import { Show, Stat, useLoad } from "../parts/ui";
import { t } from "../texts";

interface Ageing { totals: { currency: string; buckets: Record<string, number>; on_account_minor: number; dso_days: number | null }[]; items: { customer_id: string; name: string; currency: string; owed_minor: number; buckets: Record<string, number> }[] }
interface Uplift { rows: { design: string; source: string; sentence: string; treated: number }[] }

const bucket = (name: string) => (name === "over_90" ? t("performance.over_90") : /\d/.test(name) ? t("performance.days", { range: name.replace(/_/g, "–").replace(/[^0-9–]/g, "").replace(/^–|–$/g, "") }) : t("performance.not_due"));

export function Performance({ me }: PageProps) {
  const aged = useLoad(() => get<Ageing>("/api/v1/receivables/ageing", { limit: 50 }), []);
  const uplift = useLoad(() => get<Uplift>("/api/v1/uplift"), []);
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.performance")}</h1></header>
      <Results me={me} />
      <section class="card"><div class="head"><h2>{t("performance.uplift")}</h2><TakeAlong path="/api/v1/uplift" /></div>
        <Show of={uplift}>{(found) => found.rows.length ? <ul class="plainlist">{found.rows.map((each) => <li key={each.design + each.source}>{each.sentence}</li>)}</ul> : <p class="quiet">{t("performance.none")}</p>}</Show>
      </section>
      <section class="card"><div class="head"><h2>{t("performance.ageing")}</h2><TakeAlong path="/api/v1/receivables/ageing" /></div>
        <Show of={aged}>{(found) => found.totals.length ? (
          <>
            {found.totals.map((each) => <dl class="stats slim" key={each.currency}>{Object.entries(each.buckets).map(([name, minor]) => <Stat key={name} label={bucket(name)} value={sayMoney(minor, each.currency, true)} tone={name === "over_90" && minor ? "bad" : ""} />)}</dl>)}
            {found.totals.map((each) => each.dso_days !== null && <p class="quiet" key={each.currency}>{t("performance.dso", { days: Math.round(each.dso_days) })}</p>)}
            <table class="wide"><thead><tr><th>{t("performance.customer")}</th><th class="num">{t("performance.owed")}</th></tr></thead>
              <tbody>{[...found.items].sort((one, other) => other.owed_minor - one.owed_minor).map((each) => <tr key={each.customer_id + each.currency}><td><a href={`#/customers/${each.customer_id}`}>{each.name}</a></td><td class="num">{sayMoney(each.owed_minor, each.currency)}</td></tr>)}</tbody></table>
          </>) : <p class="quiet">{t("customers.none")}</p>}</Show>
      </section>
    </div>
  );
}
