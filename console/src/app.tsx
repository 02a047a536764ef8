/** The shell: who is logged in, which page is shown, whether news come in. */
import { useEffect, useState } from "preact/hooks";
import { get, logOut, renew, whenLoggedOut, type Page } from "./api";
import { settle } from "./format";
import { watch, type FieldEvent } from "./live";
import { Anomalies } from "./pages/anomalies";
import { Approvals } from "./pages/approvals";
import { Customers } from "./pages/customers";
import { ImportPage } from "./pages/import";
import { LogIn } from "./pages/login";
import { Performance } from "./pages/performance";
import { Plans } from "./pages/plans";
import { SettingsPage } from "./pages/settings";
import { SyncHealth } from "./pages/sync";
import { Today } from "./pages/today";
import { Visits } from "./pages/visits";
import { Icon } from "./parts/icon";
import { Loading, Trouble } from "./parts/ui";
import { choose, language, LANGUAGES, t, type Key } from "./texts";
import type { Me, Territory } from "./types";

const PAGES = { today: Today, visits: Visits, anomalies: Anomalies, approvals: Approvals, customers: Customers, plans: Plans, performance: Performance, sync: SyncHealth, import: ImportPage, settings: SettingsPage };
export type PageName = keyof typeof PAGES;

export interface PageProps {
  me: Me;
  /** What stands behind the page's name in the address. */
  rest: string;
  /** Grows with each event of the field; `heard` is the last one. */
  heard: FieldEvent | undefined;
}

function useAddress(): [PageName, string] {
  const read = (): [PageName, string] => {
    const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
    return [name && name in PAGES ? (name as PageName) : "today", rest.join("/")];
  };
  const [address, setAddress] = useState(read);
  useEffect(() => {
    const moved = () => setAddress(read());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return address;
}

export function App() {
  const [me, setMe] = useState<Me | null | undefined>();
  const [wrong, setWrong] = useState<unknown>();
  const enter = async () => {
    setWrong(undefined);
    try {
      const found = await get<Me>("/api/v1/me");
      const lands = await get<Page<Territory>>("/api/v1/territories", { limit: 100 });
      const own = lands.items.find((each) => each.id === found.territory_id) ?? lands.items[0];
      settle(own?.time_zone, own?.currency);
      setMe(found);
    } catch (what) {
      setWrong(what);
    }
  };
  useEffect(() => {
    whenLoggedOut(() => setMe(null));
    renew().then((known) => (known ? enter() : setMe(null)), setWrong);
  }, []);
  if (wrong) return <main class="alone"><Trouble wrong={wrong} again={() => location.reload()} /></main>;
  if (me === undefined) return <main class="alone"><Loading /></main>;
  if (me === null) return <LogIn entered={enter} />;
  if (me.role === "rep") return <main class="alone"><p>{t("app.not_for_reps")}</p><button type="button" onClick={logOut}>{t("app.logout")}</button></main>;
  return <Shell me={me} />;
}

function Shell({ me }: { me: Me }) {
  const [name, rest] = useAddress();
  const [heard, setHeard] = useState<FieldEvent>();
  const [live, setLive] = useState(false);
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => watch(setHeard, setLive), []);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  useEffect(() => {
    document.title = `${t(`nav.${name}`)} · fieldsales`;
  }, [name]);
  const Current = PAGES[name];
  return (
    <div class="shell">
      <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); document.getElementById("content")?.focus(); }}>{t("app.skip")}</a>
      <header class="side">
        <div class="brand"><img src={new URL("./icon.svg", import.meta.url).href} alt="" width="28" height="28" /> fieldsales</div>
        <nav aria-label={t("nav.main")}>
          {(Object.keys(PAGES) as PageName[]).filter((each) => each !== "import" || me.role !== "supervisor").map((each) => (
            <a key={each} href={`#/${each}`} aria-current={each === name ? "page" : undefined}><Icon name={each} /><span>{t(`nav.${each}` as Key)}</span></a>
          ))}
        </nav>
        <div class="self">
          <p class={live ? "live on" : "live"} role="status">{live ? t("app.live") : t("app.not_live")}</p>
          <p class="name">{me.name}</p>
          <label><span class="sr">{t("app.language")}</span>
            <select value={language()} onChange={(event) => choose(event.currentTarget.value)}>
              {Object.entries(LANGUAGES).map(([code, called]) => <option key={code} value={code}>{called}</option>)}
            </select>
          </label>
          <button type="button" class="plain" onClick={logOut}>{t("app.logout")}</button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {!online && <div class="offline" role="status">{t("app.offline")}</div>}
        <Current key={name} me={me} rest={rest} heard={heard} />
      </main>
    </div>
  );
}
