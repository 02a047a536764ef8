// Talking to the server: log in once, then ask, or listen. `fetch` can be any; the example passes one that loses answers.

export class Problem extends Error {
  constructor(status, told) {
    super(`${status} ${told.code}: ${told.detail}`)
    Object.assign(this, { status, code: told.code, told })
  }
}

export class Server {
  constructor(base, fetchLike = fetch) {
    Object.assign(this, { base, fetchLike })
  }

  // `installation` names this installation of the app: make it once, and keep it.
  async logIn(login, password, installation) {
    const device = { installation, name: 'RxDB example', app_version: '1.0.0' }
    this.tokens = await this.ask('POST', '/api/v1/auth/login', { login, password, device })
  }

  async ask(method, path, body) {
    const answer = await this.#send(method, path, body)
    return answer.json()
  }

  // Yields once in the beginning, and whenever there is something to pull; ends when the server ends the stream.
  // Where fetch cannot read a body as it comes (React Native), use an EventSource that can send headers instead.
  async *news(signal) {
    const answer = await this.#send('GET', '/sync/v1/stream', undefined, signal)
    let line = ''
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = (line + piece).split('\n')
      line = lines.pop()
      if (lines.includes('data: RESYNC')) yield
    }
  }

  async #send(method, path, body, signal, again = true) {
    const headers = { 'Content-Type': 'application/json' }
    if (this.tokens) headers.Authorization = `Bearer ${this.tokens.access_token}`
    const answer = await this.fetchLike(this.base + path, { method, headers, signal, body: body && JSON.stringify(body) })
    if (answer.ok) return answer
    if (answer.status === 401 && this.tokens && again) {
      await this.#refresh()
      return this.#send(method, path, body, signal, false)
    }
    throw new Problem(answer.status, await answer.json().catch(() => ({}))) // what stands before us may say no JSON
  }

  // An access token lives for minutes; the refresh token is good for one new pair. Collections replicate side by side:
  // all of them wait for one renewal.
  async #refresh() {
    this.renewal ??= this.#renew().finally(() => (this.renewal = undefined))
    await this.renewal
  }

  async #renew() {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ refresh_token: this.tokens.refresh_token })
    const answer = await fetch(this.base + '/api/v1/auth/refresh', { method: 'POST', headers, body })
    const told = await answer.json().catch(() => ({}))
    if (!answer.ok) throw new Problem(answer.status, told)
    this.tokens = told
  }
}
