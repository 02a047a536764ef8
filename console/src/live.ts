/** Server-sent events read with fetch, as EventSource cannot send a token. Goes on where it was cut off. */
import { ask } from "./api";

export interface FieldEvent {
  what: string;
  facts: Record<string, unknown>;
}

/** Resolves when somebody comes back to this tab: until then a newer one has our place. */
function lookedAt(stop: AbortSignal): Promise<void> {
  return new Promise((then) => {
    const done = () => document.visibilityState === "visible" && then();
    addEventListener("focus", done, { signal: stop });
    document.addEventListener("visibilitychange", done, { signal: stop });
  });
}

export function watch(hear: (event: FieldEvent) => void, state: (live: boolean) => void): () => void {
  const stop = new AbortController();
  let last = "";
  const listen = async () => {
    const answer = await ask("GET", "/api/v1/events", undefined, last ? { "Last-Event-ID": last } : {}, stop.signal);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    state(true);
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop()!;
      for (const part of parts) {
        const field = (name: string) => part.split("\n").find((line) => line.startsWith(name + ": "))?.slice(name.length + 2);
        const what = field("event");
        if (what === "elsewhere") {
          state(false);
          return lookedAt(stop.signal);
        }
        if (what) hear({ what, facts: JSON.parse(field("data") ?? "{}") as Record<string, unknown> });
        last = field("id") ?? last;
      }
    }
  };
  const keep = async () => {
    let wait = 1000;
    while (!stop.signal.aborted) {
      try {
        await listen();
        wait = 1000;
      } catch {
        if (stop.signal.aborted) return;
        state(false);
        wait = Math.min(wait * 2, 30000);
      }
      await new Promise((then) => setTimeout(then, wait));
    }
  };
  void keep();
  return () => stop.abort();
}
