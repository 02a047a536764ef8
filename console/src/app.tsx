/** The shell: who is logged in, which page is shown, whether news come in. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get, logOut, renew, whenLoggedOut, type Page } from "./api";
import { zoned, settle, today } from "./format";
import { watch, type FieldEvent } from "./live";
import { ahead } from "./parts/board";
import { LogIn } from "./pages/login";
import { PAGES, type PageName } from "./pages";
import { Navigation } from "./parts/navigation";
import { Loading, Trouble } from "./parts/ui";
import { choose, language, LANGUAGES, t } from "./texts";
import type { Me, Territory } from "./types";

export interface PageProps {
  me: Me;
  /** What stands behind the page's name in the address. */
  rest: string;
  /** Grows with each event of the field; `heard` is the last one. */
  heard: FieldEvent | undefined;
}

function read(): [PageName, string] {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  return [name && name in PAGES ? (name as PageName) : "today", rest.join("/")];
}

/** Fetch what the page at the address needs while it is still being found out who asks. */
function hurry(known: boolean) {
  const [name, rest] = read();
  if (name !== "today") return void PAGES[name].load().catch(() => undefined);
  if (known) return ahead(rest.split("/")[0] || today());
  void Promise.all([PAGES.today.load(), import("./parts/fieldmap")]).catch(() => undefined);
}

function useAddress(): [PageName, string] {
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
      const [found, lands] = await Promise.all([get<Me>("/api/v1/me"), get<Page<Territory>>("/api/v1/territories", { limit: 100 })]);
      const own = lands.items.find((each) => each.id === found.territory_id) ?? lands.items[0];
      settle(own?.time_zone, own?.currency);
      setMe(found);
    } catch (what) {
      setWrong(what);
    }
  };
  useEffect(() => {
    whenLoggedOut(() => setMe(null));
    hurry(false);
    renew().then((known) => {
      if (!known) return setMe(null);
      if (zoned()) hurry(true);
      return enter();
    }, setWrong);
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
  const [alerts, setAlerts] = useState(0);
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
  const news = heard?.what === "alert" || heard?.what === "resync" ? heard : undefined;
  useEffect(() => {
    get<{ open: number }>("/api/v1/alerts/count").then((found) => setAlerts(found.open), () => undefined);
  }, [name, news]);
  useEffect(() => {
    document.title = `${t(`nav.${name}`)} · fieldsales`;
  }, [name]);
  return (
    <div class="shell">
      <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); document.getElementById("content")?.focus(); }}>{t("app.skip")}</a>
      <header class="side">
        <div class="brand"><img src={new URL("./icon.svg", import.meta.url).href} alt="" width="28" height="28" /> fieldsales</div>
        <Navigation current={name} me={me} badges={{ alerts }} />
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
        <Current key={name} name={name} me={me} rest={rest} heard={heard} />
      </main>
    </div>
  );
}

const loaded = new Map<PageName, ComponentType<PageProps>>();

/** The page of a name; its script is fetched when it is first asked for. */
function Current({ name, ...props }: PageProps & { name: PageName }) {
  const [, arrived] = useState(loaded.has(name));
  const [wrong, setWrong] = useState<unknown>();
  useEffect(() => {
    if (!loaded.has(name)) PAGES[name].load().then((page) => { loaded.set(name, page); arrived(true); }, setWrong);
  }, [name]);
  const Page = loaded.get(name);
  if (Page) return <Page {...props} />;
  // A page that was replaced by a newer version, or no connection: loading all anew helps with both.
  return wrong ? <Trouble wrong={navigator.onLine ? wrong : t("app.offline")} again={() => location.reload()} /> : <Loading />;
}
