// A network for trying things out: it can be away, and it can swallow the answers to requests that did arrive.

export class Network {
  up = true
  loseEvery = 0
  asked = 0
  posted = 0
  lost = 0

  fetch = async (url, options) => {
    if (!this.up) throw new TypeError('no network')
    this.asked += 1
    if (options.method === 'POST') this.posted += 1
    const answer = await fetch(url, options)
    if (!this.up) throw new TypeError('no network')
    if (this.loseEvery && this.asked % this.loseEvery === 0) {
      this.lost += 1
      throw new TypeError('the answer got lost')
    }
    return answer
  }
}
