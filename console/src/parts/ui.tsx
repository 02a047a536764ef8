/** Small parts that every page is made of. */
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api";
import { t } from "../texts";

export function say(wrong: unknown): string {
  if (!(wrong instanceof ApiError)) return String(wrong);
  if (wrong.problem.code === "console.offline") return t("app.offline");
  if (wrong.problem.code === "console.no_answer") return `${t("app.no_answer")} (${wrong.problem.detail})`;
  return [wrong.problem.detail, wrong.problem.mend].filter(Boolean).join(" ");
}

export function Trouble({ wrong, again }: { wrong: unknown; again?: () => void }) {
  return (
    <div class="trouble" role="alert">
      <strong>{t("app.wrong")}</strong>
      <p>{say(wrong)}</p>
      {again && <button type="button" onClick={again}>{t("app.retry")}</button>}
    </div>
  );
}

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="sr">{t("app.loading")}</span>
      <i /><i /><i />
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

export interface Loaded<T> { data?: T; wrong?: unknown; again: () => void; set: (data: T) => void }

/** Load something, and again whenever `keys` change; what was loaded stays on show meanwhile. */
export function useLoad<T>(load: () => Promise<T>, keys: unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data?: T; wrong?: unknown; of?: string }>({});
  const round = useRef(0);
  const of = JSON.stringify(keys);
  const again = useCallback(() => {
    const mine = ++round.current;
    load().then(
      (data) => mine === round.current && setState({ data, of }),
      (wrong: unknown) => mine === round.current && setState((was) => ({ ...was, wrong, of })),
    );
  }, [of]);
  useEffect(again, [again]);
  const fresh = state.of === of;
  return { data: fresh ? state.data : undefined, wrong: fresh ? state.wrong : undefined, again, set: (data) => setState({ data, of }) };
}

export function Show<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.data === undefined) return of.wrong ? <Trouble wrong={of.wrong} again={of.again} /> : <Loading />;
  return <>{of.wrong ? <Trouble wrong={of.wrong} again={of.again} /> : null}{children(of.data)}</>;
}

export function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog ref={box} aria-labelledby="dialog-title" onClose={close} onClick={(event) => event.target === box.current && close()}>
      <header><h2 id="dialog-title">{title}</h2><button type="button" class="plain" aria-label={t("app.close")} onClick={close}>✕</button></header>
      <div class="inside">{children}</div>
    </dialog>
  );
}

export function Stat({ label, value, tone }: { label: string; value: ComponentChildren; tone?: string }) {
  return <div class={`stat ${tone ?? ""}`}><dt>{label}</dt><dd>{value}</dd></div>;
}

/** Tells what was done, to screen readers as well. */
export function Told({ children }: { children: ComponentChildren }) {
  return <div class="told" role="status">{children}</div>;
}

/** Whether the page is as narrow as a phone. */
export function useNarrow(): boolean {
  const query = matchMedia("(max-width: 760px)");
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const look = () => setNarrow(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return narrow;
}
