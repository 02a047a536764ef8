// The phone's database. A real app takes another storage, one that keeps: https://rxdb.info/rx-storage.html

import { createRxDatabase } from 'rxdb/plugins/core'
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory'

// One for each user: what one left unsent must not go out in the name of another.
export async function openDatabase(login, schemas, storage = getRxStorageMemory()) {
  const name = 'fieldsales-' + login.toLowerCase().replace(/[^a-z0-9]/g, (sign) => '_' + sign.codePointAt(0).toString(16))
  const database = await createRxDatabase({ name, storage, multiInstance: false })
  await database.addCollections(schemas)
  return database
}
