/** A list taken along as a file: the same address with the same filters, asked for as CSV or as a workbook. */
import { useState } from "preact/hooks";
import { ask } from "../api";
import { zoneName } from "../format";
import { language, t } from "../texts";
import { say } from "./ui";

type Query = Record<string, string | number | boolean | undefined | null>;

/** Fetch something with the token of this page and hand it to the browser as a download. */
export async function download(path: string, query: Query, name?: string) {
  const wanted = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== "") wanted.set(key, String(value));
  const answer = await ask("GET", `${path}?${wanted}`);
  const told = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name ?? told ?? "list";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function TakeAlong({ path, query = {} }: { path: string; query?: Query }) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const go = async (format: "csv" | "xlsx") => {
    setBusy(true);
    setWrong("");
    await download(path, { ...query, format, language: language(), time_zone: zoneName() }).catch((what) => setWrong(say(what)));
    setBusy(false);
  };
  return (
    <div class="takealong" role="group" aria-label={t("take.title")}>
      <button type="button" class="plain" disabled={busy} title={t("take.xlsx")} onClick={() => go("xlsx")}>↓ Excel</button>
      <button type="button" class="plain" disabled={busy} title={t("take.csv")} onClick={() => go("csv")}>↓ CSV</button>
      {busy && <span class="quiet" role="status">{t("take.busy")}</span>}
      {wrong && <span class="wrong" role="alert">{wrong}</span>}
    </div>
  );
}
