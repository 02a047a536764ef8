// Talking to the server: log in once, then ask. `fetch` can be any; the example passes one that loses answers.

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
    const device = { installation, name: 'WatermelonDB example', app_version: '1.0.0' }
    this.tokens = await this.ask('POST', '/api/v1/auth/login', { login, password, device })
  }

  async ask(method, path, body, again = true) {
    const headers = { 'Content-Type': 'application/json' }
    if (this.tokens) headers.Authorization = `Bearer ${this.tokens.access_token}`
    const answer = await this.fetchLike(this.base + path, { method, headers, body: body && JSON.stringify(body) })
    const told = await answer.json().catch(() => ({})) // what stands before the server may answer without JSON
    if (answer.ok) return told
    if (answer.status === 401 && this.tokens && again) {
      await this.refresh()
      return this.ask(method, path, body, false)
    }
    throw new Problem(answer.status, told)
  }

  // An access token lives for minutes; the refresh token is good for one new pair. Whoever asks meanwhile waits for it:
  // to use it twice would end the session.
  async refresh() {
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
