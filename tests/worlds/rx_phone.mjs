// A phone with RxDB that does what it is told, one JSON line after another, so that a test can look at the server between.

import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'

const example = new URL('../../examples/rxdb/', import.meta.url)
const { Network } = await import(new URL('network.js', example))
const { COLLECTIONS, PRICED, fetchSchemas, replicate } = await import(new URL('replication.js', example))
const { Server } = await import(new URL('server.js', example))
const rep = await import(new URL('rep.js', example))
const { openDatabase } = await import(new URL('database.js', example))

const { SERVER, LOGIN, PASSWORD } = process.env
const network = new Network()
const server = new Server(SERVER, network.fetch)
await server.logIn(LOGIN, PASSWORD, randomUUID())
const database = await openDatabase(LOGIN, await fetchSchemas(server, process.env.BY_BOOK ? PRICED : COLLECTIONS))
const heard = { takenBack: [], overruled: [] }
const replication = replicate(database, server, {
  retryTime: 100,
  onTakenBack: (collection, document) => heard.takenBack.push([collection, document.id]),
  onOverruled: (collection, ours, theirs) => heard.overruled.push([collection, ours.id])
})

const steps = {
  settle: () => replication.settle(),
  network: (told) => Object.assign(network, told),
  insert: async (collection, document) => (await database[collection].insert({ id: randomUUID(), ...document })).id,
  patch: async (collection, id, fields) => {
    await (await database[collection].findOne(id).exec()).incrementalPatch(fields)
  },
  remove: async (collection, id) => {
    await (await database[collection].findOne(id).exec()).incrementalRemove()
  },
  all: async (collection) => (await database[collection].find().exec()).map((each) => each.toJSON()),
  appears: async (collection, selector) => {
    const query = database[collection].findOne({ selector })
    return new Promise((resolve) => query.$.subscribe((found) => found && resolve(found.id)))
  },
  order: async (customerId, quantity) => {
    const customer = await database.customers.findOne(customerId).exec()
    const product = await database.products.findOne({ selector: { sku: 'rice' } }).exec()
    return (await rep.takeOrder(database, null, customer, [[product, quantity]])).id
  },
  pricedOrder: async (customerId, wanted, more) => {
    const customer = await database.customers.findOne(customerId).exec()
    return (await rep.takePricedOrder(database, null, customer, wanted, more)).toJSON()
  },
  takeBack: async (customerId, lines, more) => {
    const customer = await database.customers.findOne(customerId).exec()
    return (await rep.takeBack(database, null, customer, lines, more)).id
  },
  heard: () => heard,
  pushes: () => network.posted
}

for await (const line of createInterface({ input: process.stdin })) {
  const [step, ...words] = JSON.parse(line)
  try {
    process.stdout.write(JSON.stringify({ told: (await steps[step](...words)) ?? null }) + '\n')
  } catch (error) {
    process.stdout.write(JSON.stringify({ error: String(error.stack) }) + '\n')
  }
}
process.exit(0)
