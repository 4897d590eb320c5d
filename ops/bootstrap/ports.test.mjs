import fs from 'node:fs';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTemporaryDataFolder } from './data-folder.mjs';
import { createPortBook, describePortOwner, isPortFree } from './ports.mjs';

let dataFolder;
const servers = [];

beforeEach(() => {
  dataFolder = openTemporaryDataFolder();
});

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  fs.rmSync(dataFolder.path, { recursive: true, force: true });
});

async function occupy(port) {
  const server = net.createServer();
  servers.push(server);
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}

describe('createPortBook', () => {
  it('remembers a port from one run to the next', async () => {
    const port = await createPortBook(dataFolder).pick('redis');
    expect(await createPortBook(dataFolder).pick('redis')).toBe(port);
  });

  it('picks another port when somebody took the remembered one', async () => {
    const port = await createPortBook(dataFolder).pick('redis');
    await occupy(port);
    expect(await createPortBook(dataFolder).pick('redis')).not.toBe(port);
  });

  it('never gives one port to two names', async () => {
    const book = createPortBook(dataFolder);
    const preferred = await book.pick('first');
    const others = await Promise.all([book.pick('second', { preferred }), book.pick('third')]);
    expect(new Set([preferred, ...others]).size).toBe(3);
  });

  it('leaves a preferred row of ports when one of them is taken', async () => {
    const wish = await createPortBook(dataFolder).pick('row', { count: 4 });
    await occupy(wish + 3);
    const row = await createPortBook(dataFolder).pick('row', { preferred: wish, count: 4 });
    expect(row).not.toBe(wish);
    for (let port = row; port < row + 4; port += 1) expect(await isPortFree(port)).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('describePortOwner', () => {
  it('names the program and its process number', async () => {
    const port = await createPortBook(dataFolder).pick('taken');
    await occupy(port);
    expect(describePortOwner(port)).toMatch(new RegExp(`\\(pid ${process.pid}\\)$`));
  });
});
