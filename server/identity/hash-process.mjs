// Hashes passwords for the process that started it, at a low priority: where processors are short, requests go first.
import os from 'node:os';
import { hash, verify } from '@node-rs/argon2';

const NICENESS = 10;

os.setPriority(NICENESS);
process.on('disconnect', () => process.exit());
process.on('message', ({ id, password, stored, options }) => {
  const work = stored === undefined ? hash(password, options) : verify(stored, password).catch(() => false);
  work.then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, fault: String(error) }),
  );
});
