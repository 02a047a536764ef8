import { useState } from "preact/hooks";
import { logIn } from "../api";
import { say } from "../parts/ui";
import { choose, language, LANGUAGES, t } from "../texts";

export function LogIn({ entered }: { entered: () => Promise<void> }) {
  const [wrong, setWrong] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setWrong(undefined);
    try {
      await logIn(String(said.get("login")), String(said.get("password")));
      await entered();
    } catch (what) {
      setWrong(what);
    }
    setBusy(false);
  };
  return (
    <main class="alone">
      <form class="card login" onSubmit={submit}>
        <div class="brand"><img src={new URL("../icon.svg", import.meta.url).href} alt="" width="36" height="36" /> fieldsales</div>
        <h1>{t("login.title")}</h1>
        <label>{t("login.name")}<input name="login" autocomplete="username" autocapitalize="none" required autofocus /></label>
        <label>{t("login.password")}<input name="password" type="password" autocomplete="current-password" required /></label>
        {wrong ? <p class="wrong" role="alert">{say(wrong)}</p> : null}
        <button class="main" disabled={busy}>{t("login.go")}</button>
        <label class="quiet">{t("app.language")}
          <select value={language()} onChange={(event) => choose(event.currentTarget.value)}>
            {Object.entries(LANGUAGES).map(([code, called]) => <option key={code} value={code}>{called}</option>)}
          </select>
        </label>
      </form>
    </main>
  );
}
