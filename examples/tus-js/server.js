// Talking to the server: log in once, then ask. Only tokens are kept, never the password.

export class Problem extends Error {
  constructor(status, told) {
    super(`${status} ${told.code}: ${told.detail}`)
    Object.assign(this, { status, code: told.code })
  }
}

export class Server {
  constructor(base) {
    this.base = base
  }

  // `installation` names this installation of the app: make it once, and keep it.
  async logIn(login, password, installation) {
    const device = { installation, name: 'tus-js-client', app_version: '1.0.0' }
    this.#keep(await this.#send('POST', '/api/v1/auth/login', { login, password, device }))
  }

  // A token that is good for some time: what asks with it cannot ask again by itself.
  async token() {
    if (performance.now() > this.worn) await this.refresh()
    return this.tokens.access_token
  }

  async ask(method, path, body) {
    try {
      return await this.#send(method, path, body)
    } catch (problem) {
      if (problem.status !== 401) throw problem
      await this.refresh()
      return this.#send(method, path, body)
    }
  }

  // An access token lives for minutes; the refresh token is good for one new pair: whoever asks meanwhile waits for it.
  async refresh() {
    this.renewal ??= this.#renew().finally(() => (this.renewal = undefined))
    await this.renewal
  }

  async #renew() {
    const refresh_token = this.tokens.refresh_token
    this.#keep(await this.#send('POST', '/api/v1/auth/refresh', { refresh_token }))
  }

  // In an app: into its database, before anything else is asked.
  #keep(tokens) {
    this.tokens = tokens
    this.worn = performance.now() + tokens.expires_in * 500 // half of its life, in milliseconds
  }

  async #send(method, path, body) {
    const headers = { 'Content-Type': 'application/json' }
    if (this.tokens) headers.Authorization = `Bearer ${this.tokens.access_token}`
    const answer = await fetch(this.base + path, { method, headers, body: body && JSON.stringify(body) })
    const told = await answer.json().catch(() => ({})) // what stands before the server may answer without JSON
    if (!answer.ok) throw new Problem(answer.status, told)
    return told
  }
}
