/** Photos, fetched with the token as everything is, and let go of when they are no longer shown. */
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api";
import { sayTime } from "../format";
import { t, tcode } from "../texts";
import type { VisitPhoto } from "../types";
import { say } from "./ui";

export function Photos({ list }: { list: VisitPhoto[] }) {
  const [large, setLarge] = useState<string>();
  return (
    <ul class="photos">{list.map((each) => {
      const name = `${tcode("photo", each.kind)}, ${sayTime(each.taken_at)}`;
      const on = large === each.id;
      return (
        <li key={each.id} class={on ? "large" : ""}>
          {each.stored_at ? <button type="button" aria-pressed={on} onClick={() => setLarge(on ? undefined : each.id)}><Picture path={`/api/v1/photos/${each.id}${on ? "" : "/thumbnail"}`} name={name} /></button> : <p class="quiet">{t("visits.awaited")}</p>}
          <small>{name}{each.flags.map((flag) => <span key={flag} class="chip missed">{tcode("signal", flag)}</span>)}</small>
        </li>
      );
    })}</ul>
  );
}

function Picture({ path, name }: { path: string; name: string }) {
  const [shown, setShown] = useState<string>();
  const [wrong, setWrong] = useState<unknown>();
  useEffect(() => {
    let address: string | undefined;
    const gone = new AbortController();
    ask("GET", path, undefined, undefined, gone.signal).then((answer) => answer.blob()).then((blob) => {
      if (!gone.signal.aborted) setShown((address = URL.createObjectURL(blob)));
    }).catch((what: unknown) => gone.signal.aborted || setWrong(what));
    return () => {
      gone.abort();
      if (address) URL.revokeObjectURL(address);
    };
  }, [path]);
  if (wrong) return <span class="wrong">{say(wrong)}</span>;
  return shown ? <img src={shown} alt={name} /> : <span class="sr">{t("app.loading")}</span>;
}
