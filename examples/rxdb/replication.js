// RxDB and fieldsales: copy this file, and `server.js`, into your app.

import { replicateRxCollection } from 'rxdb/plugins/replication'
import { Subject } from 'rxjs'

// RxDB without a licence opens 16 collections at most, so take those that your app needs. An app that prices by the
// price book takes 'agreements' and 'price_books' instead of 'tier_discounts' and 'tier_prices'; there is also
// 'order_contexts', what a rep wants to know before an order, 'invoices' and 'approvals', and where stock is kept
// 'van_stocks', 'stock_levels' and 'warehouses'. 'deliveries' tell what became of orders, 'settlements' of days.
export const COLLECTIONS = [
  'assignments', 'cause_lists', 'customers', 'mutations', 'notes', 'orders', 'payments', 'planned_visits', 'products',
  'routes', 'tier_discounts', 'tier_prices', 'visits'
]

// The schemas that the server publishes. Ask when you build the app and keep them with it: to RxDB, another schema
// is another version of the collection, and documents with more fields than the schema knows do no harm.
export async function fetchSchemas(server, names = COLLECTIONS) {
  const told = await Promise.all(names.map((name) => server.ask('GET', `/sync/v1/rxdb/${name}/schema`)))
  return Object.fromEntries(told.map((schema) => [schema.title, { schema }]))
}

// Replicates all collections of the database, live, until `cancel()`.
//
//   onTakenBack(collection, document)   the server does not have what the app wrote: it was refused (the collection
//                                       `mutations` says why), or it is no longer this rep's to see
//   onOverruled(collection, ours, theirs)   somebody else had changed the same; theirs stands
//   onError(error)                      no network, mostly; RxDB tries again by itself
export function replicate(database, server, { onTakenBack, onOverruled, onError, retryTime = 5000 } = {}) {
  const news = new Subject()
  const stop = new AbortController()
  const states = Object.values(database.collections).map((collection) => {
    const state = replicateRxCollection({
      collection,
      replicationIdentifier: `fieldsales ${collection.name}`,
      retryTime,
      pull: { batchSize: 500, stream$: news, handler: (checkpoint, size) => pull(server, collection, checkpoint, size) },
      push: { batchSize: 100, handler: (rows) => push(server, collection, rows) }
    })
    state.error$.subscribe((error) => onError?.(error))
    state.conflict$.subscribe(({ input }) => tell(collection.name, input, { onTakenBack, onOverruled }))
    return state
  })
  listen(server, news, stop.signal)
  return {
    states,
    // Resolves once all that was written is sent, and all that the server has is here. Not without a network.
    async settle() {
      for (let round = 0; round < 2; round++) { // what waited for a record of another collection comes after that
        states.forEach((state) => state.reSync())
        await Promise.all(states.map((state) => state.awaitInSync()))
      }
    },
    async cancel() {
      stop.abort()
      await Promise.all(states.map((state) => state.cancel()))
    }
  }
}

async function pull(server, collection, checkpoint, limit) {
  const query = new URLSearchParams({ limit })
  if (checkpoint?.cursor) query.set('checkpoint', checkpoint.cursor)
  try {
    return await server.ask('GET', `/sync/v1/rxdb/${collection.name}/pull?${query}`)
  } catch (problem) {
    if (problem.code !== 'sync.cursor_expired') throw problem
    return pullAfresh(server, collection, limit)
  }
}

// The server's database was restored from a backup. Everything is loaded again, and what the server no longer has is
// deleted; what was never sent stays, as RxDB lets no pull overwrite it.
async function pullAfresh(server, collection, limit) {
  const documents = []
  let page = { checkpoint: undefined }
  do {
    page = await pull(server, collection, page.checkpoint, limit)
    documents.push(...page.documents)
  } while (page.documents.length >= limit)
  const known = new Set(documents.map((each) => each.id))
  const here = await collection.find().exec()
  const gone = here.filter((each) => !known.has(each.id)).map((each) => ({ id: each.id, _deleted: true }))
  return { documents: [...documents, ...gone], checkpoint: page.checkpoint }
}

async function push(server, collection, rows) {
  const query = new URLSearchParams({ sent_at: new Date().toISOString() })
  return server.ask('POST', `/sync/v1/rxdb/${collection.name}/push?${query}`, rows)
}

// RxDB takes the server's document in each conflict. Only two kinds of them are news to a person; the others say again
// what the server made of a document whose answer got lost.
function tell(name, { newDocumentState: ours, assumedMasterState: before, realMasterState: theirs }, told) {
  if (theirs._deleted && !ours._deleted) told.onTakenBack?.(name, ours)
  else if (before && name !== 'mutations') {
    const lost = Object.keys(ours).some((key) => differ(ours[key], before[key]) && differ(ours[key], theirs[key]))
    if (lost) told.onOverruled?.(name, ours, theirs)
  }
}

function differ(one, other) {
  return JSON.stringify(one ?? null) !== JSON.stringify(other ?? null)
}

// One stream tells when there is something to pull, whatever it is. Where there is none, the app asks now and then.
async function listen(server, news, signal) {
  while (!signal.aborted) {
    try {
      for await (const _ of server.news(signal)) news.next('RESYNC')
      await pause(1_000, signal)
    } catch (problem) {
      if (problem.status) news.next('RESYNC')
      await pause(problem.status ? 60_000 : 5_000, signal)
    }
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
