/** The only way to the server: the public API, with a token that lives in this page's memory. */

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  mend?: string;
  errors?: { in: string; pointer: string; message: string }[];
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

const AUTH = "/api/v1/auth/browser";
let token = "";
let leave: () => void = () => {};

export function whenLoggedOut(then: () => void) {
  leave = then;
}

function installation(): string {
  const known = localStorage.getItem("installation");
  if (known) return known;
  const made = "console-" + Array.from(crypto.getRandomValues(new Uint8Array(12)), (each) => each.toString(16).padStart(2, "0")).join("");
  localStorage.setItem("installation", made);
  return made;
}

async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) {
  try {
    return await fetch(path, {
      method,
      signal,
      headers: { ...headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (wrong) {
    if (signal?.aborted) throw wrong;
    throw new ApiError({ status: 0, code: "console.offline", title: "", detail: "" });
  }
}

async function problemOf(answer: Response): Promise<ApiError> {
  try {
    return new ApiError((await answer.json()) as Problem);
  } catch {
    return new ApiError({ status: answer.status, code: "console.no_answer", title: "", detail: `HTTP ${answer.status}` });
  }
}

export async function logIn(login: string, password: string) {
  token = "";
  const device = { installation: installation(), name: "Console", app_version: "1" };
  const answer = await send("POST", `${AUTH}/login`, { login, password, device });
  if (!answer.ok) throw await problemOf(answer);
  token = ((await answer.json()) as { access_token: string }).access_token;
}

let renewing: Promise<boolean> | undefined;

/** Get a new token for the cookie; one tab at a time, as each refresh token is good once. */
export function renew(): Promise<boolean> {
  const ask = async () => {
    token = "";
    const answer = await send("POST", `${AUTH}/refresh`);
    if (answer.ok) token = ((await answer.json()) as { access_token: string }).access_token;
    return answer.ok;
  };
  const locks = navigator.locks;
  const alone: Promise<boolean> = locks ? (locks.request("fieldsales-refresh", ask) as unknown as Promise<boolean>) : ask();
  renewing ??= alone.finally(() => (renewing = undefined));
  return renewing;
}

export async function logOut() {
  await send("POST", `${AUTH}/logout`).catch(() => undefined);
  token = "";
  leave();
}

/** Ask as the person who is logged in; once more with a new token if the old one is past its time. */
export async function ask(method: string, path: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal): Promise<Response> {
  let answer = await send(method, path, body, headers, signal);
  if (answer.status === 401) {
    if (!(await renew())) {
      leave();
      throw await problemOf(answer);
    }
    answer = await send(method, path, body, headers, signal);
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

type Query = Record<string, string | number | boolean | undefined | null>;

export async function get<T>(path: string, query: Query = {}): Promise<T> {
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== "") wanted.set(name, String(value));
  const answer = await ask("GET", path + (wanted.size ? `?${wanted}` : ""));
  return (await answer.json()) as T;
}

export async function post<T>(path: string, body: unknown = undefined, method = "POST"): Promise<T> {
  const answer = await ask(method, path, body);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** Read a list to its end, or until there are `most`. */
export async function all<T>(path: string, query: Query = {}, most = 2000): Promise<T[]> {
  const found: T[] = [];
  let after: string | null = null;
  do {
    const page: Page<T> = await get<Page<T>>(path, { limit: 100, ...query, after });
    found.push(...page.items);
    after = page.next;
  } while (after && found.length < most);
  return found;
}

/** A new id, also where the page is not served over https. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Send a file as it is, and tell which share of it has gone; `fetch` does not tell that. */
export async function sendFile<T>(path: string, file: Blob, gone: (share: number) => void, signal: AbortSignal): Promise<T> {
  const attempt = () => new Promise<XMLHttpRequest>((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("PUT", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.upload.onprogress = (event) => gone(event.loaded / Math.max(event.total, 1));
    request.onload = () => done(request);
    request.onerror = () => failed(new ApiError({ status: 0, code: "console.offline", title: "", detail: "" }));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
  let answer = await attempt();
  if (answer.status === 401 && (await renew())) answer = await attempt();
  if (answer.status >= 400) throw await problemOf(new Response(answer.responseText, { status: answer.status }));
  return JSON.parse(answer.responseText) as T;
}
