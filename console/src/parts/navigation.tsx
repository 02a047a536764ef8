/** The way to all pages: a column of groups beside the page; on a phone four of them at its foot, and all behind More. */
import { useState } from "preact/hooks";
import { GROUPS, PAGES, pagesOf, type PageName } from "../pages";
import { t, type Key } from "../texts";
import { Icon } from "./icon";
import { Dialog } from "./ui";
import type { Me } from "../types";

export type Badges = { [name in PageName]?: number };

function Way({ to, current, badge, left }: { to: PageName; current: PageName; badge?: number; left?: () => void }) {
  return <a href={`#/${to}`} class={PAGES[to].bar ? "bar-page" : ""} aria-current={to === current ? "page" : undefined} onClick={left}><Icon name={to} /><span>{t(`nav.${to}` as Key)}</span>{badge ? <b class="badge"><span aria-hidden="true">{badge > 99 ? "99+" : badge}</span><span class="sr">{t("nav.open_alerts", { n: badge })}</span></b> : null}</a>;
}

function Groups({ current, names, badges, left }: { current: PageName; names: PageName[]; badges: Badges; left?: () => void }) {
  return (
    <>{GROUPS.map((group) => {
      const own = names.filter((each) => PAGES[each].group === group);
      return own.length ? <div class="group" key={group} role="group" aria-label={t(`nav.group_${group}` as Key)}><p aria-hidden="true">{t(`nav.group_${group}` as Key)}</p>{own.map((each) => <Way key={each} to={each} current={current} badge={badges[each]} left={left} />)}</div> : null;
    })}</>
  );
}

export function Navigation({ current, me, badges }: { current: PageName; me: Me; badges: Badges }) {
  const names = pagesOf(me);
  const [open, setOpen] = useState(false);
  return (
    <>
      <nav aria-label={t("nav.main")}>
        <Groups current={current} names={names} badges={badges} />
        <button type="button" class="more plain" aria-haspopup="dialog" aria-current={PAGES[current].bar ? undefined : "page"} onClick={() => setOpen(true)}><Icon name="more" /><span>{t("nav.more")}</span></button>
      </nav>
      {open && <Dialog title={t("nav.main")} close={() => setOpen(false)}><div class="all-pages"><Groups current={current} names={names} badges={badges} left={() => setOpen(false)} /></div></Dialog>}
    </>
  );
}
