// The adapter between WatermelonDB and fieldsales: the part to copy.

import { fetchLocalChanges, markLocalChangesAsSynced } from '@nozbe/watermelondb/sync/impl/index.js'
import { synchronize } from '@nozbe/watermelondb/sync/index.js'

const PATH = '/sync/v1/watermelon'
const BOOT = Math.random().toString(36).slice(2)

// When something is done: the wall clock, which may be wrong, and a counter that never jumps, with a name for its start.
// The server dates by the counter where it can. On a phone take SystemClock.elapsedRealtime() or mach_continuous_time().
export function stamp() {
  return { wall: new Date().toISOString(), mono_ms: Math.round(performance.now()), boot_id: BOOT }
}

// Hand in what the rep did, then learn what changed. Returns what the rep must hear of: [{ table, id, status, problem }].
//
// synchronize() alone would pull first. A customer that was given to somebody else meanwhile would take its visits away
// from this phone with everything in them that is not handed in yet; and an edit would be pushed as if it had been made
// on what was pulled a moment ago. So we push first, by the very functions that synchronize() is made of.
export async function sync(database, server) {
  const news = await handIn(database, server)
  await synchronize({
    database,
    sendCreatedAsUpdated: true, // the server does not know what this phone holds: all it tells is "updated"
    pullChanges: (since) => pull(server, since),
    migrationsEnabledAtVersion: 1,
    conflictResolver: keepVersion,
  })
  return news
}

async function handIn(database, server) {
  const local = await fetchLocalChanges(database)
  const count = ({ created, updated, deleted }) => created.length + updated.length + deleted.length
  if (!Object.values(local.changes).some(count)) return []
  const body = { changes: local.changes, meta: { app_version: '1.0.0', sent: stamp() } }
  // If the answer is lost we throw here, everything stays unsent, and the next push says the same again: the server
  // recognises it. What the rep changes while we wait is not marked as sent.
  const answer = await server.ask('POST', PATH, body)
  await markLocalChangesAsSynced(database, local, answer.experimentalRejectedIds)
  await clearOutbox(database, answer.results)
  return answer.results.filter((each) => each.status !== 'applied')
}

async function pull(server, { lastPulledAt, schemaVersion, migration }) {
  const ask = (since) =>
    server.ask('GET', `${PATH}?last_pulled_at=${since}&schema_version=${schemaVersion}` +
      `&migration=${encodeURIComponent(JSON.stringify(migration))}`)
  try {
    return await ask(lastPulledAt)
  } catch (problem) {
    if (problem.status !== 410) throw problem
    // The server was restored from a backup, or another rep had this phone. Take everything in place of what is here;
    // WatermelonDB keeps records that are not handed in yet.
    return { ...(await ask(null)), experimentalStrategy: 'replacement' }
  }
}

// A mutation that is done has no place in the outbox any more.
async function clearOutbox(database, results) {
  const done = results.filter((each) => each.table === 'mutations' && each.status === 'applied')
  await database.write(async () => {
    for (const { id } of done) await (await database.get('mutations').find(id)).destroyPermanently()
  })
}

// An edit of a customer must say on which version it was made, also if a newer one came before it was handed in.
function keepVersion(table, local, remote, resolved) {
  return table === 'customers' && local._changed ? { ...resolved, version: local.version } : resolved
}
