// A phone with WatermelonDB that a test drives: each line of its input is a step, each line of its output an answer.
// Run in the folder of the example, whose modules it uses as an app would.

import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const ours = (name) => import(pathToFileURL(`${process.cwd()}/${name}`))
const { openInMemory } = await ours('memory.js')
const { Server } = await ours('server.js')
const { sync } = await ours('sync.js')
const rep = await ours('rep.js')
const { synchronize } = await ours('node_modules/@nozbe/watermelondb/sync/index.js')

const database = openInMemory()
let requests = 0
let losing = false
const server = new Server(process.env.SERVER, async (...request) => {
  const answer = await fetch(...request)
  requests += 1
  if (losing && requests % 2) throw new TypeError('the answer got lost')
  return answer
})

const one = (table, id) => database.get(table).find(id)
const steps = {
  logIn: ({ login, password, installation }) => server.logIn(login, password, installation).then(() => null),
  loseEverySecondAnswer: ({ on }) => ((losing = on), null),
  async sync() {
    for (let tries = 1; ; tries += 1) {
      try {
        return { tries, news: await sync(database, server) }
      } catch (error) {
        if (!(error instanceof TypeError) || tries > 20) throw error
      }
    }
  },
  // The order that WatermelonDB's own documentation shows: pull, then push.
  async plainSync() {
    const path = '/sync/v1/watermelon'
    await synchronize({
      database,
      sendCreatedAsUpdated: true,
      pullChanges: ({ lastPulledAt }) => server.ask('GET', `${path}?last_pulled_at=${lastPulledAt}`),
      pushChanges: ({ changes, lastPulledAt }) =>
        server.ask('POST', `${path}?last_pulled_at=${lastPulledAt}`, { changes }),
    })
    return null
  },
  async workAt({ customer, sku, quantity }) {
    const shop = await one('customers', customer)
    const [product] = (await database.get('products').query().fetch()).filter((each) => each.sku === sku)
    const visit = await rep.checkIn(database, shop)
    const order = await rep.takeOrder(database, visit, shop, [[product, quantity]])
    await rep.collect(database, visit, shop, order.amount_minor, order.currency)
    await rep.writeNote(database, shop, 'The owner is in on Mondays only.')
    return { visit: visit.id, order: order.id, amount: order.amount_minor }
  },
  async sellByBook({ customer, wanted, more }) {
    const order = await rep.takePricedOrder(database, null, await one('customers', customer), wanted, more)
    return { order: order.id, amount: order.amount_minor }
  },
  leave: async ({ visit }) => rep.checkOut(database, await one('visits', visit), 'shelf is full again').then(() => null),
  edit: async ({ customer, edits }) =>
    rep.editCustomer(database, await one('customers', customer), edits).then(() => null),
  queue: async ({ type, entity, data }) => (await rep.queue(database, type, entity, data)).id,
  change: async ({ table, id, columns }) => {
    const record = await one(table, id)
    await database.write(() => record.update((row) => Object.assign(row, columns)))
    return null
  },
  remove: async ({ table, id }) => {
    const record = await one(table, id)
    await database.write(() => record.markAsDeleted())
    return null
  },
  rows: async ({ table }) => (await database.get(table).query().fetch()).map((each) => each._raw),
}

for await (const line of createInterface({ input: process.stdin })) {
  const { step, ...told } = JSON.parse(line)
  let answer
  try {
    answer = { answer: await steps[step](told) }
  } catch (error) {
    answer = { error: String(error.stack ?? error) }
  }
  console.log(JSON.stringify(answer))
}
